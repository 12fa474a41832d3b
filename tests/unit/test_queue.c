// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inflight.h"
#include "message.h"
#include "queue.h"
#include "timer.h"

static struct message *msg;

static int setup(void **state)
{
	(void)state;
	msg = message_new("t", 1, "x", 1, 2, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	delivery_exit();
	message_put(msg);
	return 0;
}

static void test_queue_limit(void **state)
{
	struct delivery *d;
	struct queue q;
	unsigned int i;

	(void)state;
	queue_init(&q);
	assert_null(queue_first(&q));
	for (i = 0; i < 3; i++) {
		d = delivery_new(msg, i % 2, false);
		d->mid = i;
		assert_true(queue_add(&q, d, 3));
	}
	d = delivery_new(msg, 1, false);
	assert_false(queue_add(&q, d, 3));
	assert_true(queue_add(&q, d, 0));
	assert_int_equal(q.len, 4);
	assert_int_equal(q.bytes, 4);
	assert_int_equal(q.len_qos0, 2);
	assert_int_equal(queue_first(&q)->mid, 0);
	d = queue_first(&q);
	queue_del(&q, d);
	delivery_free(d);
	assert_int_equal(queue_first(&q)->mid, 1);
	assert_int_equal(q.len_qos0, 1);
	queue_clear(&q);
	assert_int_equal(q.len, 0);
	assert_int_equal(q.bytes, 0);
	assert_int_equal(q.len_qos0, 0);
	assert_int_equal(msg->refs, 1);
}

static void test_identifiers(void **state)
{
	struct inflight in;
	struct delivery *first;
	unsigned int i;

	(void)state;
	inflight_init(&in);
	inflight_start(&in, 65535, 0);
	for (i = 1; i <= 65535; i++) {
		struct delivery *d = delivery_new(msg, 1, false);

		assert_false(inflight_full(&in));
		inflight_add(&in, d);
		assert_int_equal(d->mid, i);
	}
	assert_true(inflight_full(&in));
	assert_null(inflight_find(&in, 0));
	/* the only free identifier is found, 0 never is one */
	inflight_done(&in, inflight_find(&in, 777));
	first = delivery_new(msg, 2, true);
	inflight_add(&in, first);
	assert_int_equal(first->mid, 777);
	assert_ptr_equal(inflight_find(&in, 777), first);
	inflight_clear(&in);
	assert_int_equal(in.count, 0);
	assert_int_equal(msg->refs, 1);
}

static void test_window_order(void **state)
{
	struct inflight in;
	struct delivery *d;
	uint16_t last = 0;
	unsigned int i;

	(void)state;
	inflight_init(&in);
	inflight_start(&in, 20, 0);
	for (i = 0; i < 100000; i++) {
		if (inflight_full(&in)) {
			/* not always the oldest is answered first */
			unsigned int skip = i % 3;

			list_for_each_entry(d, &in.list, node) {
				if (!skip--)
					break;
			}
			inflight_done(&in, d);
		}
		d = delivery_new(msg, 1, false);
		inflight_add(&in, d);
		assert_int_not_equal(d->mid, 0);
		assert_int_not_equal(d->mid, last);
		last = d->mid;
		assert_ptr_equal(list_last_entry(&in.list, struct delivery,
						 node), d);
	}
	inflight_clear(&in);
}

static void test_midset(void **state)
{
	struct midset set = { 0 };
	uint8_t *model = calloc(1, 65536);
	unsigned int count = 0;
	unsigned int i;

	(void)state;
	srandom(2);
	for (i = 0; i < 200000; i++) {
		uint16_t mid = random() % (i < 100000 ? 300 : 65536);
		bool add = random() % 100 < (i / 25000 % 2 ? 20 : 80);

		if (add) {
			assert_int_equal(midset_add(&set, mid), !model[mid]);
			count += !model[mid];
			model[mid] = 1;
		} else {
			assert_int_equal(midset_del(&set, mid), model[mid]);
			count -= model[mid];
			model[mid] = 0;
		}
		assert_int_equal(set.count, count);
	}
	midset_clear(&set);
	assert_true(midset_add(&set, 65535));
	assert_false(midset_add(&set, 65535));
	assert_true(midset_del(&set, 65535));
	assert_false(midset_del(&set, 65535));
	midset_clear(&set);
	free(model);
}

#define TIMERS	500

static struct timer timers[TIMERS];
static uint64_t deadlines[TIMERS];
static uint64_t fired_last;
static unsigned int fired;

static void timer_fired(struct timer *timer)
{
	uint64_t deadline = deadlines[timer - timers];

	assert_true(deadline >= fired_last);
	fired_last = deadline;
	fired++;
}

static void test_timers(void **state)
{
	unsigned int armed = 0;
	uint64_t next;
	unsigned int i;

	(void)state;
	srandom(3);
	assert_false(timers_next(&next));
	for (i = 0; i < TIMERS; i++)
		timers[i].fn = timer_fired;
	for (i = 0; i < 20000; i++) {
		unsigned int nr = random() % TIMERS;
		struct timer *t = &timers[nr];

		if (random() % 3) {
			deadlines[nr] = random() % 100000;
			timer_arm(t, deadlines[nr]);
			assert_int_equal(timer_deadline(t), deadlines[nr]);
		} else {
			timer_cancel(t);
		}
	}
	for (i = 0; i < TIMERS; i++)
		armed += timers[i].index != 0;
	timers_run(50000);
	assert_true(timers_next(&next));
	assert_true(next > 50000);
	timers_run(100000);
	assert_int_equal(fired, armed);
	assert_false(timers_next(&next));
	timers_free();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queue_limit),
		cmocka_unit_test(test_identifiers),
		cmocka_unit_test(test_window_order),
		cmocka_unit_test(test_midset),
		cmocka_unit_test(test_timers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
