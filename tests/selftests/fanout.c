// SPDX-License-Identifier: GPL-2.0
/* Which packets are forwarded, to whom, and what is counted. */
#include "lib_test.h"
#include "parse.h"

FIXTURE(fanout) {
	struct world w;
};

FIXTURE_SETUP(fanout)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(fanout)
{
	world_close(&self->w);
}

TEST_F(fanout, delivers_to_all_members)
{
	struct mqtt_stats before, after;
	struct tcp pub, sub[5];
	struct buf b = {};
	uint32_t id, group;
	const int nr = 7;
	int i;

	id = world_client(&self->w, &pub);
	group = world_group(&self->w, "a/+");
	for (i = 0; i < 5; i++)
		world_member(&self->w, group, world_client(&self->w, &sub[i]), i % 3, 0);
	world_flow(&self->w, "a/b", group);
	before = world_stats(&self->w);
	EXPECT_EQ(6, before.conns);
	EXPECT_EQ(1, before.flows);
	EXPECT_EQ(1, before.groups);
	EXPECT_EQ(5, before.members);

	for (i = 0; i < nr; i++)
		buf_publish(&b, "a/b", 20 * i, i);
	sock_send(pub.c, b.p, b.len);
	world_fence(&self->w, &pub);
	for (i = 0; i < 5; i++)
		world_expect(&sub[i], b.p, b.len);

	after = world_stats(&self->w);
	EXPECT_EQ(nr, after.publish_fast - before.publish_fast);
	EXPECT_EQ(b.len, after.publish_fast_bytes - before.publish_fast_bytes);
	EXPECT_EQ(5 * nr, after.deliver_fast - before.deliver_fast);
	EXPECT_EQ(5 * b.len, after.deliver_fast_bytes - before.deliver_fast_bytes);
	EXPECT_EQ(0, after.queued_bytes);
	EXPECT_EQ(0, after.divert_miss);
	EXPECT_EQ(1, after.divert_other - before.divert_other);
	EXPECT_EQ(nr, world_conn(&self->w, id).publish_fast);
	EXPECT_EQ(nr, world_conn(&self->w, id + 1).deliver_fast);
	EXPECT_EQ(0, sysfs_stat("conns") < 6);
	buf_free(&b);
}

TEST_F(fanout, diverts_what_is_not_fast)
{
	struct mqtt_stats before, after;
	static char long_topic[300];
	struct buf miss = {}, retain = {}, qos = {}, dup = {}, padded = {}, big = {}, topic = {};
	struct buf all = {}, other = {};
	struct tcp pub, sub;
	uint32_t id, sub_id;

	memset(long_topic, 'x', sizeof(long_topic) - 1);
	id = world_client(&self->w, &pub);
	sub_id = world_client(&self->w, &sub);
	world_subscribe(&self->w, "t", sub_id);
	world_limit(&self->w, MQTT_A_LIMITS_FAST_MAX, 2000);
	before = world_stats(&self->w);

	buf_publish(&miss, "other", 10, 1);
	buf_publish_raw(&retain, MQTT_PUBLISH << 4 | MQTT_PUBLISH_RETAIN, "t", 1, NULL, 10, 2);
	buf_publish_raw(&qos, MQTT_PUBLISH << 4 | 2, "t", 1, NULL, 10, 3);
	buf_publish_raw(&qos, MQTT_PUBLISH << 4 | 4, "t", 1, NULL, 10, 3);
	buf_publish_raw(&qos, MQTT_PUBLISH << 4 | 3, "t", 1, NULL, 10, 3);
	buf_publish_raw(&dup, MQTT_PUBLISH << 4 | MQTT_PUBLISH_DUP, "t", 1, NULL, 10, 4);
	/* Remaining length 8 in two bytes. */
	buf_add(&padded, "\x30\x88\x00\x00\x01tpaylo", 11);
	buf_publish(&big, "t", 2000, 5);
	buf_publish(&topic, long_topic, 10, 6);
	buf_pingreq(&other);
	other.p[0] |= 1;
	buf_subscribe(&other, 1, "x");

	buf_add(&all, miss.p, miss.len);
	buf_add(&all, retain.p, retain.len);
	buf_add(&all, qos.p, qos.len);
	buf_add(&all, dup.p, dup.len);
	buf_add(&all, padded.p, padded.len);
	buf_add(&all, big.p, big.len);
	buf_add(&all, topic.p, topic.len);
	buf_add(&all, other.p, other.len);
	sock_send(pub.c, all.p, all.len);
	sock_expect(pub.s, all.p, all.len);
	EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
	world_expect(&sub, NULL, 0);

	after = world_stats(&self->w);
	EXPECT_EQ(1, after.divert_miss - before.divert_miss);
	EXPECT_EQ(1, after.divert_retain - before.divert_retain);
	EXPECT_EQ(3, after.divert_qos - before.divert_qos);
	EXPECT_EQ(6, after.divert_other - before.divert_other);
	EXPECT_EQ(0, after.publish_fast);
	EXPECT_EQ(11, world_conn(&self->w, id).diverted);
	EXPECT_EQ(11, world_conn(&self->w, id).gate);
	EXPECT_EQ(0, world_conn(&self->w, id).slow_bytes);

	/* The longest fast packet and the longest fast topic. */
	world_ack(&self->w, id, 11);
	world_limit(&self->w, MQTT_A_LIMITS_FAST_MAX, 3 + 2 + 1 + 1999);
	world_limit(&self->w, MQTT_A_LIMITS_TOPIC_MAX, 299);
	world_subscribe(&self->w, long_topic, sub_id);
	buf_free(&all);
	buf_publish(&all, "t", 1999, 7);
	buf_publish(&all, long_topic, 10, 8);
	sock_send(pub.c, all.p, all.len);
	world_fence(&self->w, &pub);
	world_expect(&sub, all.p, all.len);
	EXPECT_EQ(2, world_stats(&self->w).publish_fast);
}

