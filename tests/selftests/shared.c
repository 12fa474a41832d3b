// SPDX-License-Identifier: GPL-2.0
/* Shared groups: one member gets each message. */
#include "lib_test.h"

FIXTURE(shared) {
	struct world w;
	uint32_t pub_id;
	struct tcp pub;
	uint32_t group;
};

static uint32_t client(struct world *w, struct tcp *t, const struct tcp_options *o,
		       uint8_t level, uint32_t max_packet)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL) |
			   MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE),
		.protocol_level = level,
		.max_packet_size = max_packet,
	};

	tcp_open(t, o);
	return world_attach_with(w, t->s, &conn);
}

FIXTURE_SETUP(shared)
{
	world_open(&self->w);
	self->pub_id = client(&self->w, &self->pub, NULL, 5, 0);
	self->group = ++self->w.groups;
	check(self->w.nl, mqtt_nl_group_add(self->w.nl, self->group,
					    (struct mqtt_blob) { "$share/s/t", 10 },
					    MQTT_GROUP_F_SHARED), "group add");
	self->w.gen++;
	world_flow(&self->w, "t", self->group);
}

FIXTURE_TEARDOWN(shared)
{
	world_close(&self->w);
}

TEST_F(shared, in_turn)
{
	struct mqtt_member with_id = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN) |
			   MQTT_BIT(MQTT_A_MEMBER_SUBSCRIPTION_IDS),
		.group = self->group,
		.subscription_ids = { &(uint32_t) { 77 }, sizeof(uint32_t) },
	};
	struct buf in = {}, out[3] = {};
	struct mqtt_stats stats;
	struct tcp t[3];
	int i, round;

	world_member(&self->w, self->group, client(&self->w, &t[0], NULL, 4, 0), 0, 0);
	world_member(&self->w, self->group, client(&self->w, &t[1], NULL, 5, 0), 1, 0);
	with_id.conn = client(&self->w, &t[2], NULL, 5, 0);
	check(self->w.nl, mqtt_nl_member_add(self->w.nl, &with_id, 0), "member add");
	for (i = 0; i < 100; i++) {
		buf_publish5(&in, "t", "\x26\0\1k\0\1v", 7, i, i);
		if (i % 3 == 0)
			buf_publish(&out[0], "t", i, i);
		else if (i % 3 == 1)
			buf_publish5(&out[1], "t", "\x26\0\1k\0\1v", 7, i, i);
		else
			buf_publish5(&out[2], "t", "\x26\0\1k\0\1v\x0b\x4d", 9, i, i);
	}
	/* 99 at once; then one by one. */
	for (round = 0; round < 2; round++) {
		if (!round)
			sock_send(self->pub.c, in.p, in.len);
		else
			sock_send_pieces(self->pub.c, in.p, in.len, 50);
		world_fence(&self->w, &self->pub);
		world_ack(&self->w, self->pub_id, round + 1);
		for (i = 0; i < 3; i++)
			world_expect(&t[i], out[i].p, out[i].len);
		if (round)
			break;
		/* The 100th was the first one's: two more begin anew. */
		sock_send(self->pub.c, "\x30\4\0\1t\0", 6);
		sock_expect(t[1].c, "\x30\4\0\1t\0", 6);
		sock_send(self->pub.c, "\x30\4\0\1t\0", 6);
		sock_expect(t[2].c, "\x30\6\0\1t\2\x0b\x4d", 8);
	}
	stats = world_stats(&self->w);
	EXPECT_EQ(202, stats.publish_fast);
	EXPECT_EQ(202, stats.deliver_fast);
	EXPECT_EQ(0, stats.queued_bytes);
}

TEST_F(shared, large)
{
	struct tcp t[2];
	struct buf in = {};
	int i;

	for (i = 0; i < 2; i++)
		world_member(&self->w, self->group, client(&self->w, &t[i], NULL, 5, 0), 0, 0);
	for (i = 0; i < 4; i++) {
		in.len = 0;
		buf_publish5(&in, "t", NULL, 0, 50000, i);
		sock_send(self->pub.c, in.p, in.len);
		sock_expect(t[i % 2].c, in.p, in.len);
	}
	EXPECT_EQ(4, world_stats(&self->w).deliver_fast);
}

