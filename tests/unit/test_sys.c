// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker.h"
#include "conf.h"
#include "message.h"
#include "packet.h"
#include "retain.h"
#include "../../daemon/stats.h"
#include "sys.h"

/* What a topic tells, and how many there are below a filter. */
struct told {
	char text[64];
	unsigned int count;
};

static void tell(struct message *msg, void *arg)
{
	struct told *told = arg;

	told->count++;
	snprintf(told->text, sizeof(told->text), "%.*s", (int)msg->payload_len,
		 (const char *)message_payload(msg));
}

static struct told ask(const char *filter)
{
	struct told told = { .count = 0 };

	retain_match(filter, strlen(filter), tell, &told);
	return told;
}

static int teardown(void **state)
{
	sys_stop();
	return broker_teardown(state);
}

static void test_off(void **state)
{
	(void)state;
	config.sys_interval = 0;
	sys_start();
	assert_int_equal(ask("$SYS/#").count, 0);
}

static void test_values(void **state)
{
	(void)state;
	config.sys_interval = 10;
	stats.publish_received = 7;
	stats.received[CONNECT >> 4] = 1;
	stats.received[SUBSCRIBE >> 4] = 3;
	stats.publish_dropped = 3;
	stats.bytes_sent = UINT64_C(5000000000);
	sys_start();
	assert_string_equal(ask("$SYS/broker/uptime").text, "0 seconds");
	assert_string_equal(ask("$SYS/broker/publish/messages/received").text,
			    "7");
	assert_string_equal(ask("$SYS/broker/messages/received").text, "11");
	assert_string_equal(ask("$SYS/broker/mqtt/connect/received").text, "1");
	assert_string_equal(ask("$SYS/broker/mqtt/subscribe/received").text,
			    "3");
	assert_string_equal(ask("$SYS/broker/mqtt/publish/received").text, "7");
	assert_string_equal(ask("$SYS/broker/publish/messages/dropped").text,
			    "3");
	assert_string_equal(ask("$SYS/broker/bytes/sent").text, "5000000000");
	assert_int_equal(ask("$SYS/broker/load/#").count, 27);
	assert_int_equal(ask("$SYS/#").count, retain_count());
	/* [MQTT-4.7.2-1] */
	assert_int_equal(ask("#").count, 0);
	assert_int_equal(ask("+/broker/uptime").count, 0);
	memset(&stats, 0, sizeof(stats));
}

/* The retained limits are for what clients retain. */
static void test_limits_aside(void **state)
{
	(void)state;
	config.sys_interval = 10;
	config.retained_messages_max = 1;
	config.retained_bytes_max = 1;
	sys_start();
	assert_true(ask("$SYS/#").count > 40);
	assert_int_equal(stats.retained_dropped, 0);
	assert_int_equal(retain_bytes(), 0);
}

static int near(double a, double b)
{
	return a - b < 0.005 && b - a < 0.005;
}

/* exp(-10/60) = 0.846482, exp(-10/300) = 0.967216, exp(-10/900) = 0.988950 */
static void test_average(void **state)
{
	double load = 0;
	unsigned int i;

	(void)state;
	assert_true(near(sys_average(0, 100, 10, 1), 92.11));
	assert_true(near(sys_average(0, 100, 10, 5), 19.67));
	assert_true(near(sys_average(0, 100, 10, 15), 6.63));
	assert_true(near(sys_average(92.11, 0, 10, 1), 77.97));
	for (i = 0; i < 200; i++)
		load = sys_average(load, 100, 10, 1);
	assert_true(near(load, 600));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_off, broker_setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, broker_setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits_aside, broker_setup,
						teardown),
		cmocka_unit_test(test_average),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
