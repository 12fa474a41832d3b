// SPDX-License-Identifier: GPL-2.0
#include "route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "acl_class.h"
#include "alias.h"
#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "log.h"
#include "message.h"
#include "outq.h"
#include "retain.h"
#include "run.h"
#include "session.h"
#include "share.h"
#include "stats.h"
#include "store.h"
#include "subid.h"
#include "util.h"

#define ROUTE_BUCKETS	4096u
#define ROUTES_MAX	8192u
#define RECEIVERS_MAX	(1u << 20)

static struct route *table[ROUTE_BUCKETS];
static uint32_t nr_routes;
static uint32_t nr_receivers;
static uint32_t mark;
static struct filter_set match;

static void route_clear(struct route *r)
{
	uint32_t i;

	nr_receivers -= r->nr_receivers;
	for (i = 0; i < r->nr_receivers; i++)
		subids_put(r->receivers[i].ids);
	free(r->receivers);
	free(r->filters);
	r->receivers = NULL;
	r->filters = NULL;
	r->nr_receivers = 0;
	r->nr_filters = 0;
	r->nr_shared = 0;
}

static void routes_clear(void)
{
	uint32_t i;

	for (i = 0; i < ROUTE_BUCKETS; i++) {
		while (table[i]) {
			struct route *r = table[i];

			table[i] = r->hnext;
			route_clear(r);
			free(r);
		}
	}
	nr_routes = 0;
}

void route_init(void)
{
	nr_routes = 0;
	nr_receivers = 0;
}

void route_exit(void)
{
	routes_clear();
	free(match.filter);
	memset(&match, 0, sizeof(match));
}

struct usage routes_usage(void)
{
	return (struct usage){
		.count = nr_routes,
		.bytes = nr_routes * sizeof(struct route) +
			 nr_receivers * sizeof(struct receiver),
	};
}

static struct route *route_find(const char *topic, uint16_t len, uint32_t hash)
{
	struct route *r = table[hash % ROUTE_BUCKETS];

	while (r && !(r->hash == hash && r->topic_len == len &&
		      !memcmp(r->topic, topic, len)))
		r = r->hnext;
	return r;
}

bool route_known(const char *topic, uint16_t len)
{
	return route_find(topic, len, hash_bytes(topic, len, 0));
}

static void receiver_join(struct receiver *rx, const struct sub *sub)
{
	rx->qos = max_t(uint8_t, rx->qos, sub->qos);
	rx->ids = subids_join(rx->ids, sub->ids);
	rx->no_local |= sub->no_local;
	rx->rap |= sub->rap;
}

/*
 * Overlapping filters give a client one copy, with the highest QoS granted and
 * all identifiers, unless the configuration wants one for each.
 */
static void route_add(struct route *r, uint32_t *cap, const struct sub *sub)
{
	struct session *s = sub->session;
	struct receiver *rx;

	if (s->mark == mark && !config.allow_duplicate_messages) {
		rx = &r->receivers[s->mark_index];
		receiver_join(rx, sub);
		rx->overlap = true;
		return;
	}
	if (r->nr_receivers == *cap) {
		*cap = *cap ? *cap * 2 : 8;
		r->receivers = xrealloc(r->receivers,
					*cap * sizeof(*r->receivers));
	}
	s->mark = mark;
	s->mark_index = r->nr_receivers;
	rx = &r->receivers[r->nr_receivers++];
	memset(rx, 0, sizeof(*rx));
	rx->session = s;
	receiver_join(rx, sub);
}

static void route_filters(struct route *r)
{
	uint32_t first = 0;
	size_t i;

	r->filters = xmalloc(match.count * sizeof(*r->filters));
	r->nr_filters = match.count;
	for (i = 0; i < match.count; i++) {
		struct filter *filter = match.filter[i];

		if (filter->shared)
			r->filters[match.count - ++r->nr_shared] = filter;
		else
			r->filters[first++] = filter;
	}
}

static void route_resolve(struct route *r)
{
	uint32_t cap = 0;
	uint32_t i;

	subs_match(r->topic, r->topic_len, &match);
	mark = sessions_mark();
	if (match.count)
		route_filters(r);
	for (i = 0; i < r->nr_filters - r->nr_shared; i++) {
		struct sub *sub;

		list_for_each_entry(sub, &r->filters[i]->subs, by_filter)
			route_add(r, &cap, sub);
	}
	nr_receivers += r->nr_receivers;
	r->generation = subs_generation();
}

