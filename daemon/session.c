// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "log.h"
#include "loop.h"
#include "rights.h"
#include "share.h"
#include "stats.h"
#include "store.h"
#include "subs.h"
#include "util.h"
#include "will.h"

#define SESSION_BUCKETS_MIN	256u

static struct session **table;
static uint32_t table_mask;
static struct usage usage;

void sessions_init(void)
{
	table_mask = SESSION_BUCKETS_MIN - 1;
	table = xcalloc(SESSION_BUCKETS_MIN, sizeof(*table));
	usage = (struct usage){ 0 };
}

void sessions_exit(void)
{
	uint32_t i;

	for (i = 0; i <= table_mask; i++) {
		while (table[i]) {
			will_free(table[i]->will);
			table[i]->will = NULL;
			session_free(table[i]);
		}
	}
	free(table);
	table = NULL;
}

uint32_t sessions_count(void)
{
	return usage.count;
}

struct usage sessions_usage(void)
{
	return usage;
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

static void session_expired(struct timer *timer)
{
	struct session *s = container_of(timer, struct session, timer);

	log_info("session expired: %s", s->id);
	stats.clients_expired++;
	session_free(s);
}

static void will_due(struct timer *timer)
{
	struct session *s = container_of(timer, struct session, will_timer);
	struct will *will = s->will;

	store_will(s, false);
	s->will = NULL;
	will_publish(will, s);
	will_free(will);
}

struct session *session_new(const char *id, uint16_t len, uint32_t expiry)
{
	struct session *s = xcalloc(1, sizeof(*s) + len + 1);

	if (usage.count > table_mask)
		sessions_grow();
	s->hash = hash_bytes(id, len, 0);
	s->expiry = expiry;
	s->timer.fn = session_expired;
	s->will_timer.fn = will_due;
	s->id_len = len;
	memcpy(s->id, id, len);
	INIT_LIST_HEAD(&s->subs);
	queue_init(&s->queue);
	inflight_init(&s->inflight, client_window());
	s->hnext = table[s->hash & table_mask];
	table[s->hash & table_mask] = s;
	usage_add(&usage, sizeof(*s) + len + 1);
	return s;
}

uint32_t session_expiry(uint32_t wanted)
{
	uint32_t max = config.persistent_client_expiration;

	return max && wanted > max ? max : wanted;
}

void session_free(struct session *s)
{
	struct session **p = &table[s->hash & table_mask];
	struct will *will = s->will;

	while (*p != s)
		p = &(*p)->hnext;
	*p = s->hnext;
	timer_cancel(&s->timer);
	timer_cancel(&s->will_timer);
	usage_del(&usage, sizeof(*s) + s->id_len + 1);
	will_judge(will, s);
	share_leave_all(s, SHARE_ENDED);
	store_session_del(s);
	while (!list_empty(&s->subs)) {
		struct sub *sub = list_first_entry(&s->subs, struct sub,
						   by_session);

		datapath_sub_del(sub);
		subs_del(sub);
	}
	queue_clear(&s->queue);
	inflight_clear(&s->inflight);
	midset_clear(&s->received);
	rights_forget(s);
	free(s);
	/* the session has ended before the delay had passed, 3.1.2.5 */
	will_publish(will, NULL);
	will_free(will);
}

bool session_detach(struct session *s)
{
	struct delivery *d, *tmp;

	s->client = NULL;
	if (!s->expiry) {
		session_free(s);
		return false;
	}
	if (s->expiry != SESSION_NEVER)
		timer_arm(&s->timer, loop_now() + s->expiry * 1000ull);
	store_session(s);
	share_leave_all(s, SHARE_OFFLINE);
	/* QoS 0 is not kept for a client that is away */
	if (!s->queue.len_qos0)
		return true;
	list_for_each_entry_safe(d, tmp, &s->queue.list, node) {
		if (d->qos)
			continue;
		queue_del(&s->queue, d);
		delivery_free(d);
	}
	return true;
}

void session_delay_will(struct session *s, struct will *will)
{
	s->will = will;
	timer_arm(&s->will_timer, loop_now() + will->delay * 1000ull);
	store_will(s, true);
}

void session_resume(struct session *s)
{
	timer_cancel(&s->timer);
	timer_cancel(&s->will_timer);
	store_will(s, false);
	/* [MQTT-3.1.3-9] */
	will_free(s->will);
	s->will = NULL;
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
