// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "property.h"

static enum reason parse(uint8_t type, const void *bytes, size_t len,
			 struct properties *props)
{
	/* exactly as long as the data, so that ASan sees a read behind it */
	uint8_t *copy = malloc(len + 1);
	struct reader r = { .p = copy + 1, .end = copy + 1 + len };
	enum reason reason;

	if (len)
		memcpy(copy + 1, bytes, len);
	reason = read_properties(&r, type, props);
	if (reason == REASON_SUCCESS)
		assert_int_equal(reader_left(&r), 0);
	free(copy);
	return reason;
}

/* One property behind its length. */
static enum reason one(uint8_t type, const void *prop, uint8_t len)
{
	struct properties props;
	uint8_t buf[128];

	buf[0] = len;
	memcpy(buf + 1, prop, len);
	return parse(type, buf, len + 1, &props);
}

#define ONE(type, bytes)	one(type, bytes, sizeof(bytes) - 1)

static void test_varint(void **state)
{
	static const uint32_t values[] = { 0, 1, 127, 128, 16383, 16384,
		2097151, 2097152, 268435455 };
	static const size_t lens[] = { 1, 1, 1, 2, 2, 3, 3, 4, 4 };
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		uint8_t buf[8];
		struct reader r = { .p = buf };

		r.end = put_varint(buf, values[i]);
		assert_int_equal(r.end - buf, lens[i]);
		assert_int_equal(varint_len(values[i]), lens[i]);
		assert_int_equal(read_varint(&r), values[i]);
		assert_false(r.bad);
		assert_ptr_equal(r.p, r.end);
		for (n = 0; n < lens[i]; n++) {
			struct reader cut = { .p = buf, .end = buf + n };

			assert_int_equal(read_varint(&cut), 0);
			assert_true(cut.bad);
		}
	}
}

static void test_varint_malformed(void **state)
{
	static const char *const bad[] = { "\x80\x00", "\x85\x80\x00",
		"\xff\xff\xff\xff\x01", "\x81\x80\x80\x00" };
	static const size_t len[] = { 2, 3, 5, 4 };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct reader r = { .p = (const uint8_t *)bad[i] };

		r.end = r.p + len[i];
		assert_int_equal(read_varint(&r), 0);
		assert_true(r.bad);
	}
}

static void test_defaults(void **state)
{
	struct properties props;

	(void)state;
	assert_int_equal(parse(CONNECT, "", 1, &props), REASON_SUCCESS);
	assert_int_equal(props.present, 0);
	assert_int_equal(props.receive_maximum, 65535);
	assert_int_equal(props.request_problem_info, 1);
	assert_int_equal(props.session_expiry, 0);
	assert_int_equal(props.raw_len, 0);
}

static void test_values(void **state)
{
	static const uint8_t con[] = { 5 + 3 + 5 + 3 + 2 + 2 + 7,
		0x11, 1, 2, 3, 4, 0x21, 0, 9, 0x27, 0, 1, 0, 0,
		0x22, 0, 10, 0x19, 1, 0x17, 0,
		0x26, 0, 1, 'k', 0, 1, 'v' };
	static const uint8_t pub[] = { 2 + 5 + 4 + 6 + 5 + 3,
		0x01, 1, 0x02, 0, 0, 0, 60, 0x03, 0, 1, 't',
		0x08, 0, 3, 'a', '/', 'b', 0x09, 0, 2, 0, 0xff,
		0x23, 1, 0 };
	struct properties props;

	(void)state;
	assert_int_equal(parse(CONNECT, con, sizeof(con), &props), 0);
	assert_int_equal(props.session_expiry, 0x01020304);
	assert_int_equal(props.receive_maximum, 9);
	assert_int_equal(props.maximum_packet_size, 65536);
	assert_int_equal(props.topic_alias_maximum, 10);
	assert_int_equal(props.request_response_info, 1);
	assert_int_equal(props.request_problem_info, 0);
	assert_int_equal(props.user, 1);
	assert_true(property_present(&props, PROP_SESSION_EXPIRY));
	assert_false(property_present(&props, PROP_AUTH_METHOD));

	assert_int_equal(parse(PUBLISH, pub, sizeof(pub), &props), 0);
	assert_int_equal(props.payload_format, 1);
	assert_int_equal(props.message_expiry, 60);
	assert_int_equal(props.content_type.len, 1);
	assert_int_equal(props.response_topic.len, 3);
	assert_int_equal(props.correlation_data.len, 2);
	assert_int_equal(props.topic_alias, 256);
}

struct sample {
	uint8_t id;
	uint8_t len;
	char bytes[8];
	uint16_t in;
	bool once;
};

#define BIT(type)	(1u << ((type) >> 4))
#define ACKS	(BIT(PUBACK) | BIT(PUBREC) | BIT(PUBREL) | BIT(PUBCOMP))
#define MESSAGE	(BIT(PUBLISH) | BIT(PROPERTIES_OF_WILL))

