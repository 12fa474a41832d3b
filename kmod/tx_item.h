/* SPDX-License-Identifier: GPL-2.0 */
/* What a transmit queue is made of, and the framing of the daemon's bytes. */
#ifndef _MQTT_TX_ITEM_H
#define _MQTT_TX_ITEM_H

#include <linux/list.h>
#include <linux/types.h>

#include "frame.h"

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
 * @daemon: the bytes are the daemon's
 */
struct mqtt_tx_item {
	struct list_head node;
	struct mqtt_frame *frame;
	u32 off;
	u32 len;
	bool daemon;
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

#endif /* _MQTT_TX_ITEM_H */
