// SPDX-License-Identifier: GPL-2.0
#include "inflight.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "message.h"
#include "pool.h"
#include "stats.h"
#include "subid.h"
#include "util.h"

#define DELIVERY_KEEP	4096
#define INFLIGHT_BUCKETS_MAX	1024u
#define MIDSET_FEW_MAX	128u
#define MIDSET_BYTES	8192

static struct pool pool;

struct delivery *delivery_new(struct message *msg, uint8_t qos, bool retain)
{
	struct delivery *d = pool_get(&pool);

	if (!d)
		d = xmalloc(sizeof(*d));
	INIT_LIST_HEAD(&d->node);
	d->hnext = NULL;
	d->msg = msg ? message_get(msg) : NULL;
	d->ids = NULL;
	d->share = NULL;
	d->bytes = msg ? msg->payload_len : 0;
	d->mid = 0;
	d->qos = qos;
	d->state = DELIVERY_QUEUED;
	d->retain = retain;
	d->dup = false;
	d->store_id = 0;
	d->unsent = false;
	return d;
}

void delivery_free(struct delivery *d)
{
	message_put(d->msg);
	subids_put(d->ids);
	if (!pool_put(&pool, d, DELIVERY_KEEP))
		free(d);
}

void delivery_exit(void)
{
	pool_exit(&pool);
}

static uint32_t buckets(uint32_t max)
{
	uint32_t n = 32;

	while (n < max && n < INFLIGHT_BUCKETS_MAX)
		n *= 2;
	return n;
}

void inflight_init(struct inflight *in)
{
	memset(in, 0, sizeof(*in));
	INIT_LIST_HEAD(&in->list);
}

void inflight_start(struct inflight *in, uint32_t max, uint16_t last_mid)
{
	in->max = max;
	in->last_mid = last_mid;
	in->max_bytes = config.max_inflight_bytes ?
			config.max_inflight_bytes : UINT64_MAX;
	/* of another session, with another window */
	if (in->table && max > in->mask + 1 && in->mask + 1 < INFLIGHT_BUCKETS_MAX) {
		free(in->table);
		in->table = NULL;
	}
}

void inflight_clear(struct inflight *in)
{
	struct delivery *d, *tmp;

	list_for_each_entry_safe(d, tmp, &in->list, node) {
		list_del_init(&d->node);
		delivery_free(d);
	}
	free(in->table);
	in->table = NULL;
	stats.inflight -= in->count;
	in->count = 0;
	in->bytes = 0;
	in->unsent = 0;
}

void inflight_restore(struct inflight *in, struct delivery *d)
{
	struct delivery **bucket;

	if (!in->table) {
		uint32_t n = buckets(in->max);

		in->mask = n - 1;
		in->table = xcalloc(n, sizeof(*in->table));
	}
	bucket = &in->table[d->mid & in->mask];
	d->hnext = *bucket;
	*bucket = d;
	list_add_tail(&d->node, &in->list);
	in->count++;
	in->bytes += delivery_bytes(d);
	stats.inflight++;
}

void inflight_add(struct inflight *in, struct delivery *d)
{
	do {
		if (!++in->last_mid)
			in->last_mid = 1;
	} while (inflight_find(in, in->last_mid));
	d->mid = in->last_mid;
	inflight_restore(in, d);
}

void inflight_received(struct delivery *d)
{
	message_put(d->msg);
	d->msg = NULL;
}

void inflight_done(struct inflight *in, struct delivery *d)
{
	struct delivery **p = &in->table[d->mid & in->mask];

	while (*p != d)
		p = &(*p)->hnext;
	*p = d->hnext;
	list_del_init(&d->node);
	in->count--;
	in->bytes -= delivery_bytes(d);
	stats.inflight--;
	in->unsent -= d->unsent;
	delivery_free(d);
}

static bool bit_test(const uint8_t *map, uint16_t bit)
{
	return map[bit / 8] & 1 << bit % 8;
}

bool midset_add(struct midset *set, uint16_t mid)
{
	uint32_t i;

	if (!set->bitmap) {
		for (i = 0; i < set->count; i++) {
			if (set->few[i] == mid)
				return false;
		}
		if (set->count < MIDSET_FEW_MAX) {
			if (set->count == set->cap) {
				set->cap = set->cap ? set->cap * 2 : 8;
				set->few = xrealloc(set->few, set->cap *
						    sizeof(*set->few));
			}
			set->few[set->count++] = mid;
			return true;
		}
		set->bitmap = xcalloc(1, MIDSET_BYTES);
		for (i = 0; i < set->count; i++)
			set->bitmap[set->few[i] / 8] |= 1 << set->few[i] % 8;
		free(set->few);
		set->few = NULL;
		set->cap = 0;
	}
	if (bit_test(set->bitmap, mid))
		return false;
	set->bitmap[mid / 8] |= 1 << mid % 8;
	set->count++;
	return true;
}

bool midset_has(const struct midset *set, uint16_t mid)
{
	uint32_t i;

	if (set->bitmap)
		return bit_test(set->bitmap, mid);
	for (i = 0; i < set->count; i++) {
		if (set->few[i] == mid)
			return true;
	}
	return false;
}

bool midset_del(struct midset *set, uint16_t mid)
{
	uint32_t i;

	if (set->bitmap) {
		if (!bit_test(set->bitmap, mid))
			return false;
		set->bitmap[mid / 8] &= ~(1 << mid % 8);
		if (!--set->count)
			midset_clear(set);
		return true;
	}
	for (i = 0; i < set->count; i++) {
		if (set->few[i] != mid)
			continue;
		set->few[i] = set->few[--set->count];
		return true;
	}
	return false;
}

void midset_each(const struct midset *set, void (*fn)(uint16_t mid, void *arg),
		 void *arg)
{
	uint32_t i;

	for (i = 0; !set->bitmap && i < set->count; i++)
		fn(set->few[i], arg);
	for (i = 1; set->bitmap && i <= UINT16_MAX; i++) {
		if (bit_test(set->bitmap, i))
			fn(i, arg);
	}
}

void midset_clear(struct midset *set)
{
	free(set->few);
	free(set->bitmap);
	memset(set, 0, sizeof(*set));
}
