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
/* Found last: who asks whether it is known goes on to use it. */
static struct route *last;

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

	last = NULL;
	for (i = 0; i < ROUTE_BUCKETS; i++) {
		while (table[i]) {
			struct route *r = table[i];

			table[i] = r->hnext;
			r->gone = true;
			if (r->held)
				continue;
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

static struct route *route_find(const char *topic, uint16_t len, uint32_t *hash)
{
	struct route *r = last;

	if (r && r->topic_len == len && !memcmp(r->topic, topic, len)) {
		*hash = r->hash;
		return r;
	}
	*hash = hash_bytes(topic, len, 0);
	r = table[*hash % ROUTE_BUCKETS];
	while (r && !(r->hash == *hash && r->topic_len == len &&
		      !memcmp(r->topic, topic, len)))
		r = r->hnext;
	if (r)
		last = r;
	return r;
}

bool route_known(const char *topic, uint16_t len)
{
	uint32_t hash;

	return route_find(topic, len, &hash);
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
		*cap *= 2;
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
	/* at least so many */
	for (i = 0; i < r->nr_filters - r->nr_shared; i++)
		cap = max_t(uint32_t, cap, r->filters[i]->count);
	if (cap)
		r->receivers = xmalloc(cap * sizeof(*r->receivers));
	for (i = 0; i < r->nr_filters - r->nr_shared; i++) {
		struct sub *sub;

		list_for_each_entry(sub, &r->filters[i]->subs, by_filter)
			route_add(r, &cap, sub);
	}
	nr_receivers += r->nr_receivers;
	r->generation = subs_generation();
}

static void route_unlink(struct route *r)
{
	struct route **p = &table[r->hash % ROUTE_BUCKETS];

	if (last == r)
		last = NULL;
	while (*p != r)
		p = &(*p)->hnext;
	*p = r->hnext;
	nr_routes--;
}

struct route *route_get(const char *topic, uint16_t len)
{
	uint32_t hash;
	struct route *r = route_find(topic, len, &hash);

	if (r && r->generation == subs_generation())
		return r;
	if (r && r->held) {
		route_unlink(r);
		r->gone = true;
	} else if (r) {
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

void route_hold(struct route *r)
{
	r->held++;
}

void route_put(struct route *r)
{
	if (--r->held || !r->gone)
		return;
	route_clear(r);
	free(r);
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

bool route_denied(struct route *r, const struct publish *pub)
{
	const struct session *s = pub->source ? pub->source->session :
						pub->session;
	const struct acl_class *class = s ? s->rights->publish_class : NULL;

	return class && !route_allows(r, class);
}

bool receiver_find(struct filter *const *filters, size_t nr, struct session *s,
		   bool own, struct receiver *rx)
{
	bool any = false;
	size_t i;

	memset(rx, 0, sizeof(*rx));
	rx->session = s;
	for (i = 0; i < nr; i++) {
		struct sub *sub = filters[i]->shared ? NULL :
				  subs_get(filters[i], s);

		if (!sub || (own && sub->no_local))
			continue;
		receiver_join(rx, sub);
		any = true;
	}
	return any;
}

bool route_own(const struct route *r, const struct receiver *all,
	       struct receiver *own)
{
	/* with one subscription only, that is the one without these */
	uint32_t nr = all->overlap ? r->nr_filters - r->nr_shared : 0;
	bool any = receiver_find(r->filters, nr, all->session, true, own);

	own->overlap = all->overlap;
	return any;
}

static bool sub_stored(const struct session *s, uint8_t sub_qos, uint8_t qos)
{
	return s->lasting->store_id && min_t(uint8_t, sub_qos, qos);
}

bool route_stored(const struct publish *pub)
{
	struct sub *sub;
	struct route *r;
	uint32_t i;

	r = route_get(pub->topic, pub->topic_len);
	if (route_denied(r, pub))
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
