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

static enum mqtt_parse_result parse5(const void *p, size_t n,
				     struct mqtt_packet_head *h)
{
	u8 *copy = malloc(n ? n : 1);
	enum mqtt_parse_result result;

	assert_non_null(copy);
	memcpy(copy, p, n);
	result = mqtt_parse_head5(copy, n, FAST_MAX, TOPIC_MAX, h);
	free(copy);
	return result;
}

/* A QoS 0 PUBLISH to "a" with these properties and this payload. */
static size_t publish5(u8 *pkt, const void *props, size_t len,
		       const void *payload, size_t payload_len)
{
	size_t n = 0;

	pkt[n++] = 0x30;
	n += mqtt_varint_put(pkt + n, 3 + mqtt_varint_len(len) + len +
			     payload_len);
	memcpy(pkt + n, "\0\1a", 3);
	n += 3;
	n += mqtt_varint_put(pkt + n, len);
	memcpy(pkt + n, props, len);
	memcpy(pkt + n + len, payload, payload_len);
	return n + len + payload_len;
}

static void properties(void **state)
{
	static const u8 props[] = {
		0x01, 0,			/* payload format */
		0x02, 0, 0, 1, 0,		/* message expiry */
		0x03, 0, 1, 't',		/* content type */
		0x08, 0, 3, 'r', '/', 't',	/* response topic */
		0x09, 0, 2, 0, 0xff,		/* correlation data */
		0x26, 0, 1, 'k', 0, 0,		/* user property */
		0x23, 0, 9,			/* topic alias */
		0x26, 0, 0, 0, 1, 'v',		/* user property */
	};
	struct mqtt_packet_head h;
	u8 pkt[100];
	size_t len, n;

	(void)state;
	len = publish5(pkt, props, sizeof(props), "xy", 2);
	for (n = 0; n < len - 2; n++) {
		assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_MORE);
		/* What it asks for is never more than the decision takes. */
		assert_true(h.need > n && h.need <= len - 2);
	}
	for (; n <= len; n++) {
		assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_FAST);
		assert_int_equal(h.len, len);
		assert_int_equal(h.topic_len, 1);
		assert_int_equal(h.props_off, 6);
		assert_int_equal(h.props_len, sizeof(props));
		assert_int_equal(h.format, 0);
		assert_int_equal(h.alias, 9);
		assert_int_equal(pkt[h.alias_off], 0x23);
		assert_memory_equal(pkt + h.expiry_off, "\0\0\1\0", 4);
		assert_int_equal(h.expiry, 256);
		assert_int_equal(mqtt_parse_expiry(pkt, len), h.expiry_off);
	}
	len = publish5(pkt, "", 0, "", 0);
	assert_int_equal(parse5(pkt, len, &h), MQTT_PARSE_FAST);
	assert_int_equal(h.alias, 0);
	assert_int_equal(h.expiry_off, 0);
	assert_int_equal(h.expiry, 0);
	assert_int_equal(mqtt_parse_expiry(pkt, len), 0);
}

/* A PUBLISH of any kind may set an alias. */
static void aliases(void **state)
{
	static const u8 props[] = { 0x26, 0, 1, 'k', 0, 0, 0x23, 1, 4 };
	static const u8 firsts[] = { 0x31, 0x32, 0x33, 0x3a, 0x34, 0x3d };
	struct mqtt_packet_head h;
	size_t len, n, i;
	u8 pkt[100];

	(void)state;
	for (i = 0; i < sizeof(firsts); i++) {
		size_t id = firsts[i] & 6 ? 2 : 0;

		len = publish5(pkt, props, sizeof(props), "xyz", 3);
		memmove(pkt + 5 + id, pkt + 5, len - 5);
		pkt[0] = firsts[i];
		pkt[1] += id;
		len += id;
		for (n = 0; n < len - 3; n++) {
			assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_MORE);
			assert_true(h.need > n && h.need <= len - 3);
			assert_true(h.hidden);
		}
		for (; n <= len; n++) {
			assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_SLOW);
			assert_false(h.hidden);
			assert_int_equal(h.alias, 260);
			assert_int_equal(h.topic_len, 1);
			assert_int_equal(h.len, len);
		}
	}
	/* QoS 3, DUP without QoS or not, is the daemon's to refuse. */
	pkt[0] = 0x36;
	assert_int_equal(parse5(pkt, 2, &h), MQTT_PARSE_SLOW);
	assert_true(h.hidden);
	/* Too long for the fast path: at once, and looked into if it can be. */
	memcpy(pkt, "\x30\xff\xff\x7f\0\1a\3\x23\0\7", 11);
	for (n = 4; n < 11; n++) {
		assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_SLOW);
		assert_true(h.hidden);
	}
	assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_SLOW);
	assert_false(h.hidden);
	assert_int_equal(h.alias, 7);
	/* Malformed, or out of bounds: nothing is said of an alias. */
	len = publish5(pkt, "\x23\0\1\x23\0\1", 6, "", 0);
	assert_int_equal(parse5(pkt, len, &h), MQTT_PARSE_SLOW);
	assert_true(h.hidden);
	/* Where no PUBLISH is for the fast path none is looked into. */
	len = publish5(pkt, "\x23\0\1", 3, "", 0);
	assert_int_equal(mqtt_parse_head5(pkt, len, 0, TOPIC_MAX, &h),
			 MQTT_PARSE_SLOW);
	assert_true(h.hidden);
}