static struct route *route_make(const char *topic, uint16_t len)
{
	uint32_t hash = hash_bytes(topic, len, 0);
	struct route *r = route_find(topic, len, hash);

	if (r && r->generation == subs_generation())
		return r;
	if (r) {
		route_clear(r);
		route_resolve(r);
		return r;
	}
	if (nr_routes >= ROUTES_MAX || nr_receivers >= RECEIVERS_MAX)
		routes_clear();
	r = xcalloc(1, sizeof(*r) + len);
	r->hash = hash;
	r->topic_len = len;
	memcpy(r->topic, topic, len);
	r->hnext = table[hash % ROUTE_BUCKETS];
	table[hash % ROUTE_BUCKETS] = r;
	nr_routes++;
	route_resolve(r);
	return r;
}

const struct route *route_get(const char *topic, uint16_t len)
{
	return route_make(topic, len);
}

/*
 * The rules are asked once, however many messages follow: what a class may do
 * never changes, so that a verdict is good for as long as the route.
 */
static bool route_allows(struct route *r, const struct acl_class *class)
{
	uint64_t *verdict = &r->verdict[class->id % ROUTE_VERDICTS];
	bool allow;

	if (likely(*verdict >> 1 == class->id))
		return *verdict & 1;
	allow = acl_class_allows(class, r->topic, r->topic_len);
	*verdict = (uint64_t)class->id << 1 | allow;
	return allow;
}

static const struct acl_class *publisher(const struct publish *pub)
{
	const struct session *s = pub->source ? pub->source->session :
						pub->session;

	return s ? s->rights->publish_class : NULL;
}

/* what comes next by an alias is fast, if this is not */
static void learn(const struct publish *pub)
{
	if (pub->source && pub->source->conn && !pub->qos && !pub->retain)
		datapath_learn(pub);
}

static int publish_denied(const struct publish *pub)
{
	const struct session *s = pub->source ? pub->source->session :
						pub->session;

	log_debug("%s: publish to %.*s not allowed", s->id, pub->topic_len,
		  pub->topic);
	stats.publish_denied += pub->count;
	learn(pub);
	return -EACCES;
}

/**
 * struct fan_out - a message on its way to its receivers
 * @pub: the message
 * @route: where it goes
 * @msg: as a message; NULL for a run, which nobody keeps
 * @set: the run, or @msg as a packet for 3.1.1 with QoS 0
 */
struct fan_out {
	const struct publish *pub;
	const struct route *route;
	struct message *msg;
	struct run_set set;
};

static bool fan_out_init(struct fan_out *f, const struct publish *pub,
			 const struct route *r)
{
	f->pub = pub;
	f->route = r;
	f->msg = NULL;
	run_set_init(&f->set, pub->frames, pub->frames_len, pub->count,
		     pub->v5);
	f->set.base.share = r->nr_receivers > 1;
	f->set.base.many = r->nr_receivers > CLIENTS_MANY;
	f->set.base.expires = pub->expires;
	if (pub->frames || !(r->nr_receivers || r->nr_shared || pub->retain))
		return true;
	f->msg = message_new(pub->topic, pub->topic_len, pub->payload,
			     pub->payload_len, pub->qos, pub->props);
	if (!f->msg)
		return false;
	f->set.base.frames = f->msg->frame;
	f->set.base.len = f->msg->frame_len;
	if (f->msg->frame_len >= OUTQ_REF_MIN)
		f->set.base.msg = message_get(f->msg);
	return true;
}

static void fan_out_exit(struct fan_out *f)
{
	run_set_exit(&f->set);
	message_put(f->msg);
}

static void deliver_form(struct fan_out *f, struct client *c,
			 struct run_form *form)
{
	const struct publish *pub = f->pub;
	bool give = false;
	struct run *run;

	if (c->alias_max) {
		form->alias = alias_find(c, pub->topic, pub->topic_len);
		form->named = !form->alias;
		if (form->named) {
			form->alias = alias_next(c);
			give = form->alias;
		}
	}
	run = run_set_get(&f->set, form);
	if (run && deliver_run(c, run) && give)
		alias_give(c, pub->topic, pub->topic_len);
}

/* A run for an attached client, lest it overtakes what the data path sends. */
static bool deliver_attached_run(struct fan_out *f, struct client *c,
				 const struct receiver *rx)
{
	const struct datapath_packets what = {
		.frames = f->set.base.frames,
		.len = f->set.base.len,
		.v5 = f->set.v5,
		.ids = c->protocol >= 5 ? rx->ids : NULL,
	};

	return !f->msg && datapath_send(c, &what);
}

