// SPDX-License-Identifier: GPL-2.0
/* Groups with thousands of members: fan-out in several turns. */
#include <netinet/in.h>
#include <sys/resource.h>

#include "lib_test.h"

enum { MEMBERS = 4500 };	/* more than one turn of a worker serves */

FIXTURE(large) {
	struct world w;
	struct tcp pub;
	uint32_t pub_id;
	uint32_t group;
	int c[MEMBERS];
	int s[MEMBERS];
	uint32_t id[MEMBERS];
};

/* Through one listener: the descriptors of both ends are open. */
static void open_many(int *c, int *s, unsigned int nr)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	unsigned int i;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&addr, len) || listen(listener, 64) ||
	    getsockname(listener, (struct sockaddr *)&addr, &len))
		die("listen: %m");
	for (i = 0; i < nr; i++) {
		c[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (c[i] < 0 || connect(c[i], (struct sockaddr *)&addr, len))
			die("connect %u: %m", i);
		s[i] = accept(listener, NULL, NULL);
		if (s[i] < 0)
			die("accept %u: %m", i);
	}
	close(listener);
}

FIXTURE_SETUP(large)
{
	const struct rlimit files = { 2 * MEMBERS + 200, 2 * MEMBERS + 200 };
	struct mqtt_nl_batch *batch;
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_FD) | MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL),
		.protocol_level = 4,
	};
	struct mqtt_member member = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
	};
	unsigned int i;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	world_open(&self->w);
	open_many(self->c, self->s, MEMBERS);
	batch = mqtt_nl_batch_new(self->w.nl);
	for (i = 0; i < MEMBERS; i++) {
		conn.fd = self->s[i];
		mqtt_nl_batch_conn_add(batch, &conn);
	}
	ASSERT_EQ(0, mqtt_nl_batch_commit(batch)) TH_LOG("%s", mqtt_nl_error(self->w.nl));
	for (i = 0; i < MEMBERS; i++)
		ASSERT_EQ(0, mqtt_nl_batch_result(batch, i, &self->id[i]));
	mqtt_nl_batch_reset(batch);
	self->group = world_group(&self->w, "t");
	member.group = self->group;
	for (i = 0; i < MEMBERS; i++) {
		member.conn = self->id[i];
		mqtt_nl_batch_member_add(batch, &member, 0);
	}
	ASSERT_EQ(0, mqtt_nl_batch_commit(batch));
	mqtt_nl_batch_free(batch);
	world_flow(&self->w, "t", self->group);
	self->pub_id = world_client(&self->w, &self->pub);
	world_greet(&self->pub);
	ASSERT_EQ(MEMBERS + 1, world_stats(&self->w).conns);
}

FIXTURE_TEARDOWN(large)
{
	world_close(&self->w);
}

TEST_F(large, everybody_gets_everything)
{
	struct buf one = {}, all = {};
	const unsigned int nr = 6;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		buf_publish(&one, "t", 20, i);
		/* More comes while the fan-out of the first is not complete. */
		sock_send(self->pub.c, one.p, one.len);
		buf_add(&all, one.p, one.len);
		one.len = 0;
	}
	world_fence(&self->w, &self->pub);
	for (i = 0; i < MEMBERS; i++)
		sock_expect(self->c[i], all.p, all.len);
	EXPECT_EQ(nr * MEMBERS, world_stats(&self->w).deliver_fast);
	EXPECT_EQ(nr, world_stats(&self->w).publish_fast);
}

/* The publisher's next bytes are read after the fan-out, whoever woke the worker. */
TEST_F(large, no_stall_after_a_long_fan_out)
{
	struct buf hit = {}, ping = {}, miss = {};
	uint64_t acked = 0;
	int i;

	buf_publish(&hit, "t", 10, 1);
	buf_publish(&miss, "m", 10, 1);
	buf_pingreq(&ping);
	for (i = 0; i < 20; i++) {
		sock_send(self->pub.c, hit.p, hit.len);
		if (i & 1)
			usleep(random_below(3000));
		sock_send(self->pub.c, ping.p, ping.len);
		sock_expect(self->pub.c, "\xd0\x00", 2);
		sock_send(self->pub.c, miss.p, miss.len);
		sock_send(self->pub.c, hit.p, hit.len);
		sock_expect(self->pub.s, miss.p, miss.len);
		world_ack(&self->w, self->pub_id, ++acked);
	}
	world_fence(&self->w, &self->pub);
	EXPECT_EQ(40, world_stats(&self->w).publish_fast);
	EXPECT_EQ(40 * MEMBERS, world_stats(&self->w).deliver_fast);
}