/* Behind every other property, a server's own ones included. */
static void expiry_of_sent(void **state)
{
	static const u8 props[] = {
		0x01, 1, 0x03, 0, 1, 't', 0x08, 0, 1, 'r', 0x09, 0, 0,
		0x26, 0, 1, 'k', 0, 1, 'v', 0x23, 0, 9, 0x0b, 0x80, 0x01,
		0x02, 0xff, 0xff, 0xff, 0xff,
	};
	u8 pkt[100], cut[100];
	size_t len, n;

	(void)state;
	len = publish5(pkt, props, sizeof(props), "x", 1);
	assert_int_equal(mqtt_parse_expiry(pkt, len), len - 5);
	/* Nothing is read behind the end, whatever it says. */
	for (n = 0; n < sizeof(props); n++) {
		size_t have = publish5(cut, props, n, "", 0);
		u8 *copy = malloc(have);

		assert_non_null(copy);
		memcpy(copy, cut, have);
		assert_int_equal(mqtt_parse_expiry(copy, have), 0);
		assert_int_equal(mqtt_parse_expiry(copy, 6), 0);
		free(copy);
	}
}

static void bad_properties(void **state)
{
	static const struct {
		const char *p;
		size_t n;
	} bad[] = {
		{ "\x01", 1 }, { "\x01\2", 2 }, { "\x01\0\x01\0", 4 },
		{ "\x02\0\0\0", 4 }, { "\x02\0\0\0\1\x02\0\0\0\1", 10 },
		{ "\x03\0", 2 }, { "\x03\0\2t", 4 }, { "\x03\0\1\xff", 4 },
		{ "\x03\0\1\0", 4 }, { "\x03\0\0\x03\0\0", 6 },
		{ "\x08\0\0", 3 }, { "\x08\0\1#", 4 }, { "\x08\0\1+", 4 },
		{ "\x09\0\1", 3 }, { "\x09\0\0\x09\0\0", 6 },
		{ "\x0b\1", 2 },		/* a server's */
		{ "\x11\0\0\0\1", 5 },	/* of other packets */
		{ "\x1f\0\0", 3 },
		{ "\x23\0", 2 }, { "\x23\0\0", 3 }, { "\x23\0\1\x23\0\1", 6 },
		{ "\x26\0\0", 3 }, { "\x26\0\0\0", 4 }, { "\x26\0\0\0\1", 5 },
		{ "\x26\0\1\xc0\0\0", 6 }, { "\x26\0\0\0\1\xed", 6 },
		{ "\0", 1 }, { "\x7f", 1 }, { "\x81\0", 2 }, { "\xff", 1 },
	};
	struct mqtt_packet_head h;
	u8 pkt[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		size_t n = publish5(pkt, bad[i].p, bad[i].n, "", 0);

		assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_SLOW);
		assert_int_equal(h.len, n);
	}
	/* Lengths of the properties: missing, too long, not minimal, 5 bytes. */
	assert_int_equal(parse5("\x30\3\0\1a", 5, &h), MQTT_PARSE_SLOW);
	assert_int_equal(parse5("\x30\4\0\1a\1", 6, &h), MQTT_PARSE_SLOW);
	assert_int_equal(parse5("\x30\4\0\1a\x80", 6, &h), MQTT_PARSE_SLOW);
	assert_int_equal(parse5("\x30\5\0\1a\x80\0", 7, &h),
			 MQTT_PARSE_SLOW);
	assert_int_equal(parse5("\x30\x0a\0\1a\x80\x80\x80\x80\0xx", 12, &h),
			 MQTT_PARSE_SLOW);
	/* An empty topic needs an alias. */
	assert_int_equal(parse5("\x30\3\0\0\0", 5, &h), MQTT_PARSE_SLOW);
	assert_int_equal(parse5("\x30\6\0\0\3\x23\0\1", 8, &h),
			 MQTT_PARSE_FAST);
	assert_int_equal(h.alias, 1);
}

