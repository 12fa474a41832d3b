// SPDX-License-Identifier: GPL-2.0
#include "route.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "datapath.h"
#include "deliver.h"
#include "message.h"
#include "retain.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "util.h"

#define ROUTE_BUCKETS	4096u
#define ROUTES_MAX	8192u
#define RECEIVERS_MAX	(1u << 20)

static struct route *table[ROUTE_BUCKETS];
static uint32_t nr_routes;
static uint32_t nr_receivers;
static uint64_t mark;
static struct filter_set match;

static void route_clear(struct route *r)
{
	nr_receivers -= r->nr_receivers;
	free(r->receivers);
	free(r->filters);
	r->receivers = NULL;
	r->filters = NULL;
	r->nr_receivers = 0;
	r->nr_filters = 0;
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

/* Overlapping filters give a client one copy, with the highest QoS granted. */
static void route_add(struct route *r, uint32_t *cap, const struct sub *sub)
{
	struct session *s = sub->session;
	struct receiver *rx;

	if (s->mark == mark) {
		rx = &r->receivers[s->mark_index];
		rx->qos = max_t(uint8_t, rx->qos, sub->qos);
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
	rx->session = s;
	rx->qos = sub->qos;
	rx->overlap = false;
}

static void route_resolve(struct route *r)
{
	uint32_t cap = 0;
	size_t i;

	subs_match(r->topic, r->topic_len, &match);
	mark++;
	for (i = 0; i < match.count; i++) {
		struct sub *sub;

		list_for_each_entry(sub, &match.filter[i]->subs, by_filter)
			route_add(r, &cap, sub);
	}
	if (match.count) {
		size_t size = match.count * sizeof(*r->filters);

		r->filters = memcpy(xmalloc(size), match.filter, size);
		r->nr_filters = match.count;
	}
	nr_receivers += r->nr_receivers;
	r->generation = subs_generation();
}

const struct route *route_get(const char *topic, uint16_t len)
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

static struct message *publish_message(const struct publish *pub)
{
	return message_new(pub->topic, pub->topic_len, pub->payload,
			   pub->payload_len, pub->qos);
}

bool route_publish(const struct publish *pub)
{
	const struct route *r = route_get(pub->topic, pub->topic_len);
	struct run run = {
		.frames = pub->frames,
		.len = pub->frames_len,
		.count = pub->count,
		.share = r->nr_receivers > 1,
	};
	struct message *msg = NULL;
	uint32_t attached = 0;
	uint32_t i;

	if (!pub->frames && (r->nr_receivers || pub->retain)) {
		msg = publish_message(pub);
		if (!msg)
			return false;
		run.frames = msg->frame;
		run.len = msg->frame_len;
		if (run.len >= OUTQ_REF_MIN)
			run.msg = message_get(msg);
	}
	for (i = 0; i < r->nr_receivers; i++) {
		struct session *s = r->receivers[i].session;
		uint8_t qos = min_t(uint8_t, pub->qos, r->receivers[i].qos);

		if (qos)
			deliver_message(s, msg, qos, false);
		else if (!s->client)
			continue;
		else if (s->client->conn)
			attached++;
		else
			deliver_run(s->client, &run);
	}
	if (attached && datapath_publish(r, pub, &run)) {
		stats.bytes_sent += (uint64_t)attached * run.len;
	} else if (attached) {
		for (i = 0; i < r->nr_receivers; i++) {
			struct client *c = r->receivers[i].session->client;

			if (c && c->conn && !min_t(uint8_t, pub->qos,
						   r->receivers[i].qos))
				deliver_run(c, &run);
		}
	}
	if (pub->frames && pub->source->conn)
		datapath_learn(pub);
	if (pub->retain && !store_full)
		retain_set(pub->topic, pub->topic_len,
			   pub->payload_len ? msg : NULL);
	message_put(run.msg);
	message_put(msg);
	return true;
}