TEST_F(large, barrier_during_fan_out)
{
	struct buf hit = {};
	uint64_t before, after;
	int i;

	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < 10; i++) {
		sock_send(self->pub.c, hit.p, hit.len);
		while (world_stats(&self->w).publish_fast <= (uint64_t)i)
			usleep(100);
		/* Begun before: queued on everybody when the barrier returns. */
		ASSERT_EQ(0, mqtt_nl_barrier(self->w.nl));
		before = world_stats(&self->w).deliver_fast;
		world_fence(&self->w, &self->pub);
		after = world_stats(&self->w).deliver_fast;
		EXPECT_EQ((i + 1ull) * MEMBERS, before);
		EXPECT_EQ(before, after);
	}
}

/* Members leave, and conns close, while a message is on its way to them. */
TEST_F(large, members_leave_during_fan_out)
{
	struct buf hit = {};
	unsigned int i, round;
	uint64_t sum = 0, queued;

	buf_publish(&hit, "t", 10, 1);
	for (round = 0; round < 4; round++) {
		sock_send(self->pub.c, hit.p, hit.len);
		for (i = round; i < MEMBERS; i += 8) {
			if (i & 1) {
				ASSERT_EQ(0, mqtt_nl_member_del(self->w.nl, self->group,
								self->id[i]));
			} else {
				close(self->s[i]);
				self->s[i] = -1;
			}
		}
	}
	world_fence(&self->w, &self->pub);
	queued = world_stats(&self->w).deliver_fast;
	EXPECT_GE(4 * MEMBERS, queued);
	/* Those that stayed have all; a member that left may have some. */
	for (i = 0; i < MEMBERS; i++) {
		if (i % 8 >= 4) {
			struct buf want = {};

			for (round = 0; round < 4; round++)
				buf_add(&want, hit.p, hit.len);
			sock_expect(self->c[i], want.p, want.len);
			sum += 4;
			buf_free(&want);
		}
	}
	EXPECT_LE(sum, queued);
	/* The group goes with a message under way. */
	sock_send(self->pub.c, hit.p, hit.len);
	ASSERT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, (struct mqtt_blob) { "t", 1 }));
	ASSERT_EQ(0, mqtt_nl_group_del(self->w.nl, self->group));
	EXPECT_EQ(0, world_stats(&self->w).members);
}

TEST_F(large, publisher_closes_during_fan_out)
{
	struct buf hit = {};

	buf_publish(&hit, "t", 10, 1);
	sock_send(self->pub.c, hit.p, hit.len);
	while (!world_stats(&self->w).publish_fast)
		;
	tcp_close(&self->pub);
	/* Its message still reaches everybody. */
	sock_expect(self->c[MEMBERS - 1], hit.p, hit.len);
	sock_expect(self->c[0], hit.p, hit.len);
	ASSERT_EQ(0, mqtt_nl_barrier(self->w.nl));
	EXPECT_EQ(MEMBERS, world_stats(&self->w).deliver_fast);
}

TEST_F(large, packet_out_and_port_copy)
{
	static uint8_t room[100000];
	struct buf hit = {}, out = {};

	world_member(&self->w, self->group, MQTT_CONN_PORT, 0, 0);
	buf_publish(&hit, "t", 10, 1);
	record_out(&out, &(struct packet_out) { .groups = &self->group, .nr_groups = 1 },
		   hit.p, hit.len);
	ASSERT_EQ((ssize_t)out.len, write(self->w.port, out.p, out.len));
	EXPECT_EQ(MEMBERS, world_stats(&self->w).deliver_packet_out);
	sock_expect(self->c[MEMBERS - 1], hit.p, hit.len);
	/* The port gets one copy, although the group is walked in turns. */
	sock_send(self->pub.c, hit.p, hit.len);
	world_fence(&self->w, &self->pub);
	EXPECT_EQ(MQTT_PORT_ALIGN(sizeof(struct mqtt_port_hdr) + hit.len),
		  read(self->w.port, room, sizeof(room)));
	EXPECT_EQ(0, sock_now(self->w.port) & POLLIN);
}

TEST_F(large, owner_goes_during_fan_out)
{
	struct mqtt_stats s;
	struct buf hit = {};
	struct mqtt_nl *nl;
	int i;

	ASSERT_EQ(0, mqtt_nl_open(&nl));
	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < 10; i++)
		sock_send(self->pub.c, hit.p, hit.len);
	world_close(&self->w);
	for (i = 0; i < MEMBERS; i++)
		close(self->s[i]);
	tcp_close(&self->pub);
	ASSERT_EQ(0, mqtt_nl_stats_get(nl, &s));
	EXPECT_EQ(0, s.conns);
	EXPECT_EQ(0, s.members);
	EXPECT_EQ(0, s.queued_bytes);
	world_register(&self->w);
	mqtt_nl_close(nl);
}

TEST_HARNESS_MAIN