TEST_F(fanout, malformed_goes_to_the_daemon_for_good)
{
	struct tcp pub, sub;
	struct buf b = {};
	uint32_t id;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&b, "t", 5, 1);
	sock_send(pub.c, b.p, b.len);
	sock_expect(sub.c, b.p, b.len);
	buf_add(&b, "\x30\xff\xff\xff\xff\x01", 6);
	buf_publish(&b, "t", 5, 2);
	sock_send(pub.c, b.p + 10, b.len - 10);
	sock_expect(pub.s, b.p + 10, b.len - 10);
	EXPECT_EQ(UINT64_MAX, world_conn(&self->w, id).slow_bytes);
	EXPECT_EQ(MQTT_CONN_STATE_DIVERT, world_conn(&self->w, id).state);
	/* Whatever is acknowledged. */
	world_ack(&self->w, id, 1000);
	b.len = 0;
	buf_publish(&b, "t", 5, 3);
	sock_send(pub.c, b.p, b.len);
	sock_expect(pub.s, b.p, b.len);
	EXPECT_EQ(1, world_stats(&self->w).publish_fast);
}

TEST_F(fanout, malformed_cut_anywhere)
{
	static const uint8_t bad[] = { 0x30, 0xff, 0xff, 0xff, 0xff, 0x01, 1, 2, 3 };
	struct tcp pub;
	size_t cut;

	for (cut = 1; cut < sizeof(bad); cut++) {
		world_client(&self->w, &pub);
		sock_send(pub.c, bad, cut);
		if (cut < 5)
			EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
		sock_send(pub.c, bad + cut, sizeof(bad) - cut);
		sock_expect(pub.s, bad, sizeof(bad));
		shutdown(pub.c, SHUT_WR);
		sock_expect_eof(pub.s);
		tcp_close(&pub);
	}
}

TEST_F(fanout, empty_topic_and_short_packets)
{
	static const uint8_t odd[] = {
		0x30, 0,			/* no topic length */
		0x30, 1, 0,
		0x30, 2, 0, 0,			/* empty topic */
		0x30, 3, 0, 0, 'p',
		0x30, 3, 0, 5, 'p',		/* topic longer than the packet */
		0x00, 0, 0xf0, 0, 0x10, 0,
	};
	struct tcp pub;

	world_client(&self->w, &pub);
	sock_send(pub.c, odd, sizeof(odd));
	sock_expect(pub.s, odd, sizeof(odd));
	world_fence(&self->w, &pub);
	EXPECT_EQ(0, world_stats(&self->w).divert_miss);
}

