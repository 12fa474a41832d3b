/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_QUEUE_H
#define MQTTD_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "inflight.h"

/**
 * struct queue - deliveries of a session that wait to be sent
 * @list: deliveries, oldest first
 * @len: their number
 * @len_qos0: of these, QoS 0 ones
 * @bytes: payloads of their messages
 */
struct queue {
	struct list_head list;
	uint32_t len;
	uint32_t len_qos0;
	uint64_t bytes;
};

/**
 * queue_init() - make an empty queue
 * @q: queue
 */
void queue_init(struct queue *q);

/**
 * queue_add() - append a delivery
 * @q: queue
 * @d: delivery in no list
 * @limit: most deliveries allowed, 0 for no limit
 *
 * Return: false when the queue is full; the newest is the one not taken, as
 * with mosquitto.
 */
bool queue_add(struct queue *q, struct delivery *d, uint32_t limit);

/**
 * queue_first() - look at the oldest delivery
 * @q: queue
 *
 * Return: the delivery, NULL when the queue is empty.
 */
static inline struct delivery *queue_first(const struct queue *q)
{
	if (list_empty(&q->list))
		return NULL;
	return list_first_entry(&q->list, struct delivery, node);
}

/**
 * queue_del() - take a delivery out
 * @q: queue
 * @d: delivery in it
 */
void queue_del(struct queue *q, struct delivery *d);

/**
 * queue_clear() - free all deliveries
 * @q: queue
 */
void queue_clear(struct queue *q);

#endif /* MQTTD_QUEUE_H */