/* Table 2-4, as far as clients send the packets. */
static const struct sample samples[] = {
	{ 0x01, 2, "\x01\x01", MESSAGE, true },
	{ 0x02, 5, "\x02\0\0\0\x01", MESSAGE, true },
	{ 0x03, 4, "\x03\0\x01t", MESSAGE, true },
	{ 0x08, 4, "\x08\0\x01t", MESSAGE, true },
	{ 0x09, 4, "\x09\0\x01t", MESSAGE, true },
	{ 0x0b, 2, "\x0b\x01", BIT(SUBSCRIBE), true },
	{ 0x11, 5, "\x11\0\0\0\x01", BIT(CONNECT) | BIT(DISCONNECT), true },
	{ 0x12, 4, "\x12\0\x01t", 0, true },
	{ 0x13, 3, "\x13\0\x01", 0, true },
	{ 0x15, 4, "\x15\0\x01t", BIT(CONNECT) | BIT(AUTH), true },
	{ 0x17, 2, "\x17\x01", BIT(CONNECT), true },
	{ 0x18, 5, "\x18\0\0\0\x01", BIT(PROPERTIES_OF_WILL), true },
	{ 0x19, 2, "\x19\x01", BIT(CONNECT), true },
	{ 0x1a, 4, "\x1a\0\x01t", 0, true },
	{ 0x1c, 4, "\x1c\0\x01t", 0, true },
	{ 0x1f, 4, "\x1f\0\x01t", ACKS | BIT(DISCONNECT) | BIT(AUTH), true },
	{ 0x21, 3, "\x21\0\x01", BIT(CONNECT), true },
	{ 0x22, 3, "\x22\0\x01", BIT(CONNECT), true },
	{ 0x23, 3, "\x23\0\x01", BIT(PUBLISH), true },
	{ 0x24, 2, "\x24\x01", 0, true },
	{ 0x25, 2, "\x25\x01", 0, true },
	{ 0x26, 7, "\x26\0\x01k\0\x01v", MESSAGE | ACKS | BIT(CONNECT) |
		BIT(SUBSCRIBE) | BIT(UNSUBSCRIBE) | BIT(DISCONNECT) |
		BIT(AUTH), false },
	{ 0x27, 5, "\x27\0\0\0\x01", BIT(CONNECT), true },
	{ 0x28, 2, "\x28\x01", 0, true },
	{ 0x29, 2, "\x29\x01", 0, true },
	{ 0x2a, 2, "\x2a\x01", 0, true },
};

static const uint8_t packets[] = { PROPERTIES_OF_WILL, CONNECT, PUBLISH,
	PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT,
	AUTH };

static bool server_sends(uint8_t id, uint8_t type)
{
	return (id == PROP_SUBSCRIPTION_ID && type == PUBLISH) ||
	       (id == PROP_SERVER_REFERENCE && type == DISCONNECT);
}

static void test_packets(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		const struct sample *s = &samples[i];

		for (j = 0; j < sizeof(packets); j++) {
			enum reason want = REASON_MALFORMED_PACKET;

			if (s->in & BIT(packets[j]))
				want = REASON_SUCCESS;
			else if (server_sends(s->id, packets[j]))
				want = REASON_PROTOCOL_ERROR;
			assert_int_equal(one(packets[j], s->bytes, s->len),
					 want);
		}
	}
}

static void test_twice_and_cut(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		const struct sample *s = &samples[i];
		uint8_t twice[16];

		memcpy(twice, s->bytes, s->len);
		memcpy(twice + s->len, s->bytes, s->len);
		for (j = 0; j < sizeof(packets); j++) {
			uint8_t n;

			if (!(s->in & BIT(packets[j])))
				continue;
			assert_int_equal(one(packets[j], twice, 2 * s->len),
					 s->once ? REASON_PROTOCOL_ERROR :
						   REASON_SUCCESS);
			for (n = 1; n < s->len; n++)
				assert_int_equal(one(packets[j], s->bytes, n),
						 REASON_MALFORMED_PACKET);
		}
	}
}

static void test_unknown_identifiers(void **state)
{
	unsigned int id;

	(void)state;
	for (id = 0; id < 256; id++) {
		uint8_t bytes[3] = { (uint8_t)id, 1, 1 };
		size_t i;

		for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
			if (samples[i].id == id)
				break;
		}
		if (i < sizeof(samples) / sizeof(*samples))
			continue;
		for (i = 0; i < sizeof(packets); i++)
			assert_int_equal(one(packets[i], bytes, 3),
					 REASON_MALFORMED_PACKET);
	}
	/* an identifier in more bytes than it needs */
	assert_int_equal(ONE(PUBLISH, "\x81\x00\x01"), REASON_MALFORMED_PACKET);
}