TEST_F(fanout, no_publish_flag)
{
	struct mqtt_conn set = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_FLAGS),
		.flags = MQTT_CONN_F_NO_PUBLISH,
	};
	struct tcp pub, sub;
	struct buf b = {};

	set.id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	ASSERT_EQ(0, mqtt_nl_conn_set(self->w.nl, &set));
	buf_publish(&b, "t", 10, 1);
	sock_send(pub.c, b.p, b.len);
	sock_expect(pub.s, b.p, b.len);
	world_ack(&self->w, set.id, 1);
	set.flags = 0;
	ASSERT_EQ(0, mqtt_nl_conn_set(self->w.nl, &set));
	sock_send(pub.c, b.p, b.len);
	sock_expect(sub.c, b.p, b.len);
}

TEST_F(fanout, acl_classes_are_apart)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_ACL_CLASS), .acl_class = 5 };
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC) | MQTT_BIT(MQTT_A_FLOW_ACL_CLASS) |
			   MQTT_BIT(MQTT_A_FLOW_FLAGS),
		.topic = { "t", 1 },
		.acl_class = 5,
		.flags = MQTT_FLOW_F_DENY,
	};
	struct tcp pub, denied, sub;
	struct buf b = {};

	world_client(&self->w, &pub);
	tcp_open(&denied, NULL);
	world_attach_with(&self->w, denied.s, &conn);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&b, "t", 10, 1);
	/* Class 5 has no flow yet. */
	sock_send(denied.c, b.p, b.len);
	sock_expect(denied.s, b.p, b.len);
	world_ack(&self->w, 2, 1);
	ASSERT_EQ(0, world_try_flow(&self->w, &flow, 0));
	sock_send(denied.c, b.p, b.len);
	sock_send(denied.c, b.p, b.len);
	world_fence(&self->w, &denied);
	EXPECT_EQ(2, world_stats(&self->w).drop_acl);
	EXPECT_EQ(2, world_stats(&self->w).publish_fast);
	EXPECT_EQ(0, world_stats(&self->w).drop_no_subscriber);
	EXPECT_EQ(0, world_stats(&self->w).deliver_fast);
	sock_send(pub.c, b.p, b.len);
	world_fence(&self->w, &pub);
	world_expect(&sub, b.p, b.len);
	EXPECT_EQ(3, world_stats(&self->w).publish_fast);
}

TEST_F(fanout, nobody_subscribed)
{
	struct buf b = {}, ping = {};
	struct tcp pub;
	size_t i;

	world_client(&self->w, &pub);
	world_greet(&pub);
	world_flow(&self->w, "void", 0);
	buf_publish(&b, "void", 100, 1);
	buf_publish(&b, "void", 1000, 2);
	buf_publish(&b, "void", 0, 3);
	sock_send(pub.c, b.p, b.len);
	/* And cut at every place. */
	for (i = 0; i < 130; i++) {
		sock_send(pub.c, b.p, i);
		sock_send(pub.c, b.p + i, b.len - i);
	}
	world_fence(&self->w, &pub);
	buf_pingreq(&ping);
	sock_send(pub.c, ping.p, ping.len);
	sock_expect(pub.c, "\xd0\x00", 2);
	EXPECT_EQ(131 * 3, world_stats(&self->w).drop_no_subscriber);
	EXPECT_EQ(131 * 3, world_stats(&self->w).publish_fast);
	EXPECT_EQ(131 * b.len, world_stats(&self->w).publish_fast_bytes);
}

