// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"
#include "outq.h"
#include "packet.h"
#include "conf.h"

static void check_length(uint32_t value, size_t hlen)
{
	uint8_t buf[PACKET_HEADER_MAX];
	uint32_t got = 0;
	size_t n = packet_put_header(buf, PUBLISH, value);
	size_t i;

	assert_int_equal(n, hlen);
	assert_int_equal(packet_header_len(value), hlen);
	assert_int_equal(packet_header(buf, n, &got), hlen);
	assert_int_equal(got, value);
	for (i = 0; i < n; i++)
		assert_int_equal(packet_header(buf, i, &got), 0);
}

static void test_remaining_length(void **state)
{
	(void)state;
	check_length(0, 2);
	check_length(127, 2);
	check_length(128, 3);
	check_length(16383, 3);
	check_length(16384, 4);
	check_length(2097151, 4);
	check_length(2097152, 5);
	check_length(268435455, 5);
}

static void test_malformed_length(void **state)
{
	static const uint8_t five[] = { 0x30, 0xff, 0xff, 0xff, 0xff, 0x01 };
	static const uint8_t padded[] = { 0x30, 0x85, 0x80, 0x00 };
	uint32_t got = 0;

	(void)state;
	assert_int_equal(packet_header(five, 6, &got), -1);
	assert_int_equal(packet_header(five, 5, &got), -1);
	assert_int_equal(packet_header(five, 4, &got), 0);
	assert_int_equal(packet_header(padded, 4, &got), 4);
	assert_int_equal(got, 5);
}

static void test_reader(void **state)
{
	static const uint8_t data[] = { 1, 0, 2, 'a', 'b', 0, 9, 'c' };
	struct reader r = { .p = data, .end = data + sizeof(data) };
	uint16_t len;

	(void)state;
	assert_int_equal(read_u8(&r), 1);
	assert_memory_equal(read_utf8(&r, &len), "ab", 2);
	assert_int_equal(len, 2);
	assert_false(r.bad);
	assert_null(read_bytes(&r, &len));
	assert_true(r.bad);
	assert_int_equal(len, 0);
	assert_int_equal(read_u16(&r), 'c' << 8 & 0);
	assert_int_equal(read_u8(&r), 0);
}

static void test_message(void **state)
{
	struct message *msg = message_new("a/b", 3, "xyz", 3, 1, NULL);

	(void)state;
	assert_int_equal(msg->frame_len, 10);
	assert_memory_equal(msg->frame, "\x30\x08\0\3a/bxyz", 10);
	assert_memory_equal(message_topic(msg), "a/b", 3);
	assert_memory_equal(message_payload(msg), "xyz", 3);
	message_get(msg);
	message_put(msg);
	message_put(msg);

	msg = message_new("t", 1, NULL, 0, 0, NULL);
	assert_memory_equal(msg->frame, "\x30\x03\0\1t", 5);
	message_put(msg);
}

/* Everything put into a queue comes out once, in order, however it is sent. */
static void test_outq(void **state)
{
	struct outq q = { 0 };
	uint8_t *want = malloc(4 << 20);
	uint8_t *got = malloc(4 << 20);
	size_t in = 0;
	size_t out = 0;
	unsigned int step;

	(void)state;
	srandom(1);
	conf_init(&config);
	for (step = 0; in < (3u << 20) || q.bytes; step++) {
		size_t len = random() % (step % 7 ? 200 : 40000) + 1;
		struct message *msg;
		size_t i, n;

		if (in < (3u << 20)) {
			for (i = 0; i < len; i++)
				want[in + i] = random();
			if (step % 5 == 0) {
				msg = message_new_run(want + in, len);
				outq_ref(&q, msg, 0, len);
				message_put(msg);
			} else if (len <= OUTQ_ROOM_MAX) {
				memcpy(outq_room(&q, len), want + in, len);
			} else {
				outq_put(&q, want + in, len);
			}
			in += len;
		}
		if (step % 3 || !q.bytes)
			continue;
		n = outq_peek(&q);
		len = random() % 60000;
		for (i = 0; i < n && len; i++) {
			const struct iovec *iov = &outq_pieces.iov[i];
			size_t part = iov->iov_len < len ? iov->iov_len : len;

			memcpy(got + out, iov->iov_base, part);
			out += part;
			len -= part;
		}
		outq_advance(&q, out + q.bytes - in);
		assert_int_equal(in - out, q.bytes);
	}
	assert_int_equal(in, out);
	assert_memory_equal(want, got, in);
	assert_null(q.head);
	outq_exit();
	conf_free(&config);
	free(want);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remaining_length),
		cmocka_unit_test(test_malformed_length),
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_outq),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
