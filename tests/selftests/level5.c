// SPDX-License-Identifier: GPL-2.0
/* MQTT 5.0: properties, members of both levels, Subscription Identifiers. */
#include <fcntl.h>

#include "lib_test.h"
#include "parse.h"

/* All that is forwarded unchanged and needs no look at the payload. */
static const uint8_t props[] = {
	0x01, 0,			/* payload format */
	0x03, 0, 1, 't',		/* content type */
	0x08, 0, 3, 'r', '/', 't',	/* response topic */
	0x09, 0, 2, 0, 0xff,		/* correlation data */
	0x26, 0, 1, 'k', 0, 1, 'v',	/* user properties */
	0x26, 0, 1, 'k', 0, 0,
};

FIXTURE(level5) {
	struct world w;
	uint32_t pub_id;
	struct tcp pub;
};

static struct mqtt_member member_ids(uint32_t group, uint32_t conn, uint32_t flags,
				     const uint32_t *ids, uint32_t nr)
{
	return (struct mqtt_member) {
		.present = MQTT_BIT(MQTT_A_MEMBER_CONN) | MQTT_BIT(MQTT_A_MEMBER_FLAGS) |
			   MQTT_BIT(MQTT_A_MEMBER_SUBSCRIPTION_IDS) |
			   (group ? MQTT_BIT(MQTT_A_MEMBER_GROUP) : 0),
		.group = group,
		.conn = conn,
		.flags = flags,
		.subscription_ids = { ids, nr * sizeof(*ids) },
	};
}

static void add_member(struct world *w, uint32_t group, uint32_t conn, uint32_t flags,
		       uint32_t sub_id, unsigned int how)
{
	struct mqtt_member m = member_ids(group, conn, flags, &sub_id, 1);

	check(w->nl, mqtt_nl_member_add(w->nl, &m, how), "member add");
}

FIXTURE_SETUP(level5)
{
	world_open(&self->w);
	self->pub_id = world_client5(&self->w, &self->pub, 0);
}

FIXTURE_TEARDOWN(level5)
{
	world_close(&self->w);
}

TEST_F(level5, both_levels_get_it)
{
	struct buf in = {}, out4 = {}, out5 = {};
	struct tcp sub4, sub5, pub4;
	struct mqtt_stats stats;
	uint32_t group;
	int i;

	world_client(&self->w, &pub4);
	group = world_subscribe(&self->w, "a/b", world_client(&self->w, &sub4));
	world_member(&self->w, group, world_client5(&self->w, &sub5, 0), 0, 0);
	for (i = 0; i < 300; i++) {
		size_t n = i % 3 ? sizeof(props) : 0;

		buf_publish5(&in, "a/b", props, n, i, i);
		buf_publish(&out4, "a/b", i, i);
	}
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	world_expect(&sub4, out4.p, out4.len);
	world_expect(&sub5, in.p, in.len);

	/* Header and properties cut anywhere. */
	sock_send_pieces(self->pub.c, in.p, in.len, 5);
	world_ack(&self->w, self->pub_id, 1);
	world_fence(&self->w, &self->pub);
	world_expect(&sub4, out4.p, out4.len);
	world_expect(&sub5, in.p, in.len);

	/* And the other way round. */
	for (i = 0; i < 300; i++)
		buf_publish5(&out5, "a/b", NULL, 0, i, i);
	sock_send(pub4.c, out4.p, out4.len);
	world_fence(&self->w, &pub4);
	world_expect(&sub4, out4.p, out4.len);
	world_expect(&sub5, out5.p, out5.len);

	stats = world_stats(&self->w);
	EXPECT_EQ(900, stats.publish_fast);
	EXPECT_EQ(1800, stats.deliver_fast);
	EXPECT_EQ(0, stats.divert_miss + stats.divert_properties + stats.divert_alias);
	EXPECT_EQ(0, stats.queued_bytes);
}

