// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "log.h"
#include "loop.h"
#include "pool.h"
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
static uint32_t mark;

/* Of as many sessions as are likely to be busy at a time. */
#define MSGS_KEEP	256u

/* The room of the numbers in flight, and of those received, is kept with them. */
static struct pool pool;

const struct session_msgs session_no_msgs = {
	.inflight = {
		.list = LIST_HEAD_INIT(*(struct list_head *)&session_no_msgs.inflight.list),
		.max = 1,
		.max_bytes = UINT64_MAX,
	},
	.queue.list = LIST_HEAD_INIT(*(struct list_head *)&session_no_msgs.queue.list),
};

const struct session_lasting session_not_lasting;
const struct session_rights session_no_rights;

void sessions_init(void)
{
	table_mask = SESSION_BUCKETS_MIN - 1;
	table = xcalloc(SESSION_BUCKETS_MIN, sizeof(*table));
	usage = (struct usage){ 0 };
}

static void msgs_free(struct session_msgs *m)
{
	queue_clear(&m->queue);
	inflight_clear(&m->inflight);
	midset_clear(&m->received);
	free(m);
	usage.bytes -= sizeof(*m);
}

struct session_msgs *session_msgs(struct session *s)
{
	struct session_msgs *m = s->msgs;

	if (likely(m != &session_no_msgs))
		return m;
	m = pool_get(&pool);
	if (!m) {
		m = xcalloc(1, sizeof(*m));
		queue_init(&m->queue);
		inflight_init(&m->inflight);
		usage.bytes += sizeof(*m);
	}
	inflight_start(&m->inflight, s->max_inflight, s->last_mid);
	s->msgs = m;
	return m;
}

void session_settle(struct session *s)
{
	struct session_msgs *m = s->msgs;

	if (m == &session_no_msgs || m->inflight.count || m->queue.len ||
	    m->received.count)
		return;
	s->last_mid = m->inflight.last_mid;
	s->msgs = (struct session_msgs *)&session_no_msgs;
	if (!pool_put(&pool, m, MSGS_KEEP))
		msgs_free(m);
}

static void session_expired(struct timer *timer);
static void will_due(struct timer *timer);

struct session_lasting *session_lasting(struct session *s)
{
	struct session_lasting *l = s->lasting;

	if (l != &session_not_lasting)
		return l;
	l = xcalloc(1, sizeof(*l));
	usage.bytes += sizeof(*l);
	l->session = s;
	l->timer.fn = session_expired;
	l->will_timer.fn = will_due;
	s->lasting = l;
	return l;
}

static void lasting_stop(struct session *s)
{
	timer_cancel(&s->lasting->timer);
	timer_cancel(&s->lasting->will_timer);
}

static void lasting_free(struct session *s)
{
	free(s->lasting);
	usage.bytes -= sizeof(*s->lasting);
	s->lasting = (struct session_lasting *)&session_not_lasting;
}

struct session_rights *session_rights(struct session *s)
{
	if (s->rights == &session_no_rights) {
		s->rights = xcalloc(1, sizeof(*s->rights));
		usage.bytes += sizeof(*s->rights);
	}
	return s->rights;
}

void session_no_rules(struct session *s)
{
	if (s->rights == &session_no_rights)
		return;
	free(s->rights);
	usage.bytes -= sizeof(*s->rights);
	s->rights = (struct session_rights *)&session_no_rights;
}

static void clear_mark(struct session *s, void *arg)
{
	(void)arg;
	s->mark = 0;
}

uint32_t sessions_mark(void)
{
	if (!++mark) {
		session_each(clear_mark, NULL);
		mark = 1;
	}
	return mark;
}

void sessions_exit(void)
{
	struct session_msgs *m;
	uint32_t i;

	for (i = 0; i <= table_mask; i++) {
		while (table[i]) {
			struct session *s = table[i];

			if (s->lasting->will) {
				will_free(s->lasting->will);
				s->lasting->will = NULL;
			}
			session_free(s);
		}
	}
	free(table);
	table = NULL;
	while ((m = pool_get(&pool)))
		msgs_free(m);
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
	struct session *s = container_of(timer, struct session_lasting, timer)->session;

	log_info("session expired: %s", s->id);
	stats.clients_expired++;
	session_free(s);
}

static void will_due(struct timer *timer)
{
	struct session_lasting *lasting = container_of(timer, struct session_lasting,
						       will_timer);
	struct session *s = lasting->session;
	struct will *will = lasting->will;

	store_will(s, false);
	lasting->will = NULL;
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
	s->msgs = (struct session_msgs *)&session_no_msgs;
	s->lasting = (struct session_lasting *)&session_not_lasting;
	s->rights = (struct session_rights *)&session_no_rights;
	s->max_inflight = client_window();
	s->id_len = len;
	memcpy(s->id, id, len);
	INIT_LIST_HEAD(&s->subs);
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
	struct will *will = s->lasting->will;

	while (*p != s)
		p = &(*p)->hnext;
	*p = s->hnext;
	lasting_stop(s);
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
	if (s->msgs != &session_no_msgs)
		msgs_free(s->msgs);
	if (s->lasting != &session_not_lasting)
		lasting_free(s);
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
		timer_arm(&session_lasting(s)->timer,
			  loop_now() + s->expiry * 1000ull);
	store_session(s);
	share_leave_all(s, SHARE_OFFLINE);
	/* QoS 0 is not kept for a client that is away */
	if (!s->msgs->queue.len_qos0) {
		session_settle(s);
		return true;
	}
	list_for_each_entry_safe(d, tmp, &s->msgs->queue.list, node) {
		if (d->qos)
			continue;
		queue_del(&s->msgs->queue, d);
		delivery_free(d);
	}
	session_settle(s);
	return true;
}

void session_delay_will(struct session *s, struct will *will)
{
	struct session_lasting *lasting = session_lasting(s);

	lasting->will = will;
	timer_arm(&lasting->will_timer, loop_now() + will->delay * 1000ull);
	store_will(s, true);
}

void session_resume(struct session *s)
{
	if (s->lasting == &session_not_lasting)
		return;
	lasting_stop(s);
	store_will(s, false);
	/* [MQTT-3.1.3-9] */
	will_free(s->lasting->will);
	s->lasting->will = NULL;
	if (!s->lasting->store_id)
		lasting_free(s);
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
