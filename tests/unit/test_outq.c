// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"
#include "loop.h"
#include "message.h"
#include "outq.h"
#include "packet.h"

#define PACKETS	400
#define PACKET_MAX	5000

/* A packet of the model: its number, its lifetime, and bytes made of both. */
struct model {
	uint32_t len;
	uint32_t lifetime;
	bool marked;
	bool keep;
	bool lost;
};

static struct model model[PACKETS];
static uint8_t packet[PACKET_MAX];

static void make_packet(uint32_t n, uint32_t lifetime)
{
	uint32_t i;

	put_u32(put_u32(packet, n), lifetime);
	for (i = 8; i < model[n].len; i++)
		packet[i] = (uint8_t)(n + i);
}

static void append(struct outq *q, uint32_t n)
{
	struct outq_mark mark = {
		.at = q->taken + q->bytes,
		.expires = loop_now() + 1000ull * model[n].lifetime,
		.len = model[n].len,
		.off = 4,
		.keep = model[n].keep,
	};

	make_packet(n, model[n].lifetime);
	if (model[n].len >= OUTQ_REF_MIN && rand() % 2) {
		struct message *msg = message_new_run(packet, model[n].len);

		outq_ref(q, msg, 0, msg->frame_len);
		message_put(msg);
	} else {
		outq_put(q, packet, model[n].len);
	}
	if (model[n].marked)
		outq_mark(q, &mark);
}

static void fill(struct outq *q)
{
	uint32_t n;

	for (n = 0; n < PACKETS; n++) {
		struct model *m = &model[n];

		m->len = rand() % 3 ? 8 + rand() % 60 :
			 8 + rand() % (PACKET_MAX - 8);
		m->marked = rand() % 4;
		m->keep = m->marked && !(rand() % 8);
		m->lifetime = rand() % 2 ? 1 : 100;
		append(q, n);
		if (n == PACKETS / 2)
			outq_hold(q, 1);
	}
}

/* Sends up to @max bytes of what is ready into @to. */
static size_t drain(struct outq *q, uint8_t *to, size_t max)
{
	size_t done = 0;

	while (done < max && outq_ready(q)) {
		size_t want = 1 + rand() % 20000;
		unsigned int n = outq_peek(q);
		size_t sent = 0;
		unsigned int i;

		for (i = 0; i < n && sent < want; i++) {
			size_t len = outq_pieces.iov[i].iov_len;

			if (len > want - sent)
				len = want - sent;
			memcpy(to + done + sent, outq_pieces.iov[i].iov_base, len);
			sent += len;
		}
		outq_advance(q, sent);
		done += sent;
	}
	return done;
}

/* Lets more than a second pass. Returns what 100 seconds have become. */
static uint32_t let_time_pass(void)
{
	uint64_t before = loop_now();

	while (loop_now() < before + 1500)
		loop_update_now();
	return (uint32_t)((100999 - (loop_now() - before)) / 1000);
}

/*
 * Returns packets that are missing; @early bytes were sent before time passed,
 * and then 100 seconds were @left.
 */
static uint32_t compare(const uint8_t *got, size_t len, size_t early,
			uint32_t left)
{
	uint32_t missing = 0;
	size_t pos = 0;
	uint32_t n;

	for (n = 0; n < PACKETS; n++) {
		const struct model *m = &model[n];
		uint32_t lifetime = m->lifetime;

		if (m->marked && pos >= early) {
			if (lifetime == 1 && !m->keep) {
				missing++;
				continue;
			}
			lifetime = lifetime == 1 ? 0 : left;
		}
		make_packet(n, lifetime);
		assert_true(pos + m->len <= len);
		assert_memory_equal(got + pos, packet, m->len);
		pos += m->len;
	}
	assert_int_equal(pos, len);
	return missing;
}

static void test_lifetimes(void **state)
{
	uint8_t *got = malloc(PACKETS * PACKET_MAX);
	int round;

	(void)state;
	conf_init(&config);
	for (round = 0; round < 4; round++) {
		struct outq q = { 0 };
		uint32_t expired;
		uint32_t left;
		size_t early;
		size_t len;

		srand(round);
		loop_update_now();
		fill(&q);
		early = drain(&q, got, round * 1500);
		left = let_time_pass();
		len = early + drain(&q, got + early, SIZE_MAX);
		assert_int_equal(outq_ready(&q), 0);
		assert_true(q.bytes);
		expired = outq_expired(&q);
		outq_release(&q, 1);
		len += drain(&q, got + len, SIZE_MAX);
		expired += outq_expired(&q);
		assert_int_equal(q.bytes, 0);
		assert_int_equal(compare(got, len, early, left),
				 expired);
		assert_true(expired > 20);
		/* the marks of what was begun, or dropped, are gone at last */
		outq_put(&q, "x", 1);
		assert_int_equal(outq_peek(&q), 1);
		assert_int_equal(outq_marked(&q), 0);
		outq_clear(&q);
	}
	free(got);
	conf_free(&config);
	outq_exit();
}

/* What waits for the store is cut off, and its marks with it. */
static void test_cut(void **state)
{
	struct outq q = { 0 };

	(void)state;
	conf_init(&config);
	srand(1);
	fill(&q);
	outq_cut(&q);
	assert_int_equal(outq_ready(&q), q.bytes);
	assert_true(outq_marked(&q) < PACKETS * sizeof(struct outq_mark));
	outq_clear(&q);
	assert_int_equal(outq_marked(&q), 0);
	conf_free(&config);
	outq_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lifetimes),
		cmocka_unit_test(test_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