static void properties_are_bounded(void **state)
{
	u8 pkt[MQTT_PROPERTIES_MAX + 64], props[MQTT_PROPERTIES_MAX + 1];
	struct mqtt_packet_head h;
	size_t n;

	(void)state;
	memset(props, 'x', sizeof(props));
	memcpy(props, "\x09\x0f\xfd", 3);
	n = publish5(pkt, props, MQTT_PROPERTIES_MAX, "", 0);
	assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_FAST);
	assert_int_equal(parse5(pkt, n - 1, &h), MQTT_PARSE_MORE);
	assert_int_equal(h.need, n);
	props[2]++;
	n = publish5(pkt, props, sizeof(props), "", 0);
	assert_int_equal(parse5(pkt, 10, &h), MQTT_PARSE_SLOW);
	assert_int_equal(h.slow, MQTT_SLOW_PROPERTIES);
}

static void payload_format(void **state)
{
	static u8 pkt[3 * MQTT_GATHER_MAX], payload[2 * MQTT_GATHER_MAX];
	struct mqtt_packet_head h;
	size_t n;

	(void)state;
	/* It says how much it takes to decide. */
	n = publish5(pkt, "\1\1", 2, "\xc3\xa4\0x", 4);
	assert_int_equal(parse5(pkt, n - 1, &h), MQTT_PARSE_MORE);
	assert_int_equal(h.need, n);
	assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_FAST);
	assert_int_equal(h.format, 1);
	n = publish5(pkt, "\1\1", 2, "a\xff", 2);
	assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_SLOW);
	assert_int_equal(h.slow, MQTT_SLOW_OTHER);
	n = publish5(pkt, "\1\0", 2, "a\xff", 2);
	assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_FAST);
	/* Too long to be gathered, unless it is there anyway. */
	memset(payload, 'x', sizeof(payload));
	n = publish5(pkt, "\1\1", 2, payload, sizeof(payload));
	assert_int_equal(parse5(pkt, n - 1, &h), MQTT_PARSE_SLOW);
	assert_int_equal(h.slow, MQTT_SLOW_PAYLOAD);
	assert_int_equal(parse5(pkt, n, &h), MQTT_PARSE_FAST);
}

static void varints(void **state)
{
	static const u32 values[] = {
		0, 127, 128, 16383, 16384, 2097151, 2097152, MQTT_REMAINING_MAX,
	};
	u8 buf[4];
	u32 value;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		u32 n = mqtt_varint_put(buf, values[i]);

		assert_int_equal(n, i / 2 + 1);
		assert_int_equal(n, mqtt_varint_len(values[i]));
		assert_int_equal(mqtt_parse_varint(buf, n, &value), n);
		assert_int_equal(value, values[i]);
		assert_int_equal(mqtt_parse_varint(buf, n - 1, &value), 0);
	}
	assert_int_equal(mqtt_parse_varint((const u8 *)"\x80\0", 2, &value),
			 -1);
	memset(buf, 0x80, 4);
	assert_int_equal(mqtt_parse_varint(buf, 4, &value), -1);
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
		cmocka_unit_test(properties),
		cmocka_unit_test(aliases),
		cmocka_unit_test(expiry_of_sent),
		cmocka_unit_test(bad_properties),
		cmocka_unit_test(properties_are_bounded),
		cmocka_unit_test(payload_format),
		cmocka_unit_test(varints),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
