// SPDX-License-Identifier: GPL-2.0
#include "auth_backoff.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "util.h"

#define BUCKETS		1024u
/* An attacker with more addresses pushes the oldest out. */
#define ADDRESSES_MAX	8192u
#define FREE_FAILURES	3u
#define WAIT_MS		1000u
#define WAIT_MAX_MS	60000u
#define FORGET_MS	600000u

/**
 * struct network - an IPv4 address, or an IPv6 /64 network
 * @prefix: its bits, of IPv4 in the first half
 * @family: AF_INET or AF_INET6
 */
struct network {
	uint8_t prefix[8];
	uint64_t family;
};

/**
 * struct failures - what came from a network
 * @bucket: in its bucket
 * @age: in the list of all, the longest without a failure first
 * @network: the network
 * @count: failures in a row
 * @last: time of the last one in ms
 * @until: when it may try again, in ms
 */
struct failures {
	struct list_head bucket;
	struct list_head age;
	struct network network;
	unsigned int count;
	uint64_t last;
	uint64_t until;
};

static struct list_head buckets[BUCKETS];
static LIST_HEAD(by_age);
static unsigned int total;

/* Returns false for peers without an address: they are on this machine. */
static bool network_of(const struct sockaddr_storage *ss, struct network *net)
{
	memset(net, 0, sizeof(*net));
	net->family = ss->ss_family;
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)ss;

		memcpy(net->prefix, &in->sin_addr, sizeof(in->sin_addr));
		return true;
	}
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)ss;

		memcpy(net->prefix, &in6->sin6_addr, sizeof(net->prefix));
		return true;
	}
	return false;
}

static struct list_head *bucket_of(const struct network *net)
{
	unsigned int i;

	if (!buckets[0].next)
		for (i = 0; i < BUCKETS; i++)
			INIT_LIST_HEAD(&buckets[i]);
	return &buckets[hash_bytes(net, sizeof(*net), 0) % BUCKETS];
}

static void forget(struct failures *f)
{
	list_del_init(&f->bucket);
	list_del_init(&f->age);
	free(f);
	total--;
}

static void forget_old(uint64_t now)
{
	while (!list_empty(&by_age)) {
		struct failures *f = list_first_entry(&by_age, struct failures,
						      age);

		if (total <= ADDRESSES_MAX && now - f->last < FORGET_MS)
			break;
		forget(f);
	}
}

static struct failures *find(const struct network *net)
{
	struct list_head *head = bucket_of(net);
	struct failures *f;

	list_for_each_entry(f, head, bucket)
		if (!memcmp(&f->network, net, sizeof(*net)))
			return f;
	return NULL;
}

uint64_t auth_backoff_wait(const struct sockaddr_storage *ss, uint64_t now)
{
	struct failures *f;
	struct network net;

	forget_old(now);
	if (!network_of(ss, &net))
		return 0;
	f = find(&net);
	return f && f->until > now ? f->until - now : 0;
}

unsigned int auth_backoff_failed(const struct sockaddr_storage *ss,
				 uint64_t now)
{
	struct failures *f;
	struct network net;

	if (!network_of(ss, &net))
		return 1;
	f = find(&net);
	if (f) {
		list_del_init(&f->age);
	} else {
		f = xcalloc(1, sizeof(*f));
		f->network = net;
		list_add(&f->bucket, bucket_of(&net));
		total++;
	}
	list_add_tail(&f->age, &by_age);
	f->last = now;
	f->count++;
	if (f->count > FREE_FAILURES) {
		unsigned int doubled = min_t(unsigned int, 16,
					     f->count - FREE_FAILURES - 1);

		f->until = now + min_t(uint64_t, WAIT_MAX_MS,
				       (uint64_t)WAIT_MS << doubled);
	}
	forget_old(now);
	return f->count;
}

void auth_backoff_passed(const struct sockaddr_storage *ss)
{
	struct failures *f;
	struct network net;

	if (!network_of(ss, &net))
		return;
	f = find(&net);
	if (f)
		forget(f);
}

void auth_backoff_exit(void)
{
	struct failures *f, *tmp;

	list_for_each_entry_safe(f, tmp, &by_age, age)
		forget(f);
}
