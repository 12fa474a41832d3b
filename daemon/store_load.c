// SPDX-License-Identifier: GPL-2.0
#include "store_load.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "loop.h"
#include "message.h"
#include "packet.h"
#include "property.h"
#include "retain.h"
#include "session.h"
#include "store.h"
#include "store_db.h"
#include "subid.h"
#include "subs.h"
#include "timer.h"
#include "util.h"
#include "will.h"

/* Objects by their numbers, in ascending order as they come. */
struct loaded {
	struct {
		uint64_t id;
		void *object;
	} *entry;
	size_t count;
	size_t cap;
};

struct load {
	struct loaded messages;
	struct loaded sessions;
	uint64_t last_id;
	void (*unused)(const struct store_record *rec);
	void (*upgrade)(const struct store_record *rec);
};

/**
 * struct client_will - will of a client that was connected when the broker ended
 * @session: its session, NULL if it ended with its connection
 * @will: the will
 */
struct client_will {
	struct session *session;
	struct will *will;
};

static struct client_will *client_wills;
static size_t nr_client_wills;

static void loaded_add(struct loaded *l, uint64_t id, void *object)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->entry = xrealloc(l->entry, l->cap * sizeof(*l->entry));
	}
	l->entry[l->count].id = id;
	l->entry[l->count++].object = object;
}

