// SPDX-License-Identifier: GPL-2.0
/*
 * What matching a topic costs with many subscriptions, and a filter with many
 * retained messages. Links the daemon's own sources.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf.h"
#include "message.h"
#include "retain.h"
#include "route.h"
#include "session.h"
#include "subs.h"
#include "util.h"

#define SESSIONS	1000u
#define LOOKUPS		20000u
/* The least of so many: others use the machine as well. */
#define ROUNDS		5

static struct session *sessions[SESSIONS];
static uint64_t found;

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* The topic of one of many devices, as plants name them. */
static int topic_of(char *s, size_t size, unsigned int device)
{
	return snprintf(s, size, "plant/%u/line/%u/dev/%u/temp", device % 100,
			device / 100 % 50, device);
}

/* Of ten filters six are topics, two have '+' and two '#'. */
static int filter_of(char *s, size_t size, unsigned int i)
{
	unsigned int plant = i % 100;
	unsigned int line = i / 100 % 50;

	switch (i / 7 % 10) {
	case 6:
		return snprintf(s, size, "plant/%u/line/+/dev/%u/temp", plant,
				i);
	case 7:
		return snprintf(s, size, "plant/+/line/%u/dev/%u/+", line, i);
	case 8:
		return snprintf(s, size, "plant/%u/line/%u/dev/%u/#", plant,
				line, i);
	case 9:
		return snprintf(s, size, "+/%u/line/%u/dev/%u/#", plant, line,
				i);
	default:
		return topic_of(s, size, i);
	}
}

static void setup(void)
{
	char id[16];
	unsigned int i;

	sessions_init();
	subs_init();
	retain_init();
	route_init();
	for (i = 0; i < SESSIONS; i++)
		sessions[i] = session_new(id, snprintf(id, sizeof(id), "c%u", i),
					  SESSION_NEVER);
}

static void teardown(void)
{
	sessions_exit();
	route_exit();
	retain_exit();
	subs_exit();
}

static uint64_t time_matches(unsigned int subs, bool route)
{
	static struct filter_set set;
	uint64_t begin = cpu_ns();
	char topic[64];
	unsigned int i;

	for (i = 0; i < LOOKUPS; i++) {
		int len = topic_of(topic, sizeof(topic), i * 7919u % subs);

		if (route) {
			found += route_get(topic, len)->nr_filters;
			continue;
		}
		subs_match(topic, len, &set);
		found += set.count;
	}
	return cpu_ns() - begin;
}

static double least(uint64_t (*fn)(unsigned int n, bool what), unsigned int n,
		    bool what, unsigned int times)
{
	uint64_t best = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		best = min_t(uint64_t, best, fn(n, what));
	return (double)best / times;
}

static void bench_subs(unsigned int n)
{
	struct sub_options options = { 0 };
	uint64_t add, del;
	char filter[64];
	unsigned int i;
	double match;

	setup();
	add = cpu_ns();
	for (i = 0; i < n; i++) {
		struct session *s = sessions[i % SESSIONS];

		subs_add(s, &s->subs, filter,
			 filter_of(filter, sizeof(filter), i), &options);
	}
	add = cpu_ns() - add;
	found = 0;
	match = least(time_matches, n, false, LOOKUPS);
	printf("| %u | %.0f | %.2f | %.0f |", n, match,
	       (double)found / ROUNDS / LOOKUPS,
	       least(time_matches, n, true, LOOKUPS));
	del = cpu_ns();
	teardown();
	del = cpu_ns() - del;
	printf(" %.0f | %.0f |\n", (double)add / n, (double)del / n);
	fflush(stdout);
}

static void count_message(struct message *msg, void *arg)
{
	(void)msg;
	(void)arg;
	found++;
}

static const char *const filters[] = {
	"plant/7/line/+/dev/1007/temp",
	"plant/7/line/3/dev/+/temp",
	"plant/+/line/3/dev/307/temp",
	"plant/7/line/3/#",
	"plant/7/#",
};

static unsigned int which;

static uint64_t time_filter(unsigned int times, bool what)
{
	uint64_t begin = cpu_ns();
	unsigned int i;

	(void)what;
	for (i = 0; i < times; i++)
		retain_match(filters[which], strlen(filters[which]),
			     count_message, NULL);
	return cpu_ns() - begin;
}

static uint64_t time_topics(unsigned int n, bool what)
{
	uint64_t begin = cpu_ns();
	char topic[64];
	unsigned int i;

	(void)what;
	for (i = 0; i < LOOKUPS; i++)
		retain_match(topic, topic_of(topic, sizeof(topic),
					     i * 7919u % n),
			     count_message, NULL);
	return cpu_ns() - begin;
}

static void bench_retained(unsigned int n)
{
	char topic[64];
	uint64_t set;
	unsigned int i;

	setup();
	set = cpu_ns();
	for (i = 0; i < n; i++) {
		uint16_t len = topic_of(topic, sizeof(topic), i);
		struct message *msg = message_new(topic, len,
						  (const uint8_t *)"21.5", 4, 0,
						  NULL);

		retain_set(topic, len, msg);
		message_put(msg);
	}
	printf("| %u | %.0f | %.0f |", n, (double)(cpu_ns() - set) / n,
	       least(time_topics, n, false, LOOKUPS));
	for (which = 0; which < ARRAY_SIZE(filters); which++) {
		unsigned int times = which < 3 ? 1000 : 10;
		double ns;

		found = 0;
		ns = least(time_filter, times, false, times);
		printf(" %.0f (%.0f) |", ns,
		       (double)found / ROUNDS / times);
	}
	printf("\n");
	fflush(stdout);
	teardown();
}

int main(void)
{
	unsigned int n, i;

	hash_init();
	conf_init(&config);
	puts("| subscriptions | match, ns | filters found | route, ns | add, ns | remove, ns |");
	puts("|---|---|---|---|---|---|");
	for (n = 100; n <= 100000; n *= 10)
		bench_subs(n);
	printf("\n| retained | retain, ns | look up topic, ns |");
	for (i = 0; i < ARRAY_SIZE(filters); i++)
		printf(" `%s`, ns (found) |", filters[i]);
	printf("\n|---|---|---|---|---|---|---|---|\n");
	for (n = 1000; n <= 1000000; n *= 10)
		bench_retained(n);
	conf_free(&config);
	return 0;
}
