// SPDX-License-Identifier: GPL-2.0
/*
 * How fast a client may publish. Most limits here are paid for at a byte a second, so
 * that what goes does not depend on how long the test takes.
 */
#include <time.h>

#include "lib_test.h"

/* A packet, and a burst that the tenth of them exceeds. */
#define PACKET	1000
#define BURST	9500
#define GO	10

FIXTURE(rate) {
	struct world w;
	struct tcp pub;
	struct tcp sub;
	struct buf hit;
	uint32_t id;
};

FIXTURE_VARIANT(rate) {
	bool tls;
};

FIXTURE_VARIANT_ADD(rate, tcp) {
	.tls = false,
};

FIXTURE_VARIANT_ADD(rate, tls) {
	.tls = true,
};

FIXTURE_SETUP(rate)
{
	world_open(&self->w);
	tcp_open(&self->pub, &(struct tcp_options){ .tls = variant->tls });
	world_subscribe(&self->w, "t", world_client(&self->w, &self->sub));
	buf_publish(&self->hit, "t", PACKET - 6, 1);
}

FIXTURE_TEARDOWN(rate)
{
	world_close(&self->w);
}

static void limit_bytes(struct world *w, int fd, uint32_t *id, uint32_t flags)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_BYTES_RATE) |
			   MQTT_BIT(MQTT_A_CONN_BYTES_BURST) | MQTT_BIT(MQTT_A_CONN_FLAGS),
		.bytes_rate = 1,
		.bytes_burst = BURST,
		.flags = flags,
	};

	*id = world_attach_with(w, fd, &conn);
	conn = world_conn(w, *id);
	if (conn.bytes_rate != 1 || conn.bytes_burst != BURST || conn.publish_rate)
		die("limits are %u, %u, %u", conn.bytes_rate, conn.bytes_burst, conn.publish_rate);
}

static void wait_for_rate(struct world *w, uint32_t id)
{
	while (world_conn(w, id).state != MQTT_CONN_STATE_RATE)
		usleep(1000);
}

static void lift(struct world *w, uint32_t id)
{
	const struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_BYTES_RATE) |
			   MQTT_BIT(MQTT_A_CONN_PUBLISH_RATE),
		.id = id,
	};

	check(w->nl, mqtt_nl_conn_set(w->nl, &conn), "conn set");
}

static void expect_hits(struct tcp *sub, const struct buf *hit, unsigned int n)
{
	while (n--)
		sock_expect(sub->c, hit->p, hit->len);
}

/* Back pressure: what is over the limit waits, and comes in order once it may. */
TEST_F(rate, the_rest_waits)
{
	struct buf all = {};
	unsigned int i;

	ASSERT_EQ(PACKET, self->hit.len);
	limit_bytes(&self->w, self->pub.s, &self->id, 0);
	for (i = 0; i < 25; i++)
		buf_add(&all, self->hit.p, self->hit.len);
	buf_puback(&all, 1);
	sock_send(self->pub.c, all.p, all.len);
	expect_hits(&self->sub, &self->hit, GO);
	wait_for_rate(&self->w, self->id);
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->sub.c));
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->pub.s));
	EXPECT_EQ(0, sock_now(self->pub.s) & POLLIN);
	EXPECT_EQ(GO, world_stats(&self->w).publish_fast);
	EXPECT_EQ(1, world_stats(&self->w).rate_waits);
	EXPECT_EQ(0, world_stats(&self->w).rate_ends);
	lift(&self->w, self->id);
	expect_hits(&self->sub, &self->hit, 25 - GO);
	sock_expect(self->pub.s, all.p + 25 * PACKET, PUBACK_LEN);
	EXPECT_EQ(MQTT_CONN_STATE_FAST, world_conn(&self->w, self->id).state);
	EXPECT_EQ(25, world_stats(&self->w).publish_fast);
}

/* In pieces, so that the packet over the limit begins in the head buffer. */
TEST_F(rate, packets_in_pieces)
{
	unsigned int i;

	limit_bytes(&self->w, self->pub.s, &self->id, 0);
	for (i = 0; i < GO; i++) {
		sock_send(self->pub.c, self->hit.p, 2);
		sock_send(self->pub.c, self->hit.p + 2, PACKET - 2);
		sock_expect(self->sub.c, self->hit.p, PACKET);
	}
	sock_send(self->pub.c, self->hit.p, 1);
	sock_send(self->pub.c, self->hit.p + 1, 3);
	sock_send(self->pub.c, self->hit.p + 4, PACKET - 4);
	wait_for_rate(&self->w, self->id);
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->sub.c));
	lift(&self->w, self->id);
	sock_expect(self->sub.c, self->hit.p, PACKET);
	EXPECT_EQ(GO + 1, world_stats(&self->w).publish_fast);
}