static void *loaded_find(const struct loaded *l, uint64_t id)
{
	size_t lo = 0;
	size_t hi = l->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->entry[mid].id == id)
			return l->entry[mid].object;
		if (l->entry[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static uint64_t wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * When is something due that began at a time of the wall clock? A clock that
 * was set back meanwhile does not make it later than from now.
 */
static uint64_t deadline(uint64_t began, uint64_t after)
{
	uint64_t now = wall_ms();

	if (began > now)
		began = now;
	if (began + after <= now)
		return loop_now();
	return loop_now() + (began + after - now);
}

/* A message that expired while the broker was away is dropped when its turn comes. */
static uint64_t expiry(uint64_t when)
{
	uint64_t now = wall_ms();

	return max_t(uint64_t, loop_now() + (when > now ? when - now : 0), 1);
}

/* Returns what the properties point to, NULL when they are impossible. */
static uint8_t *load_properties(const struct store_bytes *from, uint8_t type,
				struct properties *props)
{
	uint8_t *raw = xmalloc(4 + (size_t)from->len);
	uint8_t *p = put_varint(raw, from->len);
	struct reader r = { .p = raw, .end = p + from->len };

	if (from->len)
		memcpy(p, from->p, from->len);
	if (!read_properties(&r, type, props))
		return raw;
	free(raw);
	return NULL;
}

static const char *load_message(struct load *load,
				const struct store_record *rec)
{
	struct properties props;
	struct message *msg;
	uint8_t *raw;

	raw = load_properties(&rec->properties, PUBLISH, &props);
	if (!raw)
		return "impossible properties";
	msg = message_new((const char *)rec->name.p, rec->name.len,
			  rec->payload.p, rec->payload.len, rec->qos, &props);
	free(raw);
	if (!msg)
		return "no memory for it";
	msg->store_id = rec->id;
	if (rec->when)
		msg->expires = expiry(rec->when);
	loaded_add(&load->messages, rec->id, msg);
	return NULL;
}

static const char *load_session(struct load *load,
				const struct store_record *rec)
{
	const char *id = (const char *)rec->name.p;
	struct session *s;

	if (session_find(id, rec->name.len))
		return "client identifier of another session";
	s = session_new(id, rec->name.len, rec->expiry);
	s->protocol = rec->level;
	session_lasting(s)->store_id = rec->session;
	s->last_mid = rec->mid;
	loaded_add(&load->sessions, rec->session, s);
	/* with a connection when the broker ended: the clock starts now */
	if (rec->expiry && rec->expiry != SESSION_NEVER)
		timer_arm(&s->lasting->timer,
			  deadline(rec->when ? rec->when : wall_ms(),
				   rec->expiry * 1000ull));
	return NULL;
}

static const char *load_sub(struct session *s, const struct store_record *rec)
{
	const char *name = (const char *)rec->name.p;
	struct sub_options options = {
		.qos = rec->options & STORE_QOS,
		.no_local = rec->options & STORE_NO_LOCAL,
		.rap = rec->options & STORE_RAP,
		.id = rec->sub_id,
	};
	struct sub *sub;

	if (subs_find(s, name, rec->name.len))
		return "topic filter of another subscription";
	sub = subs_add(s, &s->subs, name, rec->name.len, &options);
	sub->store_id = rec->id;
	s->nsubs++;
	return NULL;
}

static struct subids *load_ids(const struct store_bytes *from)
{
	struct subids *ids;

	if (!from->len)
		return NULL;
	ids = xmalloc(sizeof(*ids) + from->len);
	ids->refs = 1;
	ids->len = from->len;
	memcpy(ids->props, from->p, from->len);
	return ids;
}

static struct filter *load_share(struct session *s, uint64_t number)
{
	struct sub *sub;

	if (!number)
		return NULL;
	list_for_each_entry(sub, &s->subs, by_session) {
		if (sub->store_id == number && sub->filter->shared)
			return sub->filter;
	}
	return NULL;
}

static const char *load_delivery(struct load *load, struct session *s,
				 const struct store_record *rec)
{
	struct message *msg = NULL;
	struct delivery *d;

	if (rec->message) {
		msg = loaded_find(&load->messages, rec->message);
		if (!msg)
			return "its message is missing";
		msg->store_refs++;
	}
	if (rec->mid && inflight_find(&s->msgs->inflight, rec->mid))
		return "packet identifier of another delivery";
	d = delivery_new(msg, rec->qos, rec->flags & STORE_F_RETAIN);
	d->store_id = rec->id;
	d->state = rec->state;
	d->mid = rec->mid;
	d->dup = rec->flags & STORE_F_DUP;
	d->ids = load_ids(&rec->sub_ids);
	d->share = load_share(s, rec->share);
	if (rec->state == DELIVERY_QUEUED)
		queue_add(&session_msgs(s)->queue, d, 0);
	else
		inflight_restore(&session_msgs(s)->inflight, d);
	return NULL;
}

static struct will *make_will(const struct store_record *rec)
{
	struct will from = {
		.topic = (char *)rec->name.p,
		.topic_len = rec->name.len,
		.payload = (uint8_t *)rec->payload.p,
		.payload_len = rec->payload.len,
		.qos = rec->qos,
		.retain = rec->flags & STORE_F_RETAIN,
		.delay = rec->delay,
	};
	struct will *will;
	uint8_t *raw;

	if (rec->payload.len > UINT16_MAX)
		return NULL;
	raw = load_properties(&rec->properties, PROPERTIES_OF_WILL, &from.props);
	if (!raw)
		return NULL;
	will = will_new(&from);
	free(raw);
	return will;
}

static const char *load_will(struct session *s, const struct store_record *rec)
{
	if (s->lasting->will || rec->when < rec->delay * 1000ull)
		return "impossible will";
	s->lasting->will = make_will(rec);
	if (!s->lasting->will)
		return "impossible will";
	timer_arm(&s->lasting->will_timer,
		  deadline(rec->when - rec->delay * 1000ull,
			   rec->delay * 1000ull));
	return NULL;
}

static const char *load_client_will(struct load *load,
				    const struct store_record *rec)
{
	struct client_will cw = { NULL, NULL };

	if (rec->owner) {
		cw.session = loaded_find(&load->sessions, rec->owner);
		if (!cw.session)
			return "its session is missing";
	}
	cw.will = make_will(rec);
	if (!cw.will)
		return "impossible will";
	cw.will->store_id = rec->id;
	client_wills = xrealloc(client_wills, (nr_client_wills + 1) *
				sizeof(*client_wills));
	client_wills[nr_client_wills++] = cw;
	return NULL;
}

static const char *load_retained(struct load *load,
				 const struct store_record *rec)
{
	struct message *msg = loaded_find(&load->messages, rec->id);

	if (!msg)
		return "its message is missing";
	/* the limits may have been lowered */
	if (retain_set(message_topic(msg), msg->topic_len, msg))
		msg->store_refs++;
	else
		load->unused(rec);
	return NULL;
}

static const char *load_record(const struct store_record *rec, void *arg)
{
	struct load *load = arg;
	struct session *s = NULL;

	load->last_id = max_t(uint64_t, load->last_id, rec->session);
	if (rec->kind != STORE_RECEIVED)
		load->last_id = max_t(uint64_t, load->last_id, rec->id);
	if (rec->session && rec->kind != STORE_SESSION) {
		s = loaded_find(&load->sessions, rec->session);
		if (!s)
			return "its session is missing";
	}
	switch (rec->kind) {
	case STORE_HEADER:
		if (rec->format != STORE_FORMAT)
			load->upgrade(rec);
		break;
	case STORE_MESSAGE:
		return load_message(load, rec);
	case STORE_SESSION:
		return load_session(load, rec);
	case STORE_SUB:
		return load_sub(s, rec);
	case STORE_DELIVERY:
		return load_delivery(load, s, rec);
	case STORE_RECEIVED:
		midset_add(&session_msgs(s)->received, rec->id);
		break;
	case STORE_RETAINED:
		return load_retained(load, rec);
	case STORE_WILL:
		return load_will(s, rec);
	case STORE_CLIENT_WILL:
		return load_client_will(load, rec);
	}
	return NULL;
}

int store_load(struct store_db *db, uint64_t *last_id,
	       void (*unused)(const struct store_record *rec),
	       void (*upgrade)(const struct store_record *rec))
{
	struct load load = { .unused = unused, .upgrade = upgrade };
	int rc = store_db_each(db, load_record, &load);
	size_t i;

	for (i = 0; i < load.messages.count; i++) {
		struct message *msg = load.messages.entry[i].object;
		struct store_record rec = {
			.kind = STORE_MESSAGE,
			.id = msg->store_id,
		};

		if (!rc && !msg->store_refs)
			unused(&rec);
		message_put(msg);
	}
	free(load.messages.entry);
	free(load.sessions.entry);
	*last_id = load.last_id;
	return rc;
}

struct ended {
	struct session **session;
	size_t count;
};

static void collect(struct session *s, void *arg)
{
	struct ended *ended = arg;

	const struct timer *timer = &s->lasting->timer;

	if (s->expiry && (!timer->index || timer_deadline(timer) > loop_now())) {
		store_session(s);
		return;
	}
	ended->session = xrealloc(ended->session, (ended->count + 1) *
				  sizeof(*ended->session));
	ended->session[ended->count++] = s;
}

/*
 * The connection of a client with a will ended with the broker, and not by
 * DISCONNECT: its delay begins now, or it has none.
 */
static void delay_client_wills(void)
{
	size_t i;

	for (i = 0; i < nr_client_wills; i++) {
		struct client_will *cw = &client_wills[i];

		if (!cw->session || !cw->will->delay || cw->session->lasting->will)
			continue;
		store_client_will_del(cw->will);
		session_delay_will(cw->session, cw->will);
		cw->will = NULL;
	}
}

static void publish_client_wills(void)
{
	size_t i;

	for (i = 0; i < nr_client_wills; i++) {
		struct will *will = client_wills[i].will;

		if (!will)
			continue;
		store_client_will_del(will);
		will_publish(will, client_wills[i].session);
		will_free(will);
	}
	if (nr_client_wills)
		log_notice("%zu wills of clients that were connected",
			   nr_client_wills);
	free(client_wills);
	client_wills = NULL;
	nr_client_wills = 0;
}

void store_load_end(void)
{
	struct ended ended = { 0 };
	size_t i;

	/* they belong to sessions, some of which end here */
	delay_client_wills();
	session_each(collect, &ended);
	for (i = 0; i < ended.count; i++)
		session_free(ended.session[i]);
	free(ended.session);
	publish_client_wills();
}