TEST_F(fanout, oversize_for_the_client)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE),
		.max_packet_size = 50,
	};
	struct tcp pub, sub, small;
	struct buf b = {}, kept = {};
	uint32_t group, id;
	int i;

	world_client(&self->w, &pub);
	group = world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	tcp_open(&small, NULL);
	id = world_attach_with(&self->w, small.s, &conn);
	world_member(&self->w, group, id, 0, 0);
	/* 5 bytes are not payload: 45 is the longest that is taken. */
	for (i = 40; i < 52; i++) {
		buf_publish(&b, "t", i, i);
		if (i <= 45)
			buf_publish(&kept, "t", i, i);
	}
	sock_send(pub.c, b.p, b.len);
	world_fence(&self->w, &pub);
	world_expect(&sub, b.p, b.len);
	world_expect(&small, kept.p, kept.len);
	EXPECT_EQ(6, world_stats(&self->w).drop_oversize);
	EXPECT_EQ(6, world_conn(&self->w, id).drop_oversize);
	EXPECT_EQ(12 + 6, world_stats(&self->w).deliver_fast);
}

TEST_F(fanout, no_local_and_self)
{
	struct tcp a, b;
	struct buf p = {};
	uint32_t group;

	group = world_group(&self->w, "t");
	world_member(&self->w, group, world_client(&self->w, &a), 0, 0);
	world_member(&self->w, group, world_client(&self->w, &b), 0, MQTT_MEMBER_F_NO_LOCAL);
	world_flow(&self->w, "t", group);
	buf_publish(&p, "t", 10, 1);
	/* a hears itself, b does not. */
	sock_send(a.c, p.p, p.len);
	sock_expect(a.c, p.p, p.len);
	sock_expect(b.c, p.p, p.len);
	sock_send(b.c, p.p, p.len);
	sock_expect(a.c, p.p, p.len);
	world_fence(&self->w, &b);
	world_expect(&b, NULL, 0);
	EXPECT_EQ(3, world_stats(&self->w).deliver_fast);
}

TEST_F(fanout, ipv6_to_ipv4_and_back)
{
	const struct tcp_options o = { .family = AF_INET6 };
	struct tcp four, six;
	struct buf b = {};
	uint32_t group;

	tcp_open(&six, &o);
	group = world_subscribe(&self->w, "t", world_attach(&self->w, six.s));
	world_member(&self->w, group, world_client(&self->w, &four), 0, 0);
	buf_publish(&b, "t", 1000, 1);
	sock_send(four.c, b.p, b.len);
	sock_expect(four.c, b.p, b.len);
	sock_expect(six.c, b.p, b.len);
	sock_send(six.c, b.p, b.len);
	sock_expect(four.c, b.p, b.len);
	sock_expect(six.c, b.p, b.len);
}

TEST_F(fanout, many_topics_in_one_segment)
{
	struct mqtt_flow flow = { .present = MQTT_BIT(MQTT_A_FLOW_TOPIC) };
	struct tcp pub, sub[3];
	struct buf all = {}, want[3] = {};
	uint32_t group[3];
	char topic[16];
	int i, n;

	world_client(&self->w, &pub);
	for (i = 0; i < 3; i++) {
		snprintf(topic, sizeof(topic), "f%d/#", i);
		group[i] = world_group(&self->w, topic);
		world_member(&self->w, group[i], world_client(&self->w, &sub[i]), 0, 0);
	}
	flow.present |= MQTT_BIT(MQTT_A_FLOW_GROUPS);
	for (i = 0; i < 30; i++) {
		snprintf(topic, sizeof(topic), "t%d", i);
		flow.topic = (struct mqtt_blob) { topic, strlen(topic) };
		flow.groups = (struct mqtt_blob) { group + i % 3, sizeof(uint32_t) };
		ASSERT_EQ(0, world_try_flow(&self->w, &flow, 0));
	}
	for (n = 0; n < 2000; n++) {
		size_t start = all.len;

		i = random_below(30);
		snprintf(topic, sizeof(topic), "t%d", i);
		buf_publish(&all, topic, random_below(100), n);
		buf_add(&want[i % 3], all.p + start, all.len - start);
	}
	sock_send(pub.c, all.p, all.len);
	world_fence(&self->w, &pub);
	for (i = 0; i < 3; i++)
		world_expect(&sub[i], want[i].p, want[i].len);
	EXPECT_EQ(2000, world_stats(&self->w).publish_fast);
	EXPECT_EQ(2000, world_stats(&self->w).deliver_fast);
}

TEST_HARNESS_MAIN
