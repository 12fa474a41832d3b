// SPDX-License-Identifier: GPL-2.0
/*
 * Message Expiry Interval of what waits to be sent. Frames are shared, and TCP
 * may hold their pages: a packet that is to be sent with less is copied.
 */
#include "conn.h"
#include "net.h"
#include "tx_item.h"

/**
 * struct mqtt_tx_due - the first item, seen at one moment
 *
 * @item: item
 * @waited: seconds that it has waited
 * @begun: bytes of packets that have been begun, or sent
 * @rest: bytes of the packets after them
 * @nr: number of these
 */
struct mqtt_tx_due {
	struct mqtt_tx_item *item;
	u32 waited;
	u32 begun;
	u32 rest;
	u32 nr;
};

static void mqtt_tx_due_find(struct mqtt_tx *tx, struct mqtt_tx_due *due)
{
	struct mqtt_tx_item *item = list_first_entry(&tx->wire,
						     struct mqtt_tx_item, node);
	const struct mqtt_frame *frame = item->frame;
	const u8 *p = frame->data + item->off;
	struct mqtt_packet_head h;
	u32 off;

	due->item = item;
	due->waited = mqtt_frame_waited(frame);
	due->begun = 0;
	due->nr = 0;
	for (off = 0; off < item->len; off += h.len) {
		/* Limits of 0: only the length is of interest. */
		mqtt_parse_head(p + off, item->len - off, 0, 0, &h);
		if (off < tx->off)
			due->begun += h.len;
		else
			due->nr++;
	}
	due->rest = item->len - due->begun;
}

/*
 * tx->lock held. The item ends with what has been begun. Returns bytes that
 * left the queue.
 */
static u32 mqtt_tx_due_cut(struct mqtt_conn *conn,
			   const struct mqtt_tx_due *due,
			   struct list_head *done)
{
	struct mqtt_tx_item *item = due->item;
	struct mqtt_tx *tx = &conn->tx;
	u32 len = item->len;

	if (tx->off < due->begun) {
		item->len = due->begun;
		item->waited = U32_MAX;
		tx->bytes -= due->rest;
		return due->rest;
	}
	tx->off = 0;
	mqtt_tx_uncount(conn, item);
	list_move_tail(&item->node, done);
	return len;
}

/* An item for the copy comes after the one that has been begun, or replaces it. */
static u32 mqtt_tx_due_replace(struct mqtt_conn *conn,
			       const struct mqtt_tx_due *due,
			       struct mqtt_tx_item *fresh,
			       struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	u32 left;

	fresh->waited = due->waited;
	list_add(&fresh->node, &due->item->node);
	tx->bytes += fresh->len;
	tx->items++;
	left = mqtt_tx_due_cut(conn, due, done);
	return left - fresh->len;
}

u32 mqtt_tx_expire(struct mqtt_conn *conn, struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *fresh = NULL;
	struct mqtt_frame *copy;
	struct mqtt_tx_due due;
	u32 left = 0;

	/* The first item is stable: only who holds the socket removes it. */
	mqtt_tx_due_find(tx, &due);
	if (!due.rest) {
		due.item->waited = U32_MAX;
		return 0;
	}
	if (due.waited < due.item->frame->expiry) {
		/* Below level 5 there is nothing to be told. */
		if (!due.item->frame->level) {
			due.item->waited = due.waited;
			return 0;
		}
		copy = mqtt_frame_aged(due.item->frame,
				       due.item->off + due.begun, due.rest,
				       due.waited);
		if (copy) {
			fresh = mqtt_tx_item_alloc(copy, GFP_KERNEL);
			mqtt_frame_put(copy);
		}
	}

	spin_lock_bh(&tx->lock);
	if (fresh) {
		left = mqtt_tx_due_replace(conn, &due, fresh, done);
	} else {
		mqtt_tx_drop(conn, due.waited < due.item->frame->expiry ?
			     -ENOMEM : -ETIME, due.nr);
		left = mqtt_tx_due_cut(conn, &due, done);
	}
	spin_unlock_bh(&tx->lock);
	return left;
}
