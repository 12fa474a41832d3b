// SPDX-License-Identifier: GPL-2.0
/* Expiry of sessions and delayed wills, with the timers' clock in our hands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker.h"
#include "conf.h"
#include "loop.h"
#include "message.h"
#include "retain.h"
#include "session.h"
#include "timer.h"
#include "will.h"

static struct session *detached(const char *id, uint32_t expiry)
{
	struct session *s = session_new(id, strlen(id), expiry);

	assert_true(session_detach(s));
	return s;
}

static bool alive(const char *id)
{
	return session_find(id, strlen(id));
}

/* What is retained shows whether a will has been published. */
static struct will *retained_will(uint32_t delay)
{
	char topic[] = "will";
	uint8_t payload[] = "gone";
	struct will will = {
		.topic = topic,
		.topic_len = 4,
		.payload = payload,
		.payload_len = 4,
		.retain = true,
		.delay = delay,
	};

	return will_new(&will);
}

static void after(uint64_t ms)
{
	timers_run(loop_now() + ms);
}

static void test_ends_with_connection(void **state)
{
	struct session *s = session_new("a", 1, 0);

	(void)state;
	assert_false(session_detach(s));
	assert_false(alive("a"));
	assert_int_equal(sessions_count(), 0);
}

static void test_expiry(void **state)
{
	(void)state;
	detached("a", 10);
	detached("b", 11);
	detached("c", SESSION_NEVER - 1);
	detached("d", SESSION_NEVER);
	after(9999);
	assert_true(alive("a"));
	after(10000);
	assert_false(alive("a"));
	assert_true(alive("b"));
	after((SESSION_NEVER - 2) * 1000ull);
	assert_false(alive("b"));
	assert_true(alive("c"));
	after(UINT64_MAX / 2);
	assert_false(alive("c"));
	assert_true(alive("d"));
}

static void test_resume(void **state)
{
	struct session *s = detached("a", 10);

	(void)state;
	session_resume(s);
	after(1000000);
	assert_true(alive("a"));
	/* the clock begins anew when the connection ends */
	assert_true(session_detach(s));
	after(9999);
	assert_true(alive("a"));
	after(10000);
	assert_false(alive("a"));
}

static void test_limit(void **state)
{
	(void)state;
	assert_int_equal(session_expiry(SESSION_NEVER), SESSION_NEVER);
	config.persistent_client_expiration = 3600;
	assert_int_equal(session_expiry(SESSION_NEVER), 3600);
	assert_int_equal(session_expiry(3601), 3600);
	assert_int_equal(session_expiry(3599), 3599);
	assert_int_equal(session_expiry(0), 0);
}

static void test_will_delay(void **state)
{
	struct session *s = detached("a", 10);

	(void)state;
	session_delay_will(s, retained_will(5));
	after(4999);
	assert_int_equal(retain_count(), 0);
	after(5000);
	assert_int_equal(retain_count(), 1);
	assert_true(alive("a"));
}

static void test_will_at_expiry(void **state)
{
	struct session *s = detached("a", 10);

	(void)state;
	session_delay_will(s, retained_will(50));
	after(9999);
	assert_int_equal(retain_count(), 0);
	after(10000);
	assert_int_equal(retain_count(), 1);
	assert_false(alive("a"));
}

static void test_will_at_end(void **state)
{
	struct session *s = detached("a", 10);

	(void)state;
	session_delay_will(s, retained_will(5));
	session_free(s);
	assert_int_equal(retain_count(), 1);
}

static void test_will_cancelled(void **state)
{
	struct session *s = detached("a", 10);

	(void)state;
	session_delay_will(s, retained_will(5));
	session_resume(s);
	after(1000000);
	assert_int_equal(retain_count(), 0);
	/* not published at shutdown either */
	assert_true(session_detach(s));
	session_delay_will(s, retained_will(5));
}

static void test_will_properties(void **state)
{
	static const char bytes[] = "\x10\x26\0\1k\0\1v\3\0\1t\x18\0\0\0\5";
	uint8_t raw[sizeof(bytes) - 1];
	struct reader r = { .p = raw, .end = raw + sizeof(raw) };
	struct will from = { .topic = (char *)"t", .topic_len = 1 };
	struct will *will;

	(void)state;
	memcpy(raw, bytes, sizeof(raw));
	assert_int_equal(read_properties(&r, PROPERTIES_OF_WILL, &from.props),
			 REASON_SUCCESS);
	will = will_new(&from);
	memset(raw, 0xff, sizeof(raw));
	assert_int_equal(will->props.content_type.len, 1);
	assert_int_equal(*will->props.content_type.p, 't');
	assert_memory_equal(will->props.raw, bytes + 1, sizeof(raw) - 1);
	assert_int_equal(will->props.will_delay, 5);
	will_free(will);
}

#define CASE(fn)	cmocka_unit_test_setup_teardown(fn, broker_setup, broker_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_ends_with_connection),
		CASE(test_expiry),
		CASE(test_resume),
		CASE(test_limit),
		CASE(test_will_delay),
		CASE(test_will_at_expiry),
		CASE(test_will_at_end),
		CASE(test_will_cancelled),
		CASE(test_will_properties),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
