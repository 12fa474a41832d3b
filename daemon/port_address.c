// SPDX-License-Identifier: GPL-2.0
/* Who gets a packet that is fanned out through the port. */
#include <stdlib.h>

#include "client.h"
#include "conf.h"
#include "datapath_kernel.h"
#include "route.h"
#include "run.h"
#include "session.h"
#include "share.h"
#include "subid.h"
#include "subs.h"
#include "util.h"

/* Groups and conns of the packet at hand. */
static uint32_t *ids;
static size_t ids_cap;

static void ids_reserve(size_t n)
{
	if (n <= ids_cap)
		return;
	ids_cap = max_t(size_t, n, 2 * ids_cap);
	ids = xrealloc(ids, ids_cap * sizeof(*ids));
}

static bool takes(const struct receiver *r, const struct publish *pub)
{
	const struct client *c = r->session->client;

	return c && c->conn && !min_t(uint8_t, pub->qos, r->qos);
}

/*
 * Groups do, with the clients whose filters overlap named beside them. If a
 * client gets a QoS 0 and a QoS 1 copy by different filters, a group is
 * incomplete, or what is named has to come with identifiers, without No Local or
 * with RETAIN, that is no longer exact.
 */
static bool groups_do(const struct route *route, const struct publish *pub)
{
	uint32_t i;

	if (route->nr_filters > UINT16_MAX)
		return false;
	for (i = 0; i < route->nr_filters - route->nr_shared; i++)
		if (route->filters[i]->unserved)
			return false;
	for (i = 0; i < route->nr_receivers; i++) {
		const struct receiver *r = &route->receivers[i];

		if (r->overlap && pub->qos)
			return false;
		if (((r->overlap && (r->ids || r->no_local)) ||
		     (pub->retain && r->rap)) && takes(r, pub))
			return false;
	}
	return true;
}

/* With one filter none of that can be: nobody's subscriptions overlap. */
static bool group_does(const struct route *route, const struct publish *pub)
{
	return route->nr_filters == 1 && !route->nr_shared && !pub->retain &&
	       !route->filters[0]->unserved;
}

static void add_groups(struct port_out *to, const struct route *route)
{
	uint32_t i;

	for (i = 0; i < route->nr_filters - route->nr_shared; i++) {
		if (route->filters[i]->members)
			ids[to->nr_groups++] = route->filters[i]->group;
	}
}

static void write_out(struct port_out *to, const struct run *run)
{
	to->groups = ids;
	to->conns = ids + to->nr_groups;
	if (to->nr_groups || to->nr_conns)
		port_packets_out(to, run->frames, run->len);
	to->nr_groups = 0;
	to->nr_conns = 0;
}

static void add_shares(struct port_out *to, const struct route *route,
		       const struct publish *pub, const struct run *run)
{
	uint32_t i;

	for (i = route->nr_filters - route->nr_shared; i < route->nr_filters;
	     i++) {
		if (!share_attached(route->filters[i], pub->qos, pub->retain))
			continue;
		ids[to->nr_groups++] = route->filters[i]->group;
		if (to->nr_groups == UINT16_MAX)
			write_out(to, run);
	}
}

static void add_overlaps(struct port_out *to, const struct route *route,
			 const struct publish *pub)
{
	uint32_t i;

	for (i = 0; i < route->nr_receivers; i++) {
		const struct receiver *r = &route->receivers[i];

		if (r->overlap && takes(r, pub))
			ids[to->nr_groups + to->nr_conns++] =
				r->session->client->conn;
	}
}

/* Those who follow one another and want the same share a record. */
static void name_one(struct port_out *to, const struct receiver *r,
		     const struct publish *pub, const struct run *run)
{
	bool retain = pub->retain && r->rap;

	/* in one record a client that is named twice gets one copy */
	if (to->retain != retain || !subids_equal(to->ids, r->ids) ||
	    config.allow_duplicate_messages)
		write_out(to, run);
	to->retain = retain;
	to->ids = r->ids;
	ids[to->nr_conns++] = r->session->client->conn;
}

static void name_each(struct port_out *to, const struct route *route,
		      const struct publish *pub, const struct run *run)
{
	uint32_t i;

	for (i = 0; i < route->nr_receivers; i++) {
		const struct receiver *r = &route->receivers[i];
		const struct client *c = r->session->client;
		struct receiver own;

		if (!c || !c->conn)
			continue;
		if (!route_is_own(pub, r)) {
			if (takes(r, pub))
				name_one(to, r, pub, run);
		} else if (route_own(route, r, &own)) {
			if (takes(&own, pub))
				name_one(to, &own, pub, run);
			write_out(to, run);
			to->ids = NULL;
			subids_put(own.ids);
		}
	}
	write_out(to, run);
}

static bool ids_fit(const struct route *route)
{
	uint32_t i;

	for (i = 0; i < route->nr_receivers; i++) {
		if (subids_list(route->receivers[i].ids, NULL, 0) >
		    MQTT_MEMBER_IDS_MAX)
			return false;
	}
	return true;
}

bool port_publish(const struct route *route, const struct publish *pub,
		  const struct run *run)
{
	struct port_out to = {
		.conn = pub->source ? pub->source->conn : 0,
		.qos0 = pub->qos,
		.v5 = pub->v5,
		.expires = run->expires,
	};

	if (likely(group_does(route, pub))) {
		if (!route->filters[0]->members)
			return true;
		to.groups = &route->filters[0]->group;
		to.nr_groups = 1;
		port_packets_out(&to, run->frames, run->len);
		return true;
	}
	ids_reserve((size_t)route->nr_filters + route->nr_receivers);
	if (groups_do(route, pub)) {
		add_groups(&to, route);
		add_shares(&to, route, pub, run);
		add_overlaps(&to, route, pub);
		write_out(&to, run);
		return true;
	}
	if (!ids_fit(route))
		return false;
	add_shares(&to, route, pub, run);
	write_out(&to, run);
	to.qos0 = false;
	name_each(&to, route, pub, run);
	return true;
}

void port_address_overlaps(const struct route *route,
			   const struct publish *pub)
{
	uint32_t i, j;

	if (likely(route->nr_filters == 1))
		return;
	for (i = 0; i < route->nr_receivers; i++) {
		const struct receiver *r = &route->receivers[i];

		if (!r->overlap || !takes(r, pub))
			continue;
		for (j = 0; j < route->nr_filters - route->nr_shared; j++) {
			struct sub *sub = subs_get(route->filters[j],
						   r->session);

			if (!sub || sub->overlap || sub->member != SUB_CONN)
				continue;
			sub->overlap = true;
			kernel_queue_member(sub);
		}
	}
}

void port_address_exit(void)
{
	free(ids);
	ids = NULL;
	ids_cap = 0;
}