TEST_F(shared, passes_over)
{
	struct tcp small, takes;
	struct buf in = {};
	int i;

	/* Nobody is there. */
	buf_publish5(&in, "t", NULL, 0, 100, 1);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	world_ack(&self->w, self->pub_id, 1);
	EXPECT_EQ(1, world_stats(&self->w).drop_no_subscriber);

	world_member(&self->w, self->group, client(&self->w, &small, NULL, 5, 50), 0, 0);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	world_ack(&self->w, self->pub_id, 2);
	EXPECT_EQ(1, world_stats(&self->w).drop_oversize);

	world_member(&self->w, self->group, client(&self->w, &takes, NULL, 5, 0), 0, 0);
	for (i = 0; i < 4; i++) {
		sock_send(self->pub.c, in.p, in.len);
		sock_expect(takes.c, in.p, in.len);
	}
	world_expect(&small, NULL, 0);
	EXPECT_EQ(1, world_stats(&self->w).drop_oversize);
}

TEST_F(shared, full_member)
{
	static const struct tcp_options tiny = {
		.client_rcvbuf = 2304,
		.server_sndbuf = 4608,
	};
	struct buf in = {}, got = {};
	struct tcp stuck, other;
	const uint32_t nr = 1000;
	struct mqtt_stats stats;
	uint32_t stuck_id, i;
	uint64_t before = 0;

	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 8192);
	stuck_id = client(&self->w, &stuck, &tiny, 5, 0);
	world_member(&self->w, self->group, stuck_id, 0, 0);
	world_member(&self->w, self->group, client(&self->w, &other, NULL, 5, 0), 0, 0);
	buf_publish5(&in, "t", NULL, 0, 200, 1);
	for (i = 0; i < nr; i++) {
		sock_send(self->pub.c, in.p, in.len);
		world_fence(&self->w, &self->pub);
		world_ack(&self->w, self->pub_id, i + 1);
		while (sock_now(other.c) & POLLIN)
			buf_recv(&got, other.c);
		if (i == nr - 100)
			before = world_conn(&self->w, stuck_id).deliver_fast;
	}
	stats = world_stats(&self->w);
	EXPECT_EQ(nr, stats.deliver_fast);
	EXPECT_EQ(0, stats.drop_queue_full);
	/* By then all went to the other one. */
	EXPECT_NE(0, before);
	EXPECT_EQ(before, world_conn(&self->w, stuck_id).deliver_fast);
	while (got.len < (nr - before) * in.len)
		buf_recv(&got, other.c);
	EXPECT_EQ((nr - before) * in.len, got.len);
}

TEST_F(shared, from_the_port)
{
	struct buf in = {}, rec = {};
	struct mqtt_member port = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
		.group = self->group,
		.conn = MQTT_CONN_PORT,
	};
	struct tcp t[2];
	int i;

	EXPECT_EQ(-EOPNOTSUPP, mqtt_nl_member_add(self->w.nl, &port, 0));
	for (i = 0; i < 2; i++)
		world_member(&self->w, self->group, client(&self->w, &t[i], NULL, 5, 0), 0, 0);
	buf_publish5(&in, "t", NULL, 0, 10, 1);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5, .nr_groups = 1,
		   .groups = &self->group }, in.p, in.len);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5 }, in.p, in.len);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5 | MQTT_PORT_F_QOS0 },
		   in.p, in.len);
	ASSERT_EQ((ssize_t)rec.len, write(self->w.port, rec.p, rec.len));
	for (i = 0; i < 2; i++)
		world_expect(&t[i], in.p, in.len);
	EXPECT_EQ(2, world_stats(&self->w).deliver_packet_out);
}

TEST_HARNESS_MAIN
