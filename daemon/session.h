/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_SESSION_H
#define MQTTD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inflight.h"
#include "list.h"
#include "queue.h"
#include "timer.h"
#include "usage.h"

struct acl_class;
struct acl_rules;
struct client;
struct conf_security;
struct will;

/* A session expiry interval without an end. */
#define SESSION_NEVER	UINT32_MAX

/**
 * struct session - state of a client identifier, MQTT 4.1
 * @hnext: next in the hash bucket
 * @hash: hash of @id
 * @expiry: seconds that it outlives its connection, 0 if it ends with it,
 *	SESSION_NEVER for ever
 * @timer: ends it when they have passed
 * @will: will of the last connection, delayed
 * @will_timer: publishes @will
 * @client: the connection, NULL while there is none
 * @security: settings of the listener of the last connection, for @rules
 * @user: user name of the last connection, NULL for none; for @rules
 * @rules: what it may publish and read, NULL for everything
 * @publish_class: those who may publish the same, NULL for everything
 * @protocol: protocol level of the last connection
 * @subs: subscriptions, struct sub.by_session
 * @nsubs: their number
 * @inflight: deliveries in flight
 * @queue: deliveries that wait
 * @received: QoS 2 packet identifiers received and not yet released
 * @publish_received: PUBLISH packets received
 * @publish_sent: PUBLISH packets queued for the client
 * @publish_dropped: messages that its queue or buffer had no room for
 * @mark: number of the route being resolved that has seen the session
 * @mark_index: its place in that route, or among the merged members
 * @flow_mark: number of the flow being computed that has merged the session
 * @store_id: number in the durable store, 0 when not in it
 * @store_seq: number of the batch that put it there
 * @id_len: length of @id
 * @id: client identifier, terminated
 */
struct session {
	struct session *hnext;
	uint32_t hash;
	uint32_t expiry;
	struct timer timer;
	struct will *will;
	struct timer will_timer;
	struct client *client;
	const struct conf_security *security;
	char *user;
	struct acl_rules *rules;
	struct acl_class *publish_class;
	uint8_t protocol;
	struct list_head subs;
	uint32_t nsubs;
	struct inflight inflight;
	struct queue queue;
	struct midset received;
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint64_t mark;
	uint32_t mark_index;
	uint64_t flow_mark;
	uint64_t store_id;
	uint64_t store_seq;
	uint16_t id_len;
	char id[];
};

/**
 * sessions_init() - make the empty table of sessions
 */
void sessions_init(void);

/**
 * sessions_exit() - free all sessions
 */
void sessions_exit(void);

/**
 * sessions_count() - number of sessions
 *
 * Return: their number, with and without a connection.
 */
uint32_t sessions_count(void);

/**
 * sessions_usage() - memory of sessions
 *
 * Return: all of them, without what is queued for them.
 */
struct usage sessions_usage(void);

/**
 * session_find() - find a session
 * @id: client identifier
 * @len: its length
 *
 * Return: the session, or NULL.
 */
struct session *session_find(const char *id, size_t len);

/**
 * session_new() - make a session
 * @id: client identifier that has no session
 * @len: its length
 * @expiry: seconds that it outlives its connection
 *
 * Return: the session.
 */
struct session *session_new(const char *id, uint16_t len, uint32_t expiry);

/**
 * session_expiry() - how long may a session outlive its connection?
 * @wanted: seconds that the client asks for
 *
 * Return: seconds, at most what persistent_client_expiration allows.
 */
uint32_t session_expiry(uint32_t wanted);

/**
 * session_free() - end a session that has no connection
 * @session: session; if its will is still delayed it is published now
 */
void session_free(struct session *session);

/**
 * session_detach() - the connection is gone
 * @session: session, freed if it ends with its connection
 *
 * Return: false when it was freed.
 */
bool session_detach(struct session *session);

/**
 * session_delay_will() - keep a will until its delay has passed
 * @session: session without a connection
 * @will: will, taken over; published when the session ends before that
 */
void session_delay_will(struct session *session, struct will *will);

/**
 * session_resume() - there is a connection again
 * @session: session, does not expire now; a delayed will is discarded
 */
void session_resume(struct session *session);

/**
 * session_each() - call a function for every session
 * @fn: function, must not add or remove sessions
 * @arg: passed to @fn
 */
void session_each(void (*fn)(struct session *session, void *arg), void *arg);

#endif /* MQTTD_SESSION_H */
