// SPDX-License-Identifier: GPL-2.0
/* tx_usecs and tx_frames: messages wait for others to be sent with them, and no longer. */
#include "lib_test.h"

/* Seconds that messages wait here, and tries on a machine that is slower than that. */
#define WAIT	1.0
#define TRIES	20

/* A publisher with a subscriber, and how often it has been waited for. */
struct pair {
	struct world w;
	struct tcp pub, sub;
	uint32_t pub_id;
	struct buf msg;
	uint64_t fences;
};

FIXTURE(coalesce) {
	struct pair p;
};

FIXTURE_SETUP(coalesce)
{
	world_open(&self->p.w);
	self->p.pub_id = world_client(&self->p.w, &self->p.pub);
	world_subscribe(&self->p.w, "t", world_client(&self->p.w, &self->p.sub));
	buf_publish(&self->p.msg, "t", 20, 1);
	world_limit(&self->p.w, MQTT_A_LIMITS_TX_USECS, (uint64_t)(WAIT * 1000000));
}

FIXTURE_TEARDOWN(coalesce)
{
	world_close(&self->p.w);
}

/* Publishes, and returns when it is queued on the subscriber. */
static void publish(struct pair *p)
{
	sock_send(p->pub.c, p->msg.p, p->msg.len);
	world_fence(&p->w, &p->pub);
	world_ack(&p->w, p->pub_id, ++p->fences);
}

static void expect(struct pair *p, int nr)
{
	while (nr--)
		sock_expect(p->sub.c, p->msg.p, p->msg.len);
}

/* Publishes a message that is sent and one that waits. Returns a time before. */
static double publish_and_hold(struct pair *p)
{
	int tries = 0;
	double start;

	for (;;) {
		if (tries++ == TRIES)
			die("no message waits");
		start = now();
		publish(p);
		expect(p, 1);
		publish(p);
		if (world_stats(&p->w).queued_bytes == p->msg.len)
			return start;
		expect(p, 1);
	}
}

TEST_F(coalesce, off_by_default)
{
	struct world other;
	struct mqtt_limits l;

	ASSERT_EQ(0, mqtt_nl_limits_get(self->p.w.nl, &l));
	EXPECT_EQ(1000000, l.tx_usecs);
	EXPECT_EQ(0, l.tx_frames);
	world_limit(&self->p.w, MQTT_A_LIMITS_TX_FRAMES, 7);
	ASSERT_EQ(0, mqtt_nl_limits_get(self->p.w.nl, &l));
	EXPECT_EQ(7, l.tx_frames);
	world_close(&self->p.w);
	world_open(&other);
	ASSERT_EQ(0, mqtt_nl_limits_get(other.nl, &l));
	EXPECT_EQ(0, l.tx_usecs);
	EXPECT_EQ(0, l.tx_frames);
	world_close(&other);
	world_open(&self->p.w);
}

TEST_F(coalesce, time)
{
	double start = publish_and_hold(&self->p);

	expect(&self->p, 1);
	EXPECT_LE(WAIT, now() - start);
	EXPECT_EQ(0, world_stats(&self->p.w).queued_bytes);
}

TEST_F(coalesce, frames)
{
	double start;
	int tries = 0;

	world_limit(&self->p.w, MQTT_A_LIMITS_TX_FRAMES, 3);
	do {
		ASSERT_NE(TRIES, tries++);
		start = publish_and_hold(&self->p);
		publish(&self->p);
		publish(&self->p);
		expect(&self->p, 3);
	} while (now() - start >= WAIT);
}

TEST_F(coalesce, owner_sends)
{
	double start;
	int tries = 0;

	do {
		ASSERT_NE(TRIES, tries++);
		start = publish_and_hold(&self->p);
		sock_send(self->p.sub.s, "\xd0\x00", 2);
		expect(&self->p, 1);
		sock_expect(self->p.sub.c, "\xd0\x00", 2);
	} while (now() - start >= WAIT);
}

TEST_F(coalesce, close)
{
	publish_and_hold(&self->p);
	close(self->p.sub.s);
	expect(&self->p, 1);
	sock_expect_eof(self->p.sub.c);
}

TEST_HARNESS_MAIN