/* QoS 0 to a connected client, in the form that it wants. */
static void deliver_plain(struct fan_out *f, struct client *c,
			  const struct receiver *rx)
{
	struct run_form form = { .v5 = c->protocol >= 5, .named = true };
	bool retain = f->pub->retain && rx->rap;

	if (unlikely(c->conn) && deliver_attached_run(f, c, rx))
		return;
	if (likely(!form.v5 && !f->set.v5 && !retain && !c->conn)) {
		deliver_run(c, &f->set.base);
	} else if (f->msg) {
		deliver_qos0(c, f->msg, retain, rx->ids);
	} else {
		if (form.v5)
			form.ids = rx->ids;
		deliver_form(f, c, &form);
	}
}

static void deliver_kept(struct fan_out *f, const struct receiver *rx,
			 uint8_t qos, struct filter *share)
{
	struct delivery_to to = {
		.qos = qos,
		.retain = f->pub->retain && rx->rap,
		.ids = rx->ids,
		.share = share,
	};

	deliver_message(rx->session, f->msg, &to);
}

bool route_own(const struct route *r, const struct receiver *all,
	       struct receiver *own)
{
	bool any = false;
	uint32_t i;

	memset(own, 0, sizeof(*own));
	own->session = all->session;
	own->overlap = all->overlap;
	for (i = 0; all->overlap && i < r->nr_filters - r->nr_shared; i++) {
		struct sub *sub = subs_get(r->filters[i], all->session);

		if (!sub || sub->no_local)
			continue;
		receiver_join(own, sub);
		any = true;
	}
	return any;
}

/* Returns true for an attached client, which the data path is to serve. */
static bool deliver_receiver(struct fan_out *f, const struct receiver *rx)
{
	uint8_t qos = min_t(uint8_t, f->pub->qos, rx->qos);
	struct client *c = rx->session->client;

	if (qos)
		deliver_kept(f, rx, qos, NULL);
	else if (c && !c->conn)
		deliver_plain(f, c, rx);
	return !qos && c && c->conn;
}

/* Returns the number of attached clients that the data path is to serve. */
static uint32_t deliver_receivers(struct fan_out *f, int *reached)
{
	const struct route *r = f->route;
	uint32_t attached = 0;
	uint32_t i;

	*reached = r->nr_receivers + r->nr_shared;
	for (i = 0; i < r->nr_receivers; i++) {
		const struct receiver *rx = &r->receivers[i];
		struct receiver own;

		if (likely(!route_is_own(f->pub, rx))) {
			attached += deliver_receiver(f, rx);
		} else if (route_own(r, rx, &own)) {
			attached += deliver_receiver(f, &own);
			subids_put(own.ids);
		} else {
			--*reached;
		}
	}
	return attached;
}

/* One packet or message to one member of a shared subscription. */
static void deliver_share(struct fan_out *f, struct filter *filter)
{
	const struct share_message msg = {
		.topic = f->pub->topic,
		.len = f->pub->topic_len,
		.qos = f->pub->qos,
	};
	struct sub *sub = share_pick(filter, &msg);
	struct receiver rx;
	uint8_t qos;

	if (!sub)
		return;
	qos = min_t(uint8_t, f->pub->qos, sub->qos);
	rx = (struct receiver){
		.session = sub->session,
		.ids = sub->ids,
		.rap = sub->rap,
	};
	if (qos)
		deliver_kept(f, &rx, qos, filter);
	else if (sub->session->client)
		deliver_plain(f, sub->session->client, &rx);
}

/* The packets of a run are dealt out one by one. */
static void deliver_shares(struct fan_out *f, bool served)
{
	const struct route *r = f->route;
	const uint8_t *p = f->pub->frames;
	uint32_t left = f->pub->frames_len;
	uint32_t first = r->nr_filters - r->nr_shared;
	uint32_t i;

	for (i = first; !p && i < r->nr_filters; i++) {
		struct filter *filter = r->filters[i];

		if (!served || !share_attached(filter, f->pub->qos,
					       f->pub->retain))
			deliver_share(f, filter);
	}
	while (left) {
		uint32_t len = run_next(p, left);
		struct fan_out one;

		one.pub = f->pub;
		one.route = r;
		one.msg = NULL;
		run_set_init(&one.set, p, len, 1, f->pub->v5);
		one.set.base.expires = f->pub->expires;
		for (i = first; i < r->nr_filters; i++) {
			struct filter *filter = r->filters[i];

			if (!served || !share_attached(filter, 0, false))
				deliver_share(&one, filter);
		}
		run_set_exit(&one.set);
		p += len;
		left -= len;
	}
}

