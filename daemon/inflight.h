/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages on their way to a client: those in flight, which have a packet
 * identifier and wait for the client's answers, and those queued behind them.
 */
#ifndef MQTTD_INFLIGHT_H
#define MQTTD_INFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "message.h"

struct filter;
struct subids;

enum delivery_state {
	DELIVERY_QUEUED,
	DELIVERY_WAIT_PUBACK,
	DELIVERY_WAIT_PUBREC,
	DELIVERY_WAIT_PUBCOMP,
};

/**
 * struct delivery - one message for one session
 * @node: in the list in flight, or in the queue
 * @hnext: in the table of packet identifiers
 * @msg: the message, NULL once PUBREC has come
 * @ids: subscription identifiers, NULL if there are none
 * @share: the shared subscription it is for, NULL for an ordinary one
 * @bytes: payload of the message
 * @mid: packet identifier
 * @qos: QoS of the delivery
 * @state: which answer it waits for
 * @retain: RETAIN of the delivery
 * @dup: sent before
 * @unsent: sent on an earlier connection, but not yet on this one
 * @store_id: number in the durable store, 0 when not in it
 */
struct delivery {
	struct list_head node;
	struct delivery *hnext;
	struct message *msg;
	struct subids *ids;
	struct filter *share;
	uint32_t bytes;
	uint16_t mid;
	uint8_t qos;
	uint8_t state;
	bool retain;
	bool dup;
	bool unsent;
	uint64_t store_id;
};

/**
 * struct inflight - deliveries a session's client has not answered completely
 * @list: in the order in which they were first sent
 * @table: by packet identifier, made with the first delivery
 * @mask: number of buckets minus one
 * @count: number of deliveries
 * @bytes: payloads of their messages; with QoS 2 up to PUBCOMP, as with mosquitto
 * @max_bytes: no further delivery from this many bytes on
 * @unsent: of these, not sent on the present connection
 * @max: most deliveries at a time
 * @last_mid: packet identifier given last
 */
struct inflight {
	struct list_head list;
	struct delivery **table;
	uint32_t mask;
	uint32_t count;
	uint64_t bytes;
	uint64_t max_bytes;
	uint32_t unsent;
	uint32_t max;
	uint16_t last_mid;
};

/**
 * delivery_new() - make a delivery
 * @msg: message, a reference is taken; NULL for one restored after PUBREC
 * @qos: QoS of the delivery
 * @retain: RETAIN of the delivery
 *
 * Return: the delivery.
 */
struct delivery *delivery_new(struct message *msg, uint8_t qos, bool retain);

/**
 * delivery_free() - free a delivery that is in no list
 * @d: delivery
 */
void delivery_free(struct delivery *d);

/**
 * delivery_bytes() - payload of a delivery
 * @d: delivery
 *
 * Return: its length, also after PUBREC; 0 for one restored after PUBREC.
 */
static inline uint32_t delivery_bytes(const struct delivery *d)
{
	return d->bytes;
}

/**
 * delivery_exit() - free the deliveries kept for reuse
 */
void delivery_exit(void);

/**
 * inflight_init() - nothing in flight
 * @in: in-flight state
 */
void inflight_init(struct inflight *in);

/**
 * inflight_start() - deliveries of a session are to come
 * @in: in-flight state without any
 * @max: window, 1 to 65,535
 * @last_mid: packet identifier given last
 */
void inflight_start(struct inflight *in, uint32_t max, uint16_t last_mid);

/**
 * inflight_clear() - free all deliveries in flight
 * @in: in-flight state
 */
void inflight_clear(struct inflight *in);

static inline bool inflight_full(const struct inflight *in)
{
	return in->count >= in->max || in->bytes >= in->max_bytes;
}

/**
 * inflight_add() - put a delivery in flight under an unused packet identifier
 * @in: in-flight state, not full
 * @d: delivery with QoS 1 or 2, in no list
 */
void inflight_add(struct inflight *in, struct delivery *d);

/**
 * inflight_restore() - put a delivery in flight under the identifier it has
 * @in: in-flight state, without that identifier
 * @d: delivery in no list, its packet identifier and state set
 */
void inflight_restore(struct inflight *in, struct delivery *d);

/**
 * inflight_find() - find a delivery
 * @in: in-flight state
 * @mid: packet identifier
 *
 * Return: the delivery, or NULL.
 */
static inline struct delivery *inflight_find(const struct inflight *in,
					     uint16_t mid)
{
	struct delivery *d;

	if (!in->table)
		return NULL;
	d = in->table[mid & in->mask];
	while (d && d->mid != mid)
		d = d->hnext;
	return d;
}

/**
 * inflight_received() - the client has the message, but not its identifier's end
 * @d: delivery in flight, which lets go of its message
 */
void inflight_received(struct delivery *d);

/**
 * inflight_done() - end a delivery
 * @in: in-flight state
 * @d: delivery in flight, freed
 */
void inflight_done(struct inflight *in, struct delivery *d);

/**
 * struct midset - packet identifiers of QoS 2 messages received, not released
 * @few: the identifiers while they are few
 * @bitmap: all of them once they are many, 65,536 bits
 * @count: their number
 * @cap: room in @few
 */
struct midset {
	uint16_t *few;
	uint8_t *bitmap;
	uint32_t count;
	uint32_t cap;
};

/**
 * midset_add() - put an identifier in
 * @set: set
 * @mid: packet identifier
 *
 * Return: false when it was in already.
 */
bool midset_add(struct midset *set, uint16_t mid);

/**
 * midset_has() - is an identifier in?
 * @set: set
 * @mid: packet identifier
 *
 * Return: true if so.
 */
bool midset_has(const struct midset *set, uint16_t mid);

/**
 * midset_del() - take an identifier out
 * @set: set
 * @mid: packet identifier
 *
 * Return: false when it was not in.
 */
bool midset_del(struct midset *set, uint16_t mid);

/**
 * midset_each() - call a function for each identifier
 * @set: set
 * @fn: function, must not change the set
 * @arg: passed to @fn
 */
void midset_each(const struct midset *set, void (*fn)(uint16_t mid, void *arg),
		 void *arg);

/**
 * midset_clear() - empty the set and free its memory
 * @set: set
 */
void midset_clear(struct midset *set);

#endif /* MQTTD_INFLIGHT_H */
