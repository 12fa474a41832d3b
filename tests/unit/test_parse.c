// SPDX-License-Identifier: GPL-2.0
/* kmod/parse.c: the grammar of the fast path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parse.h"

#define FAST_MAX	65536
#define TOPIC_MAX	256

static enum mqtt_parse_result parse(const void *p, size_t n,
				    struct mqtt_packet_head *h)
{
	/* A copy of exactly this size: ASan sees any byte read past it. */
	u8 *copy = malloc(n ? n : 1);
	enum mqtt_parse_result result;

	assert_non_null(copy);
	memcpy(copy, p, n);
	result = mqtt_parse_head(copy, n, FAST_MAX, TOPIC_MAX, h);
	free(copy);
	return result;
}

static void fast_publish(void **state)
{
	static const u8 pkt[] = { 0x30, 7, 0, 3, 'a', '/', 'b', 'x', 'y' };
	struct mqtt_packet_head h;
	size_t n;

	(void)state;
	for (n = 0; n < 7; n++)
		assert_int_equal(parse(pkt, n, &h), MQTT_PARSE_MORE);
	/* The topic is complete: the payload is not needed to decide. */
	for (n = 7; n <= sizeof(pkt); n++) {
		assert_int_equal(parse(pkt, n, &h), MQTT_PARSE_FAST);
		assert_int_equal(h.len, 9);
		assert_int_equal(h.fixed_len, 2);
		assert_int_equal(h.topic_len, 3);
	}
}

static void more_says_how_much(void **state)
{
	static const u8 pkt[] = { 0x30, 0x85, 0x01, 0, 10, 'a' };
	struct mqtt_packet_head h;

	(void)state;
	assert_int_equal(parse(pkt, 2, &h), MQTT_PARSE_MORE);
	assert_int_equal(h.fixed_len, 0);
	assert_int_equal(parse(pkt, 4, &h), MQTT_PARSE_MORE);
	assert_int_equal(h.fixed_len, 3);
	assert_int_equal(h.topic_len, 0);
	assert_int_equal(parse(pkt, 6, &h), MQTT_PARSE_MORE);
	assert_int_equal(h.topic_len, 10);
	assert_int_equal(h.len, 3 + 133);
}

static void slow_publishes(void **state)
{
	static const struct {
		u8 p[12];
		size_t n;
	} slow[] = {
		{ { 0x31, 5, 0, 1, 'a', 'x', 'y' }, 7 },	/* RETAIN */
		{ { 0x32, 5, 0, 1, 'a', 0, 1 }, 7 },		/* QoS 1 */
		{ { 0x34, 5, 0, 1, 'a', 0, 1 }, 7 },		/* QoS 2 */
		{ { 0x36, 5, 0, 1, 'a', 0, 1 }, 7 },		/* QoS 3 */
		{ { 0x38, 5, 0, 1, 'a', 0, 1 }, 7 },		/* DUP on QoS 0 */
		{ { 0x30, 0x83, 0x00, 0, 1, 'a' }, 6 },		/* not minimal */
		{ { 0x30, 0 }, 2 },				/* no topic */
		{ { 0x30, 2, 0, 0 }, 4 },			/* empty topic */
		{ { 0x30, 4, 0, 9, 'a', 'b' }, 6 },		/* topic too long for it */
		{ { 0x30, 0x85, 0x02, 1, 1 }, 5 },		/* longer than TOPIC_MAX */
	};
	struct mqtt_packet_head h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(slow) / sizeof(*slow); i++) {
		assert_int_equal(parse(slow[i].p, slow[i].n, &h),
				 MQTT_PARSE_SLOW);
		assert_true(h.len >= 2);
	}
}

static void limits(void **state)
{
	u8 pkt[400] = { 0x30 };
	struct mqtt_packet_head h;

	(void)state;
	/* 0x80 0x80 0x04 is 65,536: with the header over FAST_MAX. */
	memcpy(pkt, "\x30\x80\x80\x04\x00\x01" "a", 7);
	assert_int_equal(parse(pkt, 7, &h), MQTT_PARSE_SLOW);
	assert_int_equal(h.len, 65540);
	/* 65,532 + 4 is FAST_MAX exactly. */
	memcpy(pkt, "\x30\xfc\xff\x03\x00\x01" "a", 7);
	assert_int_equal(parse(pkt, 7, &h), MQTT_PARSE_FAST);
	assert_int_equal(h.len, FAST_MAX);
	/* Topics of 256 and of 257 bytes. */
	memcpy(pkt, "\x30\x82\x02\x01\x00", 5);
	memset(pkt + 5, 'a', 256);
	assert_int_equal(parse(pkt, 261, &h), MQTT_PARSE_FAST);
	assert_int_equal(h.topic_len, 256);
	memcpy(pkt, "\x30\x83\x02\x01\x01", 5);
	assert_int_equal(parse(pkt, 5, &h), MQTT_PARSE_SLOW);
}

