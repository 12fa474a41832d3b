/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the broker tells the durable store. Changes of a turn of the event loop
 * are collected in a batch, committed by a thread; what acknowledges them is
 * held back in its client's output queue until then ("fenced"). Without
 * persistence no session has a number in the store, and each of these functions
 * is a test of that number.
 */
#ifndef MQTTD_STORE_H
#define MQTTD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session.h"

struct cJSON;
struct client;
struct message;
struct sub;
struct will;

/* The store is in use. */
extern bool store_on;
/* Something is not on disk yet, and acknowledging it must wait. */
extern bool store_pending;
/* The disk is full: nothing new is taken on. */
extern bool store_full;

/**
 * store_start() - open the store as configured and restore what it holds
 *
 * After the event loop, before any client.
 *
 * Return: 0, or -1 after saying on the log what is wrong.
 */
int store_start(void);

/**
 * store_stop() - have everything on disk and close the store
 *
 * After the last client has gone, before the sessions go.
 */
void store_stop(void);

/**
 * store_end_of_turn() - have this turn's changes committed
 */
void store_end_of_turn(void);

/**
 * store_session() - a session was made, or has changed
 * @s: session; gets its number in the store if it outlives its connection
 *
 * Return: true if it had none before.
 */
bool store_session(struct session *s);

/**
 * store_session_new() - may a session be unknown after a crash?
 * @s: session
 *
 * Return: true if so: the batch that is to make it is not on disk.
 */
bool store_session_new(const struct session *s);

/**
 * store_client_will() - a client has connected with a will
 * @s: its session
 * @will: its will, published after the next start unless it is deleted before
 *
 * Return: true if that needs a record, false also on a full disk.
 */
bool store_client_will(const struct session *s, struct will *will);

void store_client_will_delete(struct will *will);
void store_session_delete(struct session *s);
void store_will_write(struct session *s, bool delayed);
void store_delivery_write(struct session *s, struct delivery *d);
void store_delivery_delete(struct session *s, struct delivery *d);
void store_received_write(struct session *s, uint16_t mid, bool received);
void store_sub_write(struct sub *sub);
void store_sub_delete(struct sub *sub);
void store_retained_write(struct message *msg);
void store_retained_delete(struct message *msg);
void store_fence_output(struct client *c, bool request);

/**
 * store_session_del() - a session ends, with everything that belongs to it
 * @s: session
 */
static inline void store_session_del(struct session *s)
{
	if (s->lasting->store_id)
		store_session_delete(s);
}

/**
 * store_will() - a will was delayed, or is about to go
 * @s: its session
 * @delayed: false when it goes
 */
static inline void store_will(struct session *s, bool delayed)
{
	if (s->lasting->store_id && s->lasting->will)
		store_will_write(s, delayed);
}

/**
 * store_client_will_del() - the client's connection has ended
 * @will: its will
 */
static inline void store_client_will_del(struct will *will)
{
	if (store_on)
		store_client_will_delete(will);
}

/**
 * store_delivery() - a delivery was queued, sent, or answered by PUBREC
 * @s: its session
 * @d: delivery, still with its message
 */
static inline void store_delivery(struct session *s, struct delivery *d)
{
	if (s->lasting->store_id && d->qos)
		store_delivery_write(s, d);
}

/**
 * store_delivery_del() - a delivery is about to be freed while its session goes
 *	on
 * @s: its session
 * @d: delivery
 */
static inline void store_delivery_del(struct session *s, struct delivery *d)
{
	if (d->store_id)
		store_delivery_delete(s, d);
}

/**
 * store_received() - a QoS 2 message was received, or released
 * @s: session
 * @mid: its packet identifier
 * @received: false when it was released
 */
static inline void store_received(struct session *s, uint16_t mid,
				  bool received)
{
	if (s->lasting->store_id)
		store_received_write(s, mid, received);
}

/**
 * store_retained() - a message is retained
 * @msg: message
 */
static inline void store_retained(struct message *msg)
{
	if (store_on)
		store_retained_write(msg);
}

/**
 * store_retained_del() - a message is not retained any more
 * @msg: message, with the reference that retained it
 */
static inline void store_retained_del(struct message *msg)
{
	if (store_on)
		store_retained_delete(msg);
}

/**
 * store_fence() - hold back what is queued from here on until all changes so
 *	far are on disk
 * @c: client
 */
static inline void store_fence(struct client *c)
{
	if (store_pending)
		store_fence_output(c, false);
}

/**
 * store_fence_request() - likewise, for the answer to something that the
 *	client has asked the broker to keep
 * @c: client; closed without that answer when the disk turns out to be full
 */
static inline void store_fence_request(struct client *c)
{
	if (store_pending)
		store_fence_output(c, true);
}

/**
 * store_status() - describe the store
 * @json: object to add to
 */
void store_status(struct cJSON *json);

#endif /* MQTTD_STORE_H */
