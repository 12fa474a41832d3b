// SPDX-License-Identifier: GPL-2.0
#include "queue.h"

void queue_init(struct queue *q)
{
	INIT_LIST_HEAD(&q->list);
	q->len = 0;
	q->len_qos0 = 0;
	q->bytes = 0;
}

bool queue_add(struct queue *q, struct delivery *d, uint32_t limit)
{
	if (limit && q->len >= limit)
		return false;
	list_add_tail(&d->node, &q->list);
	q->len++;
	q->bytes += delivery_bytes(d);
	if (!d->qos)
		q->len_qos0++;
	return true;
}

void queue_del(struct queue *q, struct delivery *d)
{
	list_del_init(&d->node);
	q->len--;
	q->bytes -= delivery_bytes(d);
	if (!d->qos)
		q->len_qos0--;
}

void queue_clear(struct queue *q)
{
	struct delivery *d;

	while ((d = queue_first(q))) {
		queue_del(q, d);
		delivery_free(d);
	}
}
