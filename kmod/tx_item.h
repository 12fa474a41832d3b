/* SPDX-License-Identifier: GPL-2.0 */
/* What a transmit queue is made of, and the framing of the daemon's bytes. */
#ifndef _MQTT_TX_ITEM_H
#define _MQTT_TX_ITEM_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uio.h>

#include "frame.h"

struct mqtt_conn;
struct mqtt_tx;

/* Bytes taken from the daemon at a time. */
#define MQTT_TX_CHUNK	MQTT_RUN_MAX

/**
 * struct mqtt_tx_item - a piece of a frame in a queue
 *
 * @node: entry in the queue
 * @frame: frame, referenced
 * @off: where the piece begins
 * @len: its length
 * @waited: seconds that its expiry has been lowered by; U32_MAX: it keeps what
 *	it has
 * @daemon: the bytes are the daemon's
 * @record: type of the record of TLS that it is, 0: data
 */
struct mqtt_tx_item {
	struct list_head node;
	struct mqtt_frame *frame;
	u32 off;
	u32 len;
	u32 waited;
	bool daemon;
	u8 record;
};

/**
 * mqtt_tx_item_alloc() - make an item for a whole frame
 * @frame: frame; a reference is taken
 * @gfp: how to allocate
 *
 * Context: as @gfp allows. Return: item or NULL.
 */
struct mqtt_tx_item *mqtt_tx_item_alloc(struct mqtt_frame *frame, gfp_t gfp);

/**
 * mqtt_tx_item_free() - free an item that is in no queue
 * @item: item
 *
 * Context: process.
 */
void mqtt_tx_item_free(struct mqtt_tx_item *item);

/**
 * mqtt_tx_uncount() - an item leaves the queue
 * @conn: conn
 * @item: item
 *
 * Context: tx lock held.
 */
void mqtt_tx_uncount(struct mqtt_conn *conn, struct mqtt_tx_item *item);

/**
 * mqtt_tx_drop() - count messages that a member does not get
 * @conn: member's conn
 * @err: why: -ENOBUFS (full), -ENOMEM, -EMSGSIZE (too long for the client),
 *	-ETIME (expired)
 * @nr: number of them
 *
 * Context: process, tx lock held.
 */
void mqtt_tx_drop(struct mqtt_conn *conn, int err, u32 nr);

/**
 * mqtt_tx_is_due() - is an item's expiry to be looked at before it is sent?
 * @item: item
 *
 * Context: any. Return: true if it has waited for another whole second.
 */
static inline bool mqtt_tx_is_due(const struct mqtt_tx_item *item)
{
	const struct mqtt_frame *frame = item->frame;

	return unlikely(frame->expires) &&
	       time_after_eq64(get_jiffies_64(), frame->arrived +
			       (item->waited + 1ULL) * HZ);
}

/**
 * mqtt_tx_expire() - bring the first item's packets up to the time
 * @conn: conn
 * @done: receives items that are to be freed
 *
 * Packets of which nothing has been sent get what is left of their Message
 * Expiry Interval [MQTT-3.3.2-6], or are dropped [MQTT-3.3.2-5].
 *
 * Context: process, mqtt_tx_hold().
 * Return: bytes of frames that left the queue.
 */
u32 mqtt_tx_expire(struct mqtt_conn *conn, struct list_head *done);

/**
 * mqtt_tx_free_list() - free items that are in no queue any more
 * @list: list of them
 *
 * Context: process.
 */
void mqtt_tx_free_list(struct list_head *list);

/**
 * mqtt_tx_error() - TCP has failed: have the daemon told
 * @conn: conn
 * @err: -errno, not -EAGAIN
 *
 * Context: process, socket locked.
 */
void mqtt_tx_error(struct mqtt_conn *conn, int err);

/**
 * mqtt_tx_fail() - nothing can be sent any more: empty the queue
 * @conn: conn
 * @err: -errno that TCP gave
 * @done: gets the items, to be freed without locks
 *
 * Context: socket and transmit side locked.
 * Return: bytes of module frames among them.
 */
u32 mqtt_tx_fail(struct mqtt_conn *conn, int err, struct list_head *done);

/**
 * mqtt_tx_block() - TCP has taken less than it was given
 * @conn: conn
 *
 * Context: socket and transmit side locked.
 */
void mqtt_tx_block(struct mqtt_conn *conn);

/**
 * mqtt_tx_walk() - follow the packets in the daemon's stream
 * @tx: transmit side, locked; its framing state moves past the bytes
 * @p: bytes
 * @n: number of them
 *
 * A length that cannot be decoded leaves the stream in the midst of a packet
 * for ever: module frames no longer follow it.
 *
 * Context: any.
 * Return: where the last packet that ends in these bytes ends, or 0.
 */
u32 mqtt_tx_walk(struct mqtt_tx *tx, const u8 *p, u32 n);

/**
 * mqtt_tx_walk_iter() - the same for bytes in the daemon's memory
 * @tx: transmit side of a direct send, whose framing state nobody else looks at
 * @iter: where the bytes are, in user memory; moves past them
 * @n: number of them
 *
 * Bytes that cannot be read any more count as a length that cannot be decoded.
 *
 * Context: process, may fault.
 */
void mqtt_tx_walk_iter(struct mqtt_tx *tx, struct iov_iter *iter, u32 n);

#endif /* _MQTT_TX_ITEM_H */