TEST_F(level5, every_cut)
{
	struct buf in = {}, out4 = {};
	struct tcp sub4, sub5;
	uint32_t group;
	size_t cut;

	group = world_subscribe(&self->w, "t", world_client(&self->w, &sub4));
	world_member(&self->w, group, world_client5(&self->w, &sub5, 0), 0, 0);
	buf_publish5(&in, "t", props, sizeof(props), 10, 1);
	buf_publish(&out4, "t", 10, 1);
	for (cut = 1; cut < in.len; cut++) {
		sock_send(self->pub.c, in.p, cut);
		EXPECT_EQ(EAGAIN, sock_recv_errno(self->pub.s));
		sock_send(self->pub.c, in.p + cut, in.len - cut);
		sock_expect(sub4.c, out4.p, out4.len);
		sock_expect(sub5.c, in.p, in.len);
	}
	EXPECT_EQ(in.len - 1, world_stats(&self->w).publish_fast);
}

TEST_F(level5, large)
{
	static const uint32_t sizes[] = { 2000, 5000, 20000, 60000 };
	struct buf in = {}, out4 = {}, with_id = {};
	struct tcp sub4, sub5, sub_id;
	uint32_t group;
	unsigned int i;

	group = world_subscribe(&self->w, "t", world_client(&self->w, &sub4));
	world_member(&self->w, group, world_client5(&self->w, &sub5, 0), 0, 0);
	add_member(&self->w, group, world_client5(&self->w, &sub_id, 0), 0, 200000000, 0);
	for (i = 0; i < 4; i++) {
		in.len = 0;
		out4.len = 0;
		with_id.len = 0;
		buf_publish5(&in, "t", "\x26\0\1k\0\1v", 7, sizes[i], i);
		buf_publish5(&with_id, "t", "\x26\0\1k\0\1v\x0b\x80\x84\xaf\x5f", 12, sizes[i], i);
		buf_publish(&out4, "t", sizes[i], i);
		sock_send(self->pub.c, in.p, in.len);
		sock_expect(sub4.c, out4.p, out4.len);
		sock_expect(sub5.c, in.p, in.len);
		sock_expect(sub_id.c, with_id.p, with_id.len);
	}
	EXPECT_EQ(12, world_stats(&self->w).deliver_fast);
}

TEST_F(level5, subscription_identifiers)
{
	struct buf in = {}, out = {};
	uint32_t group, id[40];
	struct tcp t[40];
	int i, round;

	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	for (i = 0; i < 40; i++) {
		/* More kinds than forms are kept of one publish. */
		id[i] = i == 39 ? world_client(&self->w, &t[i]) : world_client5(&self->w, &t[i], 0);
		add_member(&self->w, group, id[i], 0, i < 35 ? i / 2 + 1 : 127, 0);
	}
	for (round = 0; round < 2; round++) {
		in.len = 0;
		for (i = 0; i < 20; i++)
			buf_publish5(&in, "t", props, sizeof(props), 30, i);
		sock_send(self->pub.c, in.p, in.len);
		world_fence(&self->w, &self->pub);
		world_ack(&self->w, self->pub_id, round + 1);
		for (i = 0; i < 40; i++) {
			uint8_t with_id[sizeof(props) + 2];
			int j;

			memcpy(with_id, props, sizeof(props));
			with_id[sizeof(props)] = 0x0b;
			with_id[sizeof(props) + 1] = i < 35 ? i / 2 + 1 : 127;
			out.len = 0;
			for (j = 0; j < 20; j++)
				if (i == 39)
					buf_publish(&out, "t", 30, j);
				else
					buf_publish5(&out, "t", with_id,
						     round && !i ? sizeof(props) : sizeof(with_id),
						     30, j);
			world_expect(&t[i], out.p, out.len);
		}
		/* An update without the attribute takes them away. */
		check(self->w.nl, mqtt_nl_member_add(self->w.nl, &(struct mqtt_member) {
			.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
			.group = group, .conn = id[0] }, MQTT_NL_REPLACE), "member update");
	}
	EXPECT_EQ(0, world_stats(&self->w).drop_nomem);
}

static int show_member(const void *obj, void *arg)
{
	const struct mqtt_member *m = obj;
	struct mqtt_member *want = arg;

	if (m->conn != want->conn)
		return 0;
	if (m->subscription_ids.len != want->subscription_ids.len ||
	    memcmp(m->subscription_ids.data, want->subscription_ids.data, m->subscription_ids.len))
		die("identifiers of conn %u are not shown as they were given", m->conn);
	if (m->flags != want->flags)
		die("flags of conn %u are %x", m->conn, m->flags);
	want->present = 0;
	return 0;
}

