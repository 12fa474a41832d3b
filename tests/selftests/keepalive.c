// SPDX-License-Identifier: GPL-2.0
/* Keep alive runs in the kernel, which sees every byte; so does PINGREQ. */
#include <time.h>

#include "lib_test.h"

FIXTURE(keepalive) {
	struct world w;
};

FIXTURE_SETUP(keepalive)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(keepalive)
{
	world_close(&self->w);
}

static uint32_t attach_with_keep_alive(struct world *w, struct tcp *t, uint16_t seconds)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_KEEP_ALIVE) | MQTT_BIT(MQTT_A_CONN_COOKIE),
		.keep_alive = seconds,
		.cookie = { "who", 3 },
	};

	tcp_open(t, NULL);
	return world_attach_with(w, t->s, &conn);
}

TEST_F(keepalive, expiry)
{
	struct mqtt_event_msg ev;
	struct mqtt_nl *events;
	double start;
	struct tcp t, idle;
	uint32_t id;
	char c;

	ASSERT_EQ(0, mqtt_nl_open(&events));
	ASSERT_EQ(0, mqtt_nl_subscribe(events));
	start = now();
	id = attach_with_keep_alive(&self->w, &t, 1);
	world_client(&self->w, &idle);
	EXPECT_NE(0, sock_wait(t.s, POLLIN) & POLLIN);
	EXPECT_LE(1.45, now() - start);
	EXPECT_EQ(ETIMEDOUT, sock_recv_errno(t.s));
	EXPECT_EQ(ETIMEDOUT, sock_recv_errno(t.s));
	EXPECT_EQ(1, world_stats(&self->w).keepalive_expired);
	EXPECT_EQ(MQTT_CONN_STATE_EXPIRED, world_conn(&self->w, id).state);
	/* A last packet can be sent. */
	sock_send(t.s, "\xe0\x00", 2);
	sock_expect(t.c, "\xe0\x00", 2);
	do {
		ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	} while (ev.type != MQTT_EVENT_KEEPALIVE_EXPIRED);
	EXPECT_EQ(id, ev.conn);
	ASSERT_EQ(3, ev.cookie.len);
	EXPECT_EQ(0, memcmp("who", ev.cookie.data, 3));
	/* A blocking reader sees it too. */
	EXPECT_EQ(-1, recv(t.s, &c, 1, 0));
	EXPECT_EQ(ETIMEDOUT, errno);
	EXPECT_EQ(EAGAIN, sock_recv_errno(idle.s));
	close(t.s);
	sock_expect_eof(t.c);
	mqtt_nl_close(events);
}

TEST_F(keepalive, blocking_reader_wakes)
{
	struct tcp t;
	char c;

	attach_with_keep_alive(&self->w, &t, 1);
	EXPECT_EQ(-1, recv(t.s, &c, 1, 0));
	EXPECT_EQ(ETIMEDOUT, errno);
}

/* What the daemon has not read comes before the error. */
TEST_F(keepalive, incomplete_packet_comes_first)
{
	struct buf b = {};
	struct tcp t;

	attach_with_keep_alive(&self->w, &t, 1);
	buf_subscribe(&b, 1, "filter");
	sock_send(t.c, b.p, b.len - 1);
	sock_expect(t.s, b.p, b.len - 1);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t.s));
	sock_wait(t.s, POLLIN);
	EXPECT_EQ(ETIMEDOUT, sock_recv_errno(t.s));
}

TEST_F(keepalive, ping_and_bytes_keep_it_alive)
{
	enum { CLIENTS = 3 };
	struct buf ping = {}, hit = {}, slow = {};
	struct tcp t[CLIENTS], sub;
	double start;
	size_t at = 0;
	int i;

	for (i = 0; i < CLIENTS; i++)
		attach_with_keep_alive(&self->w, &t[i], 4);
	world_greet(&t[0]);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_pingreq(&ping);
	buf_publish(&hit, "t", 2, 1);
	buf_publish(&slow, "miss", 1000, 1);
	start = now();
	/* The passing of time is what is tested here. */
	while (now() - start < 9) {
		sock_send(t[0].c, ping.p, ping.len);
		sock_expect(t[0].c, "\xd0\x00", 2);
		sock_send(t[1].c, hit.p, hit.len);
		sock_expect(sub.c, hit.p, hit.len);
		/* A byte at a time of a packet that is never complete. */
		sock_send(t[2].c, slow.p + at++, 1);
		usleep(300000);
	}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(EAGAIN, sock_recv_errno(t[i].s));
	sock_expect(t[2].s, slow.p, at);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t[2].s));
	EXPECT_EQ(0, world_stats(&self->w).keepalive_expired);
	/* Then silence. */
	for (i = 0; i < CLIENTS; i++) {
		sock_wait(t[i].s, POLLIN);
		EXPECT_EQ(ETIMEDOUT, sock_recv_errno(t[i].s));
	}
	EXPECT_EQ(CLIENTS, world_stats(&self->w).keepalive_expired);
}

