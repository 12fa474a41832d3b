// SPDX-License-Identifier: GPL-2.0
/* A message to so many that it takes several turns, and what changes meanwhile. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker.h"
#include "fan_out.h"
#include "inflight.h"
#include "message.h"
#include "queue.h"
#include "route.h"
#include "session.h"
#include "subs.h"

#define MANY	3000u
/* Comes late enough in its order for none of these to have been reached. */
#define LATE	2900u

static struct session *sessions[MANY];

static struct sub *subscribe(struct session *s, const char *filter, uint8_t qos)
{
	const struct sub_options options = { .qos = qos };

	return subs_add(s, &s->subs, filter, strlen(filter), &options);
}

static int setup(void **state)
{
	unsigned int i;

	broker_setup(state);
	broker_sessions(sessions, MANY);
	for (i = 0; i < MANY; i++)
		subscribe(sessions[i], "many", 1);
	return 0;
}

static int publish(const char *topic, const char *payload)
{
	const struct publish pub = {
		.topic = topic,
		.topic_len = strlen(topic),
		.payload = (const uint8_t *)payload,
		.payload_len = strlen(payload),
		.qos = 1,
		.count = 1,
	};

	return fan_out_publish(&pub);
}

/* What waits for a session, the last byte of each payload. */
static const char *waiting(const struct session *s)
{
	static char got[8];
	struct delivery *d;
	size_t n = 0;

	list_for_each_entry(d, &s->msgs->queue.list, node) {
		assert_true(n + 1 < sizeof(got));
		got[n++] = d->msg->frame[d->msg->frame_len - 1];
	}
	got[n] = '\0';
	return got;
}

static unsigned int reached(const char *what)
{
	unsigned int n = 0;
	unsigned int i;

	for (i = 0; i < MANY; i++)
		n += sessions[i] && !strcmp(waiting(sessions[i]), what);
	return n;
}

/* Returns the turns that it takes until the last one has it. */
static unsigned int run(const struct session *last, const char *what)
{
	unsigned int n = 0;

	while (strcmp(waiting(last), what)) {
		fan_outs_run();
		assert_true(++n < 100);
	}
	return n;
}

static void test_pieces(void **state)
{
	unsigned int n;

	(void)state;
	assert_int_equal(publish("many", "1"), -EINPROGRESS);
	assert_int_equal(reached("1"), 0);
	fan_outs_run();
	n = reached("1");
	assert_in_range(n, 1, MANY / 2);
	fan_outs_run();
	assert_int_equal(reached("1"), 2 * n);
	run(sessions[MANY - 1], "1");
	assert_int_equal(reached("1"), MANY);
}

/* One after the other, and nothing of the same publisher overtakes them. */
static void test_order(void **state)
{
	(void)state;
	subscribe(sessions[LATE], "few", 1);
	assert_int_equal(publish("many", "1"), -EINPROGRESS);
	assert_int_equal(publish("many", "2"), -EINPROGRESS);
	assert_int_equal(reached(""), MANY);
	assert_int_equal(publish("few", "3"), 1);
	assert_string_equal(waiting(sessions[LATE]), "123");
	assert_int_equal(reached("12"), MANY - 1);
}

static void test_order_across_pieces(void **state)
{
	(void)state;
	assert_int_equal(publish("many", "1"), -EINPROGRESS);
	fan_outs_run();
	assert_int_equal(publish("many", "2"), -EINPROGRESS);
	run(sessions[MANY - 1], "12");
	assert_int_equal(reached("12"), MANY);
}

static void test_changes_meanwhile(void **state)
{
	struct session *late;
	unsigned int i;

	(void)state;
	/* by two filters, of which one goes */
	subscribe(sessions[LATE], "+", 2);
	assert_int_equal(publish("many", "1"), -EINPROGRESS);
	fan_outs_run();
	subs_del(subs_find(sessions[LATE], "many", 4));
	subs_del(subs_find(sessions[LATE + 1], "many", 4));
	session_free(sessions[LATE + 2]);
	sessions[LATE + 2] = NULL;
	/* without a connection it gets nothing with QoS 0 */
	subscribe(sessions[LATE + 3], "many", 0);
	late = session_new("late", 4, SESSION_NEVER);
	subscribe(late, "many", 1);
	/* the cache makes another route for it */
	assert_int_equal(publish("other", "2"), 1);
	run(sessions[MANY - 1], "1");
	assert_int_equal(reached("1"), MANY - 4);
	assert_string_equal(waiting(sessions[LATE]), "12");
	assert_string_equal(waiting(sessions[LATE + 1]), "");
	assert_string_equal(waiting(sessions[LATE + 3]), "");
	assert_string_equal(waiting(late), "");
	assert_int_equal(publish("many", "3"), -EINPROGRESS);
	run(late, "3");
	for (i = 0; i < LATE; i++)
		assert_string_equal(waiting(sessions[i]), "13");
}

static void test_all_go(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(publish("many", "1"), -EINPROGRESS);
	fan_outs_run();
	for (i = 0; i < MANY; i++)
		session_free(sessions[i]);
	assert_int_equal(publish("many", "2"), 0);
	fan_outs_run();
}

#define CASE(fn)	cmocka_unit_test_setup_teardown(fn, setup, broker_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_pieces),
		CASE(test_order),
		CASE(test_order_across_pieces),
		CASE(test_changes_meanwhile),
		CASE(test_all_go),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