TEST_F(level5, identifiers_are_checked_and_shown)
{
	static const uint32_t good[] = { 1, 127, 128, 268435455 };
	uint32_t bad[MQTT_MEMBER_IDS_MAX + 1] = { 1, 0 };
	struct mqtt_member m;
	struct tcp sub;
	uint32_t group, id;

	group = world_group(&self->w, "t");
	id = world_client5(&self->w, &sub, 0);
	m = member_ids(group, id, 0, bad, 2);
	EXPECT_EQ(-ERANGE, mqtt_nl_member_add(self->w.nl, &m, 0));
	bad[1] = 268435456;
	EXPECT_EQ(-ERANGE, mqtt_nl_member_add(self->w.nl, &m, 0));
	m.subscription_ids.len = 7;
	EXPECT_EQ(-EINVAL, mqtt_nl_member_add(self->w.nl, &m, 0));
	m.subscription_ids.len = sizeof(bad);
	EXPECT_EQ(-ERANGE, mqtt_nl_member_add(self->w.nl, &m, 0));
	m = member_ids(group, MQTT_CONN_PORT, 0, good, 4);
	EXPECT_EQ(-EINVAL, mqtt_nl_member_add(self->w.nl, &m, 0));
	m = member_ids(group, id, MQTT_MEMBER_F_NO_LOCAL, good, 4);
	ASSERT_EQ(0, mqtt_nl_member_add(self->w.nl, &m, 0));
	ASSERT_EQ(0, mqtt_nl_member_dump(self->w.nl, group, show_member, &m));
	EXPECT_EQ(0, m.present);
	EXPECT_EQ(1, world_stats(&self->w).members);
}

TEST_F(level5, merged_and_no_local)
{
	static const uint32_t ids[] = { 3, 300 };
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC) | MQTT_BIT(MQTT_A_FLOW_GROUPS) |
			   MQTT_BIT(MQTT_A_FLOW_MERGED),
		.topic = { "a/b", 3 },
	};
	struct mqtt_member merged;
	struct buf in = {}, out = {};
	struct tcp sub, other;
	uint32_t group[2], id, other_id;
	struct mqtt_flow got;

	group[0] = world_group(&self->w, "a/b");
	group[1] = world_group(&self->w, "a/+");
	id = world_client5(&self->w, &sub, 0);
	other_id = world_client5(&self->w, &other, 0);
	add_member(&self->w, group[0], id, MQTT_MEMBER_F_OVERLAP, 3, 0);
	add_member(&self->w, group[1], id, MQTT_MEMBER_F_OVERLAP, 300, 0);
	add_member(&self->w, group[1], other_id, MQTT_MEMBER_F_NO_LOCAL, 5, 0);
	add_member(&self->w, group[1], self->pub_id, MQTT_MEMBER_F_NO_LOCAL, 5, 0);
	merged = member_ids(0, id, 0, ids, 2);
	flow.groups.data = group;
	flow.groups.len = sizeof(group);
	flow.merged.v = &merged;
	flow.merged.nr = 1;
	check(self->w.nl, world_try_flow(&self->w, &flow, 0), "flow add");
	ASSERT_EQ(0, mqtt_nl_flow_get(self->w.nl, 0, flow.topic, &got));
	ASSERT_EQ(1, got.merged.nr);
	ASSERT_EQ(sizeof(ids), got.merged.v[0].subscription_ids.len);
	EXPECT_EQ(0, memcmp(ids, got.merged.v[0].subscription_ids.data, sizeof(ids)));

	buf_publish5(&in, "a/b", NULL, 0, 10, 1);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	buf_publish5(&out, "a/b", "\x0b\x03\x0b\xac\x02", 5, 10, 1);
	world_expect(&sub, out.p, out.len);
	out.len = 0;
	buf_publish5(&out, "a/b", "\x0b\x05", 2, 10, 1);
	world_expect(&other, out.p, out.len);
	/* The publisher itself has nothing. */
	world_expect(&self->pub, NULL, 0);
}

