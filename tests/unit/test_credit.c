// SPDX-License-Identifier: GPL-2.0
/* kmod/credit.h: a thread goes first as long as it leaves others their share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "credit.h"

#define MS	1000000ULL
/* How long it takes to be first again after owing the most. */
#define PAID_MS	((int)((MQTT_CREDIT_OWED + MQTT_CREDIT_MAX / 2) * MQTT_CREDIT_SHARE / MS))

/* Time passes in steps of 1 ms, of which the thread runs @ran. Returns for how many it was first. */
static int run(struct mqtt_credit *c, uint64_t *now, uint64_t *sum, int steps, uint64_t ran)
{
	int i, first = 0;

	for (i = 0; i < steps; i++) {
		*now += MS;
		*sum += ran;
		first += mqtt_credit_count(c, *now, *sum);
	}
	return first;
}

static void who_leaves_enough_is_always_first(void **state)
{
	struct mqtt_credit c = {};
	uint64_t now = 5 * MS, sum = 0;

	(void)state;
	assert_true(mqtt_credit_count(&c, now, sum));
	assert_int_equal(run(&c, &now, &sum, 1000, MS / MQTT_CREDIT_SHARE), 1000);
}

static void who_does_not_is_not(void **state)
{
	struct mqtt_credit c = {};
	uint64_t now = 5 * MS, sum = 0;

	(void)state;
	assert_true(mqtt_credit_count(&c, now, sum));
	/* What was saved is gone after a few, and does not come back. */
	assert_in_range(run(&c, &now, &sum, 1000, MS), 1, 4);
	assert_int_equal(run(&c, &now, &sum, 1000, MS / MQTT_CREDIT_SHARE), 0);
	/* It does when it sleeps, all that was owed being paid. */
	assert_int_equal(run(&c, &now, &sum, PAID_MS - 1, 0), 0);
	assert_int_equal(run(&c, &now, &sum, 5, 0), 5);
}

static void no_more_is_saved_than_the_most(void **state)
{
	struct mqtt_credit c = {};
	uint64_t now = 5 * MS, sum = 0;

	(void)state;
	run(&c, &now, &sum, 100000, 0);
	assert_int_equal(c.left, MQTT_CREDIT_MAX);
	assert_in_range(run(&c, &now, &sum, 1000, MS), 1, 4);
	assert_int_equal(c.left, -MQTT_CREDIT_OWED);
}

/* Another CPU's clock may be behind, and what has run may have been counted late. */
static void clocks_may_differ(void **state)
{
	struct mqtt_credit c = {};

	(void)state;
	assert_true(mqtt_credit_count(&c, 100 * MS, 0));
	assert_true(mqtt_credit_count(&c, 50 * MS, 0));
	assert_int_equal(c.left, MQTT_CREDIT_MAX);
	assert_true(mqtt_credit_count(&c, 54 * MS, 1 * MS));
	assert_int_equal(c.left, MQTT_CREDIT_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_leaves_enough_is_always_first),
		cmocka_unit_test(who_does_not_is_not),
		cmocka_unit_test(no_more_is_saved_than_the_most),
		cmocka_unit_test(clocks_may_differ),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