static void lengths(void **state)
{
	struct mqtt_packet_head h;

	(void)state;
	assert_int_equal(parse("\x10\xff\xff\xff\x7f", 5, &h), MQTT_PARSE_SLOW);
	assert_int_equal(h.len, MQTT_REMAINING_MAX + 5);
	assert_int_equal(parse("\x10\xff\xff\xff\xff", 5, &h), MQTT_PARSE_BAD);
	assert_int_equal(parse("\x10\xff\xff\xff", 4, &h), MQTT_PARSE_MORE);
	assert_int_equal(parse("\xc0\x00", 2, &h), MQTT_PARSE_PINGREQ);
	assert_int_equal(parse("\xc1\x00", 2, &h), MQTT_PARSE_SLOW);
	assert_int_equal(parse("\xc0\x01", 2, &h), MQTT_PARSE_SLOW);
	assert_int_equal(parse("\xc0\x80\x00", 3, &h), MQTT_PARSE_SLOW);
}

/* Whatever comes, and wherever it is cut, more bytes never change a verdict. */
static void verdicts_are_final(void **state)
{
	unsigned int round;

	(void)state;
	srand(1);
	for (round = 0; round < 200000; round++) {
		struct mqtt_packet_head h, at = { 0 };
		enum mqtt_parse_result r, decided = MQTT_PARSE_MORE;
		u8 pkt[24];
		size_t i, n;

		for (i = 0; i < sizeof(pkt); i++)
			pkt[i] = rand() % 4 ? rand() % 16 : rand();
		if (rand() % 4)
			pkt[0] = 0x30;
		for (n = 0; n <= sizeof(pkt); n++) {
			r = mqtt_parse_head(pkt, n, FAST_MAX, TOPIC_MAX, &h);
			if (decided == MQTT_PARSE_MORE) {
				decided = r;
				at = h;
				continue;
			}
			assert_int_equal(r, decided);
			if (r != MQTT_PARSE_BAD)
				assert_int_equal(h.len, at.len);
		}
	}
}

static void gates(void **state)
{
	(void)state;
	assert_true(mqtt_parse_gates(0x30));
	assert_true(mqtt_parse_gates(0x34));
	assert_true(mqtt_parse_gates(0x82));
	assert_true(mqtt_parse_gates(0xa2));
	assert_true(mqtt_parse_gates(0xe0));
	assert_true(mqtt_parse_gates(0xf0));
	assert_false(mqtt_parse_gates(0x40));
	assert_false(mqtt_parse_gates(0x50));
	assert_false(mqtt_parse_gates(0x62));
	assert_false(mqtt_parse_gates(0x70));
	assert_false(mqtt_parse_gates(0xc0));
}

/* A decoder of its own kind to compare with: by table 3-7 of Unicode. */
static bool utf8_by_table(const u8 *s, size_t n)
{
	static const struct {
		u8 lo, hi, lo2, hi2, more;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 0 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 1 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 2 },
		{ 0xe1, 0xec, 0x80, 0xbf, 2 },
		{ 0xed, 0xed, 0x80, 0x9f, 2 },
		{ 0xee, 0xef, 0x80, 0xbf, 2 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 3 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 3 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
	};
	size_t i = 0, r, k;

	while (i < n) {
		for (r = 0; r < sizeof(rows) / sizeof(*rows); r++)
			if (s[i] >= rows[r].lo && s[i] <= rows[r].hi)
				break;
		if (r == sizeof(rows) / sizeof(*rows) || n - i - 1 < rows[r].more)
			return false;
		for (k = 1; k <= rows[r].more; k++) {
			u8 lo = k == 1 ? rows[r].lo2 : 0x80;
			u8 hi = k == 1 ? rows[r].hi2 : 0xbf;

			if (s[i + k] < lo || s[i + k] > hi)
				return false;
		}
		i += 1 + rows[r].more;
	}
	return true;
}

static void utf8(void **state)
{
	u8 s[4];
	unsigned int a, b, c;

	(void)state;
	assert_true(mqtt_utf8_valid((const u8 *)"\xef\xbb\xbf", 3));
	assert_true(mqtt_utf8_valid((const u8 *)"\xf4\x8f\xbf\xbf", 4));
	assert_false(mqtt_utf8_valid((const u8 *)"\xf4\x90\x80\x80", 4));
	assert_false(mqtt_utf8_valid((const u8 *)"\xed\xa0\x80", 3));
	assert_false(mqtt_utf8_valid((const u8 *)"a\0b", 3));
	/* Every start of three bytes, with and without a fourth. */
	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b += 3) {
			for (c = 0x70; c < 0xd0; c += 5) {
				s[0] = a;
				s[1] = b;
				s[2] = c;
				s[3] = 0x80;
				assert_int_equal(mqtt_utf8_valid(s, 3),
						 utf8_by_table(s, 3));
				assert_int_equal(mqtt_utf8_valid(s, 4),
						 utf8_by_table(s, 4));
			}
		}
	}
}

static void topic_names(void **state)
{
	(void)state;
	assert_false(mqtt_topic_name_valid((const u8 *)"", 0));
	assert_true(mqtt_topic_name_valid((const u8 *)"/", 1));
	assert_true(mqtt_topic_name_valid((const u8 *)"$SYS/a b", 8));
	assert_false(mqtt_topic_name_valid((const u8 *)"a/+", 3));
	assert_false(mqtt_topic_name_valid((const u8 *)"a#", 2));
	assert_false(mqtt_topic_name_valid((const u8 *)"a\0", 2));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_publish),
		cmocka_unit_test(more_says_how_much),
		cmocka_unit_test(slow_publishes),
		cmocka_unit_test(limits),
		cmocka_unit_test(lengths),
		cmocka_unit_test(verdicts_are_final),
		cmocka_unit_test(gates),
		cmocka_unit_test(utf8),
		cmocka_unit_test(topic_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
