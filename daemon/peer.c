// SPDX-License-Identifier: GPL-2.0
#include "peer.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "list.h"
#include "util.h"

#define BUCKETS		1024u
/* Addresses without a connection that are remembered for connect_rate. */
#define IDLE_MAX	8192u

/**
 * struct peer - an address
 * @bucket: in its bucket
 * @idle: in the list of those without a connection, the longest first
 * @address: the address
 * @family: AF_INET or AF_INET6
 * @connections: from there
 * @credit: connections that may come at once, in thousandths
 * @last: when @credit was right, in ms
 */
struct peer {
	struct list_head bucket;
	struct list_head idle;
	uint8_t address[16];
	int family;
	uint32_t connections;
	uint64_t credit;
	uint64_t last;
};

static struct list_head buckets[BUCKETS];
static LIST_HEAD(idle);
static unsigned int nr_idle;

/* Returns false for peers without an address: they are on this machine. */
static bool read_address(const struct sockaddr_storage *ss, uint8_t *address)
{
	memset(address, 0, 16);
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)ss;

		memcpy(address, &in->sin_addr, sizeof(in->sin_addr));
		return true;
	}
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)ss;

		memcpy(address, &in6->sin6_addr, sizeof(in6->sin6_addr));
		return true;
	}
	return false;
}

static struct list_head *bucket_of(const uint8_t *address, int family)
{
	unsigned int i;

	if (!buckets[0].next)
		for (i = 0; i < BUCKETS; i++)
			INIT_LIST_HEAD(&buckets[i]);
	return &buckets[hash_bytes(address, 16, family) % BUCKETS];
}

static void forget(struct peer *p)
{
	list_del_init(&p->bucket);
	list_del_init(&p->idle);
	free(p);
	nr_idle--;
}

static struct peer *find(const struct sockaddr_storage *ss, uint64_t now)
{
	uint8_t address[16];
	struct list_head *head;
	struct peer *p;

	if (!read_address(ss, address))
		return NULL;
	head = bucket_of(address, ss->ss_family);
	list_for_each_entry(p, head, bucket)
		if (p->family == ss->ss_family &&
		    !memcmp(p->address, address, sizeof(address)))
			return p;
	p = xcalloc(1, sizeof(*p));
	memcpy(p->address, address, sizeof(address));
	p->family = ss->ss_family;
	p->credit = 1000ull * config.connect_burst;
	p->last = now;
	list_add(&p->bucket, head);
	list_add_tail(&p->idle, &idle);
	nr_idle++;
	return p;
}

static void refill(struct peer *p, uint64_t now)
{
	p->credit += (now - p->last) * config.connect_rate;
	p->credit = min_t(uint64_t, p->credit, 1000ull * config.connect_burst);
	p->last = now;
}

/* An address with all its credit and no connections is like any other. */
static void forget_idle(uint64_t now)
{
	while (!list_empty(&idle)) {
		struct peer *p = list_first_entry(&idle, struct peer, idle);

		refill(p, now);
		if (nr_idle <= IDLE_MAX &&
		    p->credit < 1000ull * config.connect_burst)
			break;
		forget(p);
	}
}

enum peer_verdict peer_take(const struct sockaddr_storage *ss, uint64_t now,
			    struct peer **peer)
{
	struct peer *p;

	*peer = NULL;
	forget_idle(now);
	p = find(ss, now);
	if (!p)
		return PEER_TAKEN;
	if (config.connect_rate) {
		refill(p, now);
		if (p->credit < 1000)
			return PEER_TOO_FAST;
		p->credit -= 1000;
	}
	if (config.max_connections_per_address >= 0 &&
	    p->connections >= config.max_connections_per_address)
		return PEER_TOO_MANY;
	if (!p->connections++) {
		list_del_init(&p->idle);
		nr_idle--;
	}
	*peer = p;
	return PEER_TAKEN;
}

enum peer_verdict peer_accepted(int fd, uint64_t now, struct peer **peer)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	*peer = NULL;
	if (!config.connect_rate && config.max_connections_per_address < 0)
		return PEER_TAKEN;
	if (getpeername(fd, (struct sockaddr *)&ss, &len))
		return PEER_TAKEN;
	return peer_take(&ss, now, peer);
}

void peer_closed(struct peer *p)
{
	if (!p || --p->connections)
		return;
	list_add_tail(&p->idle, &idle);
	nr_idle++;
	if (!config.connect_rate)
		forget(p);
}

void peers_exit(void)
{
	struct peer *p, *tmp;

	list_for_each_entry_safe(p, tmp, &idle, idle)
		forget(p);
}