/* Publishes for the daemon are charged too, and wait like others; nothing else is. */
TEST_F(rate, diverted_packets_are_charged)
{
	struct buf miss = {}, all = {}, want = {};
	unsigned int i;

	limit_bytes(&self->w, self->pub.s, &self->id, 0);
	buf_publish_raw(&miss, 0x32, "x", 1, NULL, PACKET - 8, 1);
	ASSERT_EQ(PACKET, miss.len);
	for (i = 0; i < 20; i++) {
		buf_add(&all, miss.p, miss.len);
		buf_puback(&all, i);
		if (i == GO - 1)
			buf_add(&want, all.p, all.len);
	}
	sock_send(self->pub.c, all.p, all.len);
	sock_expect(self->pub.s, want.p, want.len);
	wait_for_rate(&self->w, self->id);
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->pub.s));
	EXPECT_EQ(2 * GO, world_conn(&self->w, self->id).diverted);
	EXPECT_EQ(GO, world_stats(&self->w).divert_qos);
	/* More comes: it is for the daemon beyond doubt, but not now. */
	sock_send(self->pub.c, miss.p, miss.len);
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->pub.s));
	lift(&self->w, self->id);
	sock_expect(self->pub.s, all.p + want.len, all.len - want.len);
	sock_expect(self->pub.s, miss.p, miss.len);
}

/* With the flag the conn ends: the daemon is told, and has the last word. */
TEST_F(rate, over_the_limit_ends)
{
	struct buf all = {};
	unsigned int i;

	limit_bytes(&self->w, self->pub.s, &self->id, MQTT_CONN_F_RATE_END);
	buf_puback(&all, 1);
	for (i = 0; i < GO + 5; i++)
		buf_add(&all, self->hit.p, self->hit.len);
	sock_send(self->pub.c, all.p, all.len);
	sock_expect(self->pub.s, all.p, PUBACK_LEN);
	expect_hits(&self->sub, &self->hit, GO);
	sock_wait(self->pub.s, POLLIN);
	EXPECT_EQ(EDQUOT, sock_recv_errno(self->pub.s));
	EXPECT_EQ(EDQUOT, sock_recv_errno(self->pub.s));
	EXPECT_EQ(MQTT_CONN_STATE_RATE, world_conn(&self->w, self->id).state);
	EXPECT_EQ(GO, world_stats(&self->w).publish_fast);
	EXPECT_EQ(0, world_stats(&self->w).rate_waits);
	EXPECT_EQ(1, world_stats(&self->w).rate_ends);
	sock_send(self->pub.s, "\xe0\x01\x96", 3);
	sock_expect(self->pub.c, "\xe0\x01\x96", 3);
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->sub.c));
}

/* A number of messages at once, then so many a second: the timer goes on with them. */
TEST_F(rate, messages_a_second)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_PUBLISH_RATE) |
			   MQTT_BIT(MQTT_A_CONN_PUBLISH_BURST),
		.publish_rate = 20,
		.publish_burst = 5,
	};
	struct timespec from, to;
	struct buf all = {};
	unsigned int i;
	double seconds;

	for (i = 0; i < 25; i++)
		buf_add(&all, self->hit.p, self->hit.len);
	clock_gettime(CLOCK_MONOTONIC, &from);
	self->id = world_attach_with(&self->w, self->pub.s, &conn);
	sock_send(self->pub.c, all.p, all.len);
	expect_hits(&self->sub, &self->hit, 25);
	clock_gettime(CLOCK_MONOTONIC, &to);
	seconds = to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9;
	/* 20 of them had to be paid for. */
	EXPECT_LE(0.95, seconds);
	EXPECT_LE(1, world_stats(&self->w).rate_waits);
	EXPECT_EQ(25, world_stats(&self->w).publish_fast);
}

/* A client that pings is alive, and answered, as long as no publish waits before it. */
TEST_F(rate, other_packets_are_free)
{
	unsigned int i;

	limit_bytes(&self->w, self->pub.s, &self->id, 0);
	world_greet(&self->pub);
	for (i = 0; i < GO; i++)
		sock_send(self->pub.c, self->hit.p, self->hit.len);
	expect_hits(&self->sub, &self->hit, GO);
	for (i = 0; i < 3; i++) {
		sock_send(self->pub.c, "\xc0\x00", 2);
		sock_expect(self->pub.c, "\xd0\x00", 2);
		world_fence(&self->w, &self->pub);
	}
	EXPECT_EQ(0, world_stats(&self->w).rate_waits);
}

TEST_HARNESS_MAIN
