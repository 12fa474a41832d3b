// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "datapath.h"
#include "subs.h"
#include "util.h"

#define SESSION_BUCKETS_MIN	256u

static struct session **table;
static uint32_t table_mask;
static uint32_t count;

void sessions_init(void)
{
	table_mask = SESSION_BUCKETS_MIN - 1;
	table = xcalloc(SESSION_BUCKETS_MIN, sizeof(*table));
	count = 0;
}

void sessions_exit(void)
{
	uint32_t i;

	for (i = 0; i <= table_mask; i++) {
		while (table[i])
			session_free(table[i]);
	}
	free(table);
	table = NULL;
}

uint32_t sessions_count(void)
{
	return count;
}

struct session *session_find(const char *id, size_t len)
{
	uint32_t hash = hash_bytes(id, len, 0);
	struct session *s = table[hash & table_mask];

	while (s && !(s->hash == hash && s->id_len == len &&
		      !memcmp(s->id, id, len)))
		s = s->hnext;
	return s;
}

static void sessions_grow(void)
{
	uint32_t mask = table_mask * 2 + 1;
	struct session **new = xcalloc((size_t)mask + 1, sizeof(*new));
	uint32_t i;

	for (i = 0; i <= table_mask; i++) {
		struct session *s = table[i];

		while (s) {
			struct session *next = s->hnext;

			s->hnext = new[s->hash & mask];
			new[s->hash & mask] = s;
			s = next;
		}
	}
	free(table);
	table = new;
	table_mask = mask;
}

struct session *session_new(const char *id, uint16_t len, bool clean)
{
	struct session *s = xcalloc(1, sizeof(*s) + len + 1);
	uint32_t max = config.max_inflight_messages;

	if (count > table_mask)
		sessions_grow();
	s->hash = hash_bytes(id, len, 0);
	s->clean = clean;
	s->id_len = len;
	memcpy(s->id, id, len);
	INIT_LIST_HEAD(&s->subs);
	queue_init(&s->queue);
	inflight_init(&s->inflight, max ? max : 65535);
	s->hnext = table[s->hash & table_mask];
	table[s->hash & table_mask] = s;
	count++;
	return s;
}

void session_free(struct session *s)
{
	struct session **p = &table[s->hash & table_mask];

	while (*p != s)
		p = &(*p)->hnext;
	*p = s->hnext;
	count--;
	while (!list_empty(&s->subs)) {
		struct sub *sub = list_first_entry(&s->subs, struct sub,
						   by_session);

		datapath_sub_del(sub);
		subs_del(sub);
	}
	queue_clear(&s->queue);
	inflight_clear(&s->inflight);
	midset_clear(&s->received);
	free(s);
}

void session_detach(struct session *s)
{
	struct delivery *d, *tmp;

	s->client = NULL;
	if (s->clean) {
		session_free(s);
		return;
	}
	/* QoS 0 is not kept for a client that is away */
	if (!s->queue.len_qos0)
		return;
	list_for_each_entry_safe(d, tmp, &s->queue.list, node) {
		if (d->qos)
			continue;
		queue_del(&s->queue, d);
		delivery_free(d);
	}
}

void session_each(void (*fn)(struct session *session, void *arg), void *arg)
{
	uint32_t i;

	for (i = 0; i <= table_mask; i++) {
		struct session *s;

		for (s = table[i]; s; s = s->hnext)
			fn(s, arg);
	}
}
