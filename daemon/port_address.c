// SPDX-License-Identifier: GPL-2.0
/* Who gets a packet that is fanned out through the port. */
#include <stdlib.h>

#include "client.h"
#include "datapath_kernel.h"
#include "route.h"
#include "session.h"
#include "share.h"
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
 * Groups, with the clients whose filters overlap named one by one. If a client
 * gets a QoS 0 and a QoS 1 copy by different filters, or a group is incomplete,
 * that is no longer exact and all receivers are named: true is returned.
 */
static bool address(struct port_out *to, const struct route *route,
		    const struct publish *pub)
{
	uint32_t shared = route->nr_filters - route->nr_shared;
	bool each = false;
	uint32_t i;

	ids_reserve((size_t)route->nr_filters + route->nr_receivers);
	for (i = 0; i < shared; i++) {
		const struct filter *filter = route->filters[i];

		if (filter->unserved)
			each = true;
		else if (filter->members)
			ids[to->nr_groups++] = filter->group;
	}
	if (to->nr_groups + route->nr_shared > UINT16_MAX)
		each = true;
	for (i = 0; pub->qos && i < route->nr_receivers; i++)
		each = each || route->receivers[i].overlap;
	if (each)
		to->nr_groups = 0;
	for (i = shared; i < route->nr_filters; i++) {
		if (share_attached(route->filters[i], pub->qos))
			ids[to->nr_groups++] = route->filters[i]->group;
	}
	to->groups = ids;
	to->conns = ids + to->nr_groups;
	for (i = 0; i < route->nr_receivers; i++) {
		const struct receiver *r = &route->receivers[i];

		if ((each || r->overlap) && takes(r, pub))
			ids[to->nr_groups + to->nr_conns++] =
				r->session->client->conn;
	}
	to->qos0 = pub->qos;
	return each;
}

/*
 * What is addressed by name comes without identifiers, and to the publisher too.
 * Packets for the port do not have RETAIN.
 */
static bool addressable(bool each, const struct route *route,
			const struct publish *pub)
{
	uint32_t i;

	for (i = 0; i < route->nr_receivers; i++) {
		const struct receiver *r = &route->receivers[i];

		if (!takes(r, pub))
			continue;
		if ((each || r->overlap) && (r->ids || r->no_local))
			return false;
		if (pub->retain && r->rap)
			return false;
	}
	return !pub->retain || !route->nr_shared;
}

void port_address_overlaps(const struct route *route,
			   const struct publish *pub)
{
	uint32_t i, j;

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

bool port_address(struct port_out *to, const struct route *route,
		  const struct publish *pub)
{
	return addressable(address(to, route, pub), route, pub);
}

void port_address_exit(void)
{
	free(ids);
	ids = NULL;
	ids_cap = 0;
}
