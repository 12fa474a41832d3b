// SPDX-License-Identifier: GPL-2.0
/* The tries against a brute-force search with topic_matches(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker.h"
#include "message.h"
#include "retain.h"
#include "route.h"
#include "session.h"
#include "subs.h"
#include "topic.h"

#define SESSIONS	12
#define TOPICS		400

static struct session *sessions[SESSIONS];

static int setup(void **state)
{
	srandom(4);
	broker_setup(state);
	broker_sessions(sessions, SESSIONS);
	return 0;
}

/* Few different levels, so that much matches. */
static void random_topic(char *s, bool filter)
{
	static const char *const levels[] = { "a", "b", "", "$x", "ab" };
	unsigned int depth = random() % 4 + 1;
	unsigned int i;

	do {
		*s = '\0';
		for (i = 0; i < depth; i++) {
			unsigned int r = random() % 100;
			const char *level = levels[random() % 5];

			if (filter && r < 25)
				level = "+";
			else if (filter && r < 35 && i + 1 == depth)
				level = "#";
			if (i)
				strcat(s, "/");
			strcat(s, level);
		}
	} while (!*s);
}

static bool in_set(const struct filter_set *set, const struct filter *filter)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < set->count; i++)
		n += set->filter[i] == filter;
	assert_true(n <= 1);
	return n;
}

static void check_route(const char *topic)
{
	const struct route *r = route_get(topic, strlen(topic));
	unsigned int receivers = 0;
	unsigned int i, j;

	for (i = 0; i < SESSIONS; i++) {
		struct session *s = sessions[i];
		struct sub *sub;
		unsigned int n = 0;
		int qos = -1;

		list_for_each_entry(sub, &s->subs, by_session) {
			if (!topic_matches(sub->filter->name, sub->filter->len,
					   topic, strlen(topic)))
				continue;
			n++;
			if (sub->qos > qos)
				qos = sub->qos;
		}
		for (j = 0; j < r->nr_receivers; j++) {
			if (r->receivers[j].session == s)
				break;
		}
		assert_int_equal(j < r->nr_receivers, n > 0);
		if (!n)
			continue;
		receivers++;
		assert_int_equal(r->receivers[j].qos, qos);
		assert_int_equal(r->receivers[j].overlap, n > 1);
	}
	assert_int_equal(r->nr_receivers, receivers);
}

static void test_random_subscriptions(void **state)
{
	struct filter_set set = { 0 };
	unsigned int step;

	(void)state;
	for (step = 0; step < 20000; step++) {
		struct session *s = sessions[random() % SESSIONS];
		char topic[64];
		struct sub *sub;
		unsigned int i;

		random_topic(topic, true);
		assert_true(topic_filter_valid(topic, strlen(topic)));
		sub = subs_find(s, topic, strlen(topic));
		if (random() % 2) {
			struct sub_options options = { .qos = random() % 3 };

			subs_add(s, &s->subs, topic, strlen(topic), &options);
			sub = subs_find(s, topic, strlen(topic));
			assert_non_null(sub);
			assert_string_equal(sub->filter->name, topic);
		} else if (sub) {
			subs_del(sub);
			assert_null(subs_find(s, topic, strlen(topic)));
		}
		if (step % 10)
			continue;
		random_topic(topic, false);
		subs_match(topic, strlen(topic), &set);
		for (i = 0; i < SESSIONS; i++) {
			list_for_each_entry(sub, &sessions[i]->subs, by_session)
				assert_int_equal(in_set(&set, sub->filter),
						 topic_matches(sub->filter->name,
							       sub->filter->len,
							       topic,
							       strlen(topic)));
		}
		check_route(topic);
	}
	assert_true(subs_count() > 0);
	for (step = 0; step < SESSIONS; step++) {
		while (!list_empty(&sessions[step]->subs))
			subs_del(list_first_entry(&sessions[step]->subs,
						  struct sub, by_session));
	}
	assert_int_equal(subs_count(), 0);
	subs_match("a/b", 3, &set);
	assert_int_equal(set.count, 0);
	free(set.filter);
}

static struct {
	char topic[64];
	unsigned int seen;
	uint8_t value;
} retained[TOPICS];
static unsigned int nr_retained;
static unsigned int unknown;

static void count_match(struct message *msg, void *arg)
{
	unsigned int i;

	(void)arg;
	for (i = 0; i < nr_retained; i++) {
		if (strlen(retained[i].topic) != msg->topic_len ||
		    memcmp(retained[i].topic, message_topic(msg),
			   msg->topic_len))
			continue;
		assert_int_equal(*message_payload(msg), retained[i].value);
		retained[i].seen++;
		return;
	}
	unknown++;
}

static void retain_random(void)
{
	char topic[64];
	struct message *msg;
	uint8_t value = random();
	unsigned int i;

	random_topic(topic, false);
	for (i = 0; i < nr_retained; i++) {
		if (!strcmp(retained[i].topic, topic))
			break;
	}
	if (random() % 3 == 0 || i == TOPICS) {
		retain_set(topic, strlen(topic), NULL);
		if (i < nr_retained)
			retained[i] = retained[--nr_retained];
		return;
	}
	msg = message_new(topic, strlen(topic), &value, 1, 0, NULL);
	retain_set(topic, strlen(topic), msg);
	message_put(msg);
	strcpy(retained[i].topic, topic);
	retained[i].value = value;
	if (i == nr_retained)
		nr_retained++;
}

static void test_random_retained(void **state)
{
	unsigned int step;

	(void)state;
	for (step = 0; step < 20000; step++) {
		char filter[64];
		unsigned int i;

		retain_random();
		assert_int_equal(retain_count(), nr_retained);
		if (step % 10)
			continue;
		random_topic(filter, true);
		for (i = 0; i < nr_retained; i++)
			retained[i].seen = 0;
		unknown = 0;
		retain_match(filter, strlen(filter), count_match, NULL);
		assert_int_equal(unknown, 0);
		for (i = 0; i < nr_retained; i++)
			assert_int_equal(retained[i].seen,
					 topic_matches(filter, strlen(filter),
						       retained[i].topic,
						       strlen(retained[i].topic)));
	}
	assert_true(nr_retained > 10);
}

/* As many levels as a topic can have: nothing here recurses. */
static void test_deep_topic(void **state)
{
	struct filter_set set = { 0 };
	struct session *s = sessions[0];
	struct sub_options options = { 0 };
	char *topic = malloc(65535);
	struct message *msg;

	(void)state;
	memset(topic, '/', 65535);
	subs_add(s, &s->subs, topic, 65535, &options);
	subs_match(topic, 65535, &set);
	assert_int_equal(set.count, 1);
	subs_match(topic, 65534, &set);
	assert_int_equal(set.count, 0);
	subs_add(s, &s->subs, "#", 1, &options);
	subs_match(topic, 65535, &set);
	assert_int_equal(set.count, 2);
	msg = message_new(topic, 65535, NULL, 0, 0, NULL);
	retain_set(topic, 65535, msg);
	retain_set(topic, 65535, NULL);
	message_put(msg);
	free(set.filter);
	free(topic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_subscriptions),
		cmocka_unit_test(test_random_retained),
		cmocka_unit_test(test_deep_topic),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, broker_teardown);
}