TEST_F(keepalive, set_and_cleared_later)
{
	struct mqtt_conn set = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_KEEP_ALIVE),
		.keep_alive = 1,
	};
	struct tcp a, b;

	set.id = world_client(&self->w, &a);
	ASSERT_EQ(0, mqtt_nl_conn_set(self->w.nl, &set));
	set.id = attach_with_keep_alive(&self->w, &b, 1);
	set.keep_alive = 0;
	ASSERT_EQ(0, mqtt_nl_conn_set(self->w.nl, &set));
	sock_wait(a.s, POLLIN);
	EXPECT_EQ(ETIMEDOUT, sock_recv_errno(a.s));
	/* b was attached at about the same time: give it as long again. */
	set.id--;
	tcp_close(&a);
	attach_with_keep_alive(&self->w, &a, 1);
	sock_wait(a.s, POLLIN);
	EXPECT_EQ(EAGAIN, sock_recv_errno(b.s));
	EXPECT_EQ(2, world_stats(&self->w).keepalive_expired);
}

/* A packet that waits for a gate, or for a slow daemon, shows that the client lives. */
TEST_F(keepalive, waiting_bytes_count)
{
	struct buf miss = {}, hit = {};
	struct tcp t, sub, other;
	uint32_t id;

	id = attach_with_keep_alive(&self->w, &t, 3);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 3, 1);
	buf_publish(&hit, "t", 3, 1);
	sock_send(t.c, miss.p, miss.len);
	sock_expect(t.s, miss.p, miss.len);
	sock_send(t.c, hit.p, hit.len);
	/* Somebody else's expiry tells the time. */
	attach_with_keep_alive(&self->w, &other, 5);
	sock_wait(other.s, POLLIN);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t.s));
	world_ack(&self->w, id, 1);
	sock_expect(sub.c, hit.p, hit.len);
	EXPECT_EQ(1, world_stats(&self->w).keepalive_expired);
}

TEST_F(keepalive, ping_switches)
{
	struct mqtt_conn set = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_FLAGS),
		.flags = MQTT_CONN_F_NO_PINGRESP,
	};
	struct buf ping = {};
	struct tcp t;
	int i;

	set.id = world_client(&self->w, &t);
	world_greet(&t);
	buf_pingreq(&ping);
	sock_send(t.c, ping.p, ping.len);
	sock_expect(t.c, "\xd0\x00", 2);
	EXPECT_EQ(0, world_stats(&self->w).divert_other);
	ASSERT_EQ(0, mqtt_nl_conn_set(self->w.nl, &set));
	sock_send(t.c, ping.p, ping.len);
	sock_expect(t.s, ping.p, ping.len);
	set.flags = 0;
	ASSERT_EQ(0, mqtt_nl_conn_set(self->w.nl, &set));
	sock_send(t.c, ping.p, ping.len);
	sock_expect(t.c, "\xd0\x00", 2);
	world_limit(&self->w, MQTT_A_LIMITS_PINGRESP, 0);
	sock_send(t.c, ping.p, ping.len);
	sock_expect(t.s, ping.p, ping.len);
	world_limit(&self->w, MQTT_A_LIMITS_PINGRESP, 1);
	/* Cut, and while the daemon is inside a packet. */
	for (i = 0; i < 20; i++) {
		sock_send(t.c, ping.p, 1);
		sock_send(t.c, ping.p + 1, 1);
		sock_expect(t.c, "\xd0\x00", 2);
	}
	sock_send(t.s, "\x40\x02\x00", 3);
	sock_send(t.c, ping.p, ping.len);
	sock_expect(t.c, "\x40\x02\x00", 3);
	world_fence(&self->w, &t);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t.c));
	sock_send(t.s, "\x01", 1);
	sock_expect(t.c, "\x01\xd0\x00", 3);
	EXPECT_EQ(0, world_stats(&self->w).deliver_fast);
}

/* PINGRESP does not come before CONNACK, nor before answers that are due. */
TEST_F(keepalive, pingresp_comes_in_turn)
{
	struct buf b = {};
	struct tcp t;
	uint32_t id;

	id = world_client(&self->w, &t);
	buf_pingreq(&b);
	sock_send(t.c, b.p, b.len);
	while (world_conn(&self->w, id).state != MQTT_CONN_STATE_GATE)
		usleep(1000);
	EXPECT_EQ(0, sock_now(t.s) & POLLIN);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t.c));
	sock_send(t.s, "\x20\x02\x00\x00", 4);
	sock_expect(t.c, "\x20\x02\x00\x00\xd0\x00", 6);
	/* SUBACK is due. */
	b.len = 0;
	buf_subscribe(&b, 1, "t");
	buf_pingreq(&b);
	sock_send(t.c, b.p, b.len);
	sock_expect(t.s, b.p, b.len - PINGREQ_LEN);
	while (world_conn(&self->w, id).state != MQTT_CONN_STATE_GATE)
		usleep(1000);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t.c));
	sock_send(t.s, "\x90\x03\x00\x01\x00", 5);
	world_ack(&self->w, id, 1);
	sock_expect(t.c, "\x90\x03\x00\x01\x00\xd0\x00", 7);
}

TEST_HARNESS_MAIN