/* Attached clients whom the data path does not serve after all. */
static void deliver_attached(struct fan_out *f)
{
	const struct route *r = f->route;
	uint32_t i;

	for (i = 0; i < r->nr_receivers; i++) {
		const struct receiver *rx = &r->receivers[i];
		struct client *c = rx->session->client;
		struct receiver own;

		if (!c || !c->conn)
			continue;
		if (!route_is_own(f->pub, rx)) {
			if (!min_t(uint8_t, f->pub->qos, rx->qos))
				deliver_plain(f, c, rx);
		} else if (route_own(r, rx, &own)) {
			if (!min_t(uint8_t, f->pub->qos, own.qos))
				deliver_plain(f, c, &own);
			subids_put(own.ids);
		}
	}
}

/* Through the data path too, lest it overtakes what goes that way. */
static bool attached_served_props(struct fan_out *f)
{
	struct publish pub = *f->pub;
	struct run run = { .count = 1 };
	uint8_t *packet;
	bool served;

	packet = message_encode5(f->msg, &run.len);
	if (!packet)
		return false;
	run.frames = packet;
	pub.v5 = true;
	pub.props = NULL;
	served = datapath_publish(f->route, &pub, &run);
	free(packet);
	return served;
}

static bool attached_served(struct fan_out *f)
{
	struct run_form form = { .named = true };
	const struct run *run;

	if (f->msg && (f->msg->props_len || f->msg->expires))
		return attached_served_props(f);
	run = f->set.v5 ? &f->set.base : run_set_get(&f->set, &form);
	return run && datapath_publish(f->route, f->pub, run);
}

/* Is there a shared subscription that the data path serves? */
static bool shares_attached(const struct route *r, const struct publish *pub)
{
	uint32_t i;

	for (i = r->nr_filters - r->nr_shared; i < r->nr_filters; i++)
		if (share_attached(r->filters[i], pub->qos, pub->retain))
			return true;
	return false;
}

int route_publish(const struct publish *pub)
{
	const struct acl_class *class = publisher(pub);
	struct route *r = route_make(pub->topic, pub->topic_len);
	struct fan_out f;
	uint64_t first;
	bool served = false;
	uint32_t attached;
	int reached;

	if (class && !route_allows(r, class))
		return publish_denied(pub);
	if (!fan_out_init(&f, pub, r))
		return -ENOMEM;
	first = clients_mark();
	attached = deliver_receivers(&f, &reached);
	if (f.set.base.many)
		clients_put_off(first);
	if (attached || shares_attached(r, pub)) {
		served = attached_served(&f);
		if (!served)
			deliver_attached(&f);
	}
	if (r->nr_shared)
		deliver_shares(&f, served);
	learn(pub);
	/* to have none is possible on a full disk as well */
	if (pub->retain && (!store_full || !pub->payload_len))
		retain_set(pub->topic, pub->topic_len,
			   pub->payload_len ? f.msg : NULL);
	fan_out_exit(&f);
	return reached;
}

static bool sub_stored(const struct session *s, uint8_t sub_qos, uint8_t qos)
{
	return s->lasting->store_id && min_t(uint8_t, sub_qos, qos);
}

bool route_stored(const struct publish *pub)
{
	const struct acl_class *class = publisher(pub);
	struct sub *sub;
	struct route *r;
	uint32_t i;

	r = route_make(pub->topic, pub->topic_len);
	if (class && !route_allows(r, class))
		return false;
	if (pub->retain && pub->payload_len)
		return true;
	for (i = 0; i < r->nr_receivers; i++) {
		const struct receiver *rx = &r->receivers[i];

		if (sub_stored(rx->session, rx->qos, pub->qos))
			return true;
	}
	for (i = r->nr_filters - r->nr_shared; i < r->nr_filters; i++) {
		list_for_each_entry(sub, &r->filters[i]->subs, by_filter) {
			if (sub_stored(sub->session, sub->qos, pub->qos))
				return true;
		}
	}
	return false;
}

void route_publish_up(const struct publish *pub)
{
	const struct route *r = route_get(pub->topic, pub->topic_len);
	struct fan_out f;
	uint32_t i;

	if (!fan_out_init(&f, pub, r))
		return;
	for (i = 0; i < r->nr_receivers; i++) {
		struct client *c = r->receivers[i].session->client;

		if (c && !c->conn)
			deliver_plain(&f, c, &r->receivers[i]);
	}
	fan_out_exit(&f);
}