static void test_ranges(void **state)
{
	(void)state;
	assert_int_equal(ONE(PUBLISH, "\x01\x02"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(CONNECT, "\x17\x02"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(CONNECT, "\x19\x02"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(CONNECT, "\x21\0\0"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(CONNECT, "\x27\0\0\0\0"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(SUBSCRIBE, "\x0b\0"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(SUBSCRIBE, "\x0b\x80\x00"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(SUBSCRIBE, "\x0b\xff\xff\xff\x7f"),
			 REASON_SUCCESS);
	assert_int_equal(ONE(PUBLISH, "\x23\0\0"), REASON_TOPIC_ALIAS_INVALID);
	assert_int_equal(ONE(PUBLISH, "\x08\0\x01#"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(PUBLISH, "\x08\0\3a/+"),
			 REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(PUBLISH, "\x08\0\0"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(CONNECT, "\x16\0\x01x"), REASON_PROTOCOL_ERROR);
	assert_int_equal(ONE(CONNECT, "\x16\0\x01x\x15\0\x01m"),
			 REASON_SUCCESS);
}

static void test_strings(void **state)
{
	(void)state;
	assert_int_equal(ONE(PUBLISH, "\x03\0\x01\xff"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(PUBLISH, "\x03\0\x03\xed\xa0\x80"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(PUBLISH, "\x03\0\x01\0"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(PUBLISH, "\x26\0\x01\xff\0\x01v"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(PUBLISH, "\x26\0\x01k\0\x01\xff"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(DISCONNECT, "\x1c\0\x01\xff"),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(ONE(PUBLISH, "\x09\0\x02\0\xff"), REASON_SUCCESS);
	assert_int_equal(ONE(PUBLISH, "\x26\0\0\0\0"), REASON_SUCCESS);
}

static void test_length(void **state)
{
	struct properties props;

	(void)state;
	assert_int_equal(parse(PUBLISH, "", 0, &props),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(parse(PUBLISH, "\x02\x01", 2, &props),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(parse(PUBLISH, "\x82\x00\x01\x01", 4, &props),
			 REASON_MALFORMED_PACKET);
	assert_int_equal(parse(PUBLISH, "\x80\x80\x80\x80\x01", 5, &props),
			 REASON_MALFORMED_PACKET);
}

static void check_forward(const char *in, uint8_t len, const char *out,
			  size_t out_len)
{
	struct properties props;
	struct reader r;
	uint8_t raw[64];
	uint8_t got[64];

	raw[0] = len;
	memcpy(raw + 1, in, len);
	r.p = raw;
	r.end = raw + 1 + len;
	r.bad = false;
	assert_int_equal(read_properties(&r, PUBLISH, &props), 0);
	assert_int_equal(properties_forwardable_len(&props), out_len);
	assert_ptr_equal(properties_put_forwardable(got, &props),
			 got + out_len);
	assert_memory_equal(got, out, out_len);
}

#define FORWARD(in, out) \
	check_forward(in, sizeof(in) - 1, out, sizeof(out) - 1)

static void test_forward(void **state)
{
	(void)state;
	FORWARD("", "");
	FORWARD("\x26\0\1a\0\0011\1\1\x26\0\1a\0\0011",
		"\x26\0\1a\0\0011\1\1\x26\0\1a\0\0011");
	FORWARD("\2\0\0\0\5", "");
	FORWARD("\x23\0\5", "");
	FORWARD("\x26\0\1a\0\0011\2\0\0\0\5\t\0\2xy\x23\0\a\3\0\1t\1\0",
		"\x26\0\1a\0\0011\t\0\2xy\3\0\1t\1\0");
}

static void test_put(void **state)
{
	static const uint8_t want[] = { 0x25, 1, 0x13, 1, 2, 0x11, 1, 2, 3, 4,
		0x0b, 0x80, 1, 0x12, 0, 2, 'i', 'd', 0x1f, 0, 0 };
	uint8_t buf[64];
	uint8_t *p = buf;

	(void)state;
	p = put_property_u8(p, PROP_RETAIN_AVAILABLE, 1);
	p = put_property_u16(p, PROP_SERVER_KEEP_ALIVE, 0x0102);
	p = put_property_u32(p, PROP_SESSION_EXPIRY, 0x01020304);
	p = put_property_varint(p, PROP_SUBSCRIPTION_ID, 128);
	p = put_property_bytes(p, PROP_ASSIGNED_CLIENT_ID, "id", 2);
	p = put_property_bytes(p, PROP_REASON_STRING, NULL, 0);
	assert_int_equal(p - buf, sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_varint),
		cmocka_unit_test(test_varint_malformed),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_twice_and_cut),
		cmocka_unit_test(test_unknown_identifiers),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_put),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