TEST_F(level5, longest_packet_counts_as_sent)
{
	struct buf in = {}, out = {}, with_id = {};
	struct tcp fits, fits_not;
	uint32_t group;

	buf_publish5(&in, "t", NULL, 0, 50, 1);
	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	add_member(&self->w, group, world_client5(&self->w, &fits, in.len + 2), 0, 9, 0);
	add_member(&self->w, group, world_client5(&self->w, &fits_not, in.len + 1), 0, 9, 0);
	buf_publish5(&in, "t", NULL, 0, 40, 1);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	buf_publish5(&with_id, "t", "\x0b\x09", 2, 50, 1);
	buf_publish5(&with_id, "t", "\x0b\x09", 2, 40, 1);
	world_expect(&fits, with_id.p, with_id.len);
	buf_publish5(&out, "t", "\x0b\x09", 2, 40, 1);
	world_expect(&fits_not, out.p, out.len);
	EXPECT_EQ(1, world_stats(&self->w).drop_oversize);
}

/* Sends what is for the daemon, and expects it to get it. */
static void diverted(struct world *w, struct tcp *pub, uint32_t id, const void *p, size_t len)
{
	sock_send(pub->c, p, len);
	sock_expect(pub->s, p, len);
	world_ack(w, id, UINT64_MAX);
}

TEST_F(level5, diverts)
{
	static const struct {
		const char *p;
		size_t n;
	} bad[] = {
		{ "\x0b\1", 2 }, { "\x01\2", 2 }, { "\x01\0\x01\0", 4 }, { "\x03\0\1\xff", 4 },
		{ "\x08\0\1#", 4 }, { "\x26\0\0\0\1", 5 }, { "\x23\0\0", 3 }, { "\x7f", 1 },
	};
	static uint8_t many[5000];
	struct buf b = {}, out4 = {};
	struct mqtt_stats stats;
	struct tcp sub;
	unsigned int i;

	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	for (i = 0; i < 8; i++) {
		b.len = 0;
		buf_publish5(&b, "t", bad[i].p, bad[i].n, 5, 1);
		diverted(&self->w, &self->pub, self->pub_id, b.p, b.len);
	}
	stats = world_stats(&self->w);
	EXPECT_EQ(8, stats.divert_other);

	/* Properties over the bound, a payload that is not UTF-8. */
	memcpy(many, "\x09\x13\x85", 3);
	b.len = 0;
	buf_publish5(&b, "t", many, sizeof(many), 5, 1);
	diverted(&self->w, &self->pub, self->pub_id, b.p, b.len);
	stats = world_stats(&self->w);
	EXPECT_EQ(1, stats.divert_properties);
	diverted(&self->w, &self->pub, self->pub_id, "\x30\x07\0\1t\2\1\1\xff", 9);
	stats = world_stats(&self->w);
	EXPECT_EQ(9, stats.divert_other);
	EXPECT_EQ(0, stats.publish_fast);
	EXPECT_EQ(0, stats.divert_miss);

	/* What is UTF-8 is fast, whole or in two pieces. */
	sock_send(self->pub.c, "\x30\x08\0\1t\2\1\1\xc3\xa4", 10);
	sock_expect(sub.c, "\x30\x05\0\1t\xc3\xa4", 7);
	sock_send(self->pub.c, "\x30\x08\0\1t\2\1\1\xc3", 9);
	EXPECT_EQ(EAGAIN, sock_recv_errno(self->pub.s));
	sock_send(self->pub.c, "\xa4", 1);
	sock_expect(sub.c, "\x30\x05\0\1t\xc3\xa4", 7);
	EXPECT_EQ(2, world_stats(&self->w).publish_fast);

	/* Too long to be gathered, and it never comes at once: it waits for the rest. */
	b.len = 0;
	buf_publish5(&b, "t", "\1\1", 2, 30000, 1);
	sock_send(self->pub.c, b.p, 100);
	sock_expect(self->pub.s, b.p, 100);
	sock_send(self->pub.c, b.p + 100, b.len - 100);
	sock_expect(self->pub.s, b.p + 100, b.len - 100);
	world_ack(&self->w, self->pub_id, UINT64_MAX);
	EXPECT_EQ(1, world_stats(&self->w).divert_payload);

	/* The conn goes on. */
	b.len = 0;
	buf_publish5(&b, "t", props, sizeof(props), 5, 1);
	buf_publish(&out4, "t", 5, 1);
	sock_send(self->pub.c, b.p, b.len);
	sock_expect(sub.c, out4.p, out4.len);
}

TEST_F(level5, end_in_the_properties)
{
	struct buf b = {};

	buf_publish5(&b, "t", props, sizeof(props), 5, 1);
	sock_send(self->pub.c, b.p, 20);
	shutdown(self->pub.c, SHUT_WR);
	/* The daemon sees what there was. */
	sock_expect(self->pub.s, b.p, 20);
	sock_expect_eof(self->pub.s);
}

TEST_F(level5, port)
{
	struct buf in4 = {}, in5 = {}, with_id = {}, none = {}, rec = {};
	char room[4096];
	struct mqtt_port_hdr *hdr = (struct mqtt_port_hdr *)room;
	uint32_t group, id4, id5;
	struct tcp sub4, sub5;

	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	id4 = world_client(&self->w, &sub4);
	id5 = world_client5(&self->w, &sub5, 0);
	world_member(&self->w, group, id4, 0, 0);
	world_member(&self->w, group, MQTT_CONN_PORT, 0, 0);
	add_member(&self->w, group, id5, 0, 7, 0);

	/* Up: at the level of the publisher. */
	buf_publish5(&in5, "t", props, sizeof(props), 20, 1);
	buf_publish(&in4, "t", 20, 1);
	sock_send(self->pub.c, in5.p, in5.len);
	sock_wait(self->w.port, POLLIN);
	ASSERT_EQ((ssize_t)MQTT_PORT_ALIGN(sizeof(*hdr) + in5.len),
		  read(self->w.port, room, sizeof(room)));
	EXPECT_EQ(MQTT_PORT_F_LEVEL5, hdr->flags);
	EXPECT_EQ(0, memcmp(hdr + 1, in5.p, in5.len));
	{
		uint8_t p[sizeof(props) + 2];

		memcpy(p, props, sizeof(props));
		memcpy(p + sizeof(props), "\x0b\x07", 2);
		buf_publish5(&with_id, "t", p, sizeof(p), 20, 1);
	}
	sock_expect(sub4.c, in4.p, in4.len);
	sock_expect(sub5.c, with_id.p, with_id.len);

	/* Down: by flow, by group, by conn, at both levels. */
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5 }, in5.p, in5.len);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5, .groups = &group,
		   .nr_groups = 1 }, in5.p, in5.len);
	ASSERT_EQ((ssize_t)rec.len, write(self->w.port, rec.p, rec.len));
	sock_expect(sub4.c, in4.p, in4.len);
	sock_expect(sub4.c, in4.p, in4.len);
	sock_expect(sub5.c, with_id.p, with_id.len);
	sock_expect(sub5.c, with_id.p, with_id.len);
	rec.len = 0;
	record_out(&rec, &(struct packet_out) { .conns = &id5, .nr_conns = 1 }, in4.p, in4.len);
	record_out(&rec, &(struct packet_out) { .conns = &id4, .nr_conns = 1,
		   .flags = MQTT_PORT_F_LEVEL5 }, in5.p, in5.len);
	ASSERT_EQ((ssize_t)rec.len, write(self->w.port, rec.p, rec.len));
	buf_publish5(&none, "t", NULL, 0, 20, 1);
	sock_expect(sub5.c, none.p, none.len);
	sock_expect(sub4.c, in4.p, in4.len);

	/* Only what the fast path would have forwarded. */
	rec.len = 0;
	none.len = 0;
	buf_publish5(&none, "t", "\x23\0\1", 3, 5, 1);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5 }, none.p, none.len);
	EXPECT_EQ(-1, write(self->w.port, rec.p, rec.len));
	EXPECT_EQ(EINVAL, errno);
	rec.len = 0;
	none.len = 0;
	buf_publish5(&none, "t", "\x0b\1", 2, 5, 1);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5 }, none.p, none.len);
	EXPECT_EQ(-1, write(self->w.port, rec.p, rec.len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, world_stats(&self->w).queued_bytes);
}

TEST_HARNESS_MAIN
