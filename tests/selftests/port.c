// SPDX-License-Identifier: GPL-2.0
/* The port: packets down, acknowledgements, copies up. */
#include <fcntl.h>
#include <liburing.h>

#include "lib_test.h"
#include "parse.h"

FIXTURE(port) {
	struct world w;
};

FIXTURE_SETUP(port)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(port)
{
	world_close(&self->w);
}

static void write_all(int fd, const struct buf *b)
{
	ssize_t n = write(fd, b->p, b->len);

	if (n != (ssize_t)b->len)
		die("write of %zu to the port: %zd, %m", b->len, n);
}

TEST_F(port, packet_out_variants)
{
	struct mqtt_member merged = {
		.present = MQTT_BIT(MQTT_A_MEMBER_CONN) | MQTT_BIT(MQTT_A_MEMBER_QOS),
		.qos = 1,
	};
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC) | MQTT_BIT(MQTT_A_FLOW_GROUPS) |
			   MQTT_BIT(MQTT_A_FLOW_MERGED),
		.topic = { "t", 1 },
	};
	uint32_t id[4], group[2], dup[3];
	struct mqtt_stats stats;
	struct buf p = {}, b = {};
	struct tcp t[4];
	int i;

	for (i = 0; i < 4; i++)
		id[i] = world_client(&self->w, &t[i]);
	group[0] = world_group(&self->w, "a");
	group[1] = world_group(&self->w, "b");
	world_member(&self->w, group[0], id[0], 0, 0);
	world_member(&self->w, group[0], id[1], 1, MQTT_MEMBER_F_NO_LOCAL);
	world_member(&self->w, group[1], id[2], 0, MQTT_MEMBER_F_OVERLAP);
	world_member(&self->w, group[1], MQTT_CONN_PORT, 0, 0);
	buf_publish(&p, "t", 50, 1);

	/* 0 and 1. */
	record_out(&b, &(struct packet_out) { .groups = group, .nr_groups = 1 }, p.p, p.len);
	/* 0, for 1 has QoS 1. */
	record_out(&b, &(struct packet_out) { .groups = group, .nr_groups = 1,
		   .flags = MQTT_PORT_F_QOS0 }, p.p, p.len);
	/* 0, for 1 is the publisher. */
	record_out(&b, &(struct packet_out) { .groups = group, .nr_groups = 1, .conn = id[1] },
		   p.p, p.len);
	/* 0, 1 and 2; 3 alone; a conn twice is one copy. */
	record_out(&b, &(struct packet_out) { .groups = group, .nr_groups = 2 }, p.p, p.len);
	record_out(&b, &(struct packet_out) { .conns = id + 3, .nr_conns = 1 }, p.p, p.len);
	dup[0] = id[3];
	dup[1] = 999;
	dup[2] = id[3];
	record_out(&b, &(struct packet_out) { .conns = dup, .nr_conns = 3 }, p.p, p.len);
	/* 2 once: its member overlaps. */
	record_out(&b, &(struct packet_out) { .groups = group + 1, .nr_groups = 1,
		   .conns = id + 2, .nr_conns = 1 }, p.p, p.len);
	/* Groups that are not there. */
	dup[0] = 55;
	record_out(&b, &(struct packet_out) { .groups = dup, .nr_groups = 1 }, p.p, p.len);
	/* No flow yet: dropped. */
	record_out(&b, &(struct packet_out) { 0 }, p.p, p.len);
	write_all(self->w.port, &b);
	stats = world_stats(&self->w);
	EXPECT_EQ(9, stats.packet_out);
	EXPECT_EQ(2 + 1 + 1 + 3 + 1 + 1 + 1, stats.deliver_packet_out);
	EXPECT_EQ(1, stats.drop_no_subscriber);
	EXPECT_EQ(0, stats.publish_fast);
	b.len = 0;
	for (i = 0; i < 4; i++)
		buf_add(&b, p.p, p.len);
	world_expect(&t[0], b.p, 4 * p.len);
	world_expect(&t[1], b.p, 2 * p.len);
	world_expect(&t[2], b.p, 2 * p.len);
	world_expect(&t[3], b.p, 2 * p.len);
	EXPECT_EQ(4, world_conn(&self->w, id[0]).deliver_packet_out);
	EXPECT_EQ(0, world_conn(&self->w, id[0]).deliver_fast);

	/* By the flow, merged members and all. */
	merged.conn = id[2];
	flow.groups = (struct mqtt_blob) { group, sizeof(group) };
	flow.merged = (struct mqtt_members) { &merged, 1 };
	ASSERT_EQ(0, world_try_flow(&self->w, &flow, 0));
	b.len = 0;
	record_out(&b, &(struct packet_out) { 0 }, p.p, p.len);
	record_out(&b, &(struct packet_out) { .flags = MQTT_PORT_F_QOS0, .conn = id[0] },
		   p.p, p.len);
	write_all(self->w.port, &b);
	world_expect(&t[2], p.p, p.len);
	world_expect(&t[1], p.p, p.len);
	b.len = 0;
	buf_add(&b, p.p, p.len);
	buf_add(&b, p.p, p.len);
	world_expect(&t[0], b.p, b.len);
	world_expect(&t[3], NULL, 0);
}

/* RETAIN and identifiers as the owner wants, at the level of each conn. */
TEST_F(port, packet_out_by_name)
{
	static const uint32_t two[] = { 5, 300 };
	struct mqtt_conn level5 = {
		.present = MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL),
		.protocol_level = 5,
	};
	struct mqtt_conn small = {
		.present = MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE),
		.max_packet_size = 10,
	};
	struct buf b = {}, with = {}, old = {}, props = {};
	struct packet_out out = {
		.nr_conns = 3,
		.sub_ids = two,
		.nr_sub_ids = 2,
	};
	struct mqtt_stats stats;
	struct tcp t[3];
	uint32_t id[3];
	int i;

	id[0] = world_client(&self->w, &t[0]);
	tcp_open(&t[1], NULL);
	id[1] = world_attach_with(&self->w, t[1].s, &level5);
	tcp_open(&t[2], NULL);
	id[2] = world_attach_with(&self->w, t[2].s, &small);
	out.conns = id;
	for (i = 0; i < 3; i++)
		buf_publish(&old, "t", 20, 1);
	old.p[0] |= MQTT_PUBLISH_RETAIN;
	old.p[old.len / 3] |= MQTT_PUBLISH_RETAIN;
	buf_publish5(&props, "t", "\x26\0\1k\0\1v", 7, 20, 1);
	buf_publish5(&with, "t", "\x26\0\1k\0\1v\x0b\x05\x0b\xac\x02", 12, 20, 1);
	props.p[0] |= MQTT_PUBLISH_RETAIN;
	with.p[0] |= MQTT_PUBLISH_RETAIN;
	out.flags = MQTT_PORT_F_LEVEL5;
	record_out(&b, &out, props.p, props.len);
	/* The same without identifiers, and without RETAIN. */
	out.nr_sub_ids = 0;
	record_out(&b, &out, props.p, props.len);
	props.p[0] &= ~MQTT_PUBLISH_RETAIN;
	record_out(&b, &out, props.p, props.len);
	write_all(self->w.port, &b);
	props.p[0] |= MQTT_PUBLISH_RETAIN;
	buf_add(&with, props.p, props.len);
	props.p[0] &= ~MQTT_PUBLISH_RETAIN;
	buf_add(&with, props.p, props.len);
	world_expect(&t[0], old.p, old.len);
	world_expect(&t[1], with.p, with.len);
	world_expect(&t[2], NULL, 0);
	stats = world_stats(&self->w);
	EXPECT_EQ(3, stats.packet_out);
	EXPECT_EQ(6, stats.deliver_packet_out);
	EXPECT_EQ(old.len + with.len, stats.deliver_packet_out_bytes);
	EXPECT_EQ(3, stats.drop_oversize);
	EXPECT_EQ(0, stats.queued_bytes);
	EXPECT_EQ(3, world_conn(&self->w, id[2]).drop_oversize);
}

static void refused(struct world *w, const struct packet_out *out, const struct buf *p)
{
	struct buf b = {};

	record_out(&b, out, p->p, p->len);
	if (write(w->port, b.p, b.len) != -1 || errno != EINVAL)
		die("a bad record was taken");
	buf_free(&b);
}

/* Several packets in a record: each member gets them in its form, in order. */
TEST_F(port, packet_out_run)
{
	struct buf p = {}, b = {}, want[4] = {}, expiring = {};
	struct packet_out out = { .nr_groups = 1 };
	static const uint32_t len[] = { 20, 100, 30 };
	struct mqtt_stats stats;
	uint32_t id[4], i;
	struct tcp t[4];

	id[0] = world_client(&self->w, &t[0]);
	id[1] = world_client5(&self->w, &t[1], 0);
	id[2] = world_client5(&self->w, &t[2], 60);
	id[3] = world_client(&self->w, &t[3]);
	uint32_t group = world_group(&self->w, "#");

	for (i = 0; i < 4; i++)
		world_member(&self->w, group, id[i], 0, MQTT_MEMBER_F_NO_LOCAL);
	for (i = 0; i < 3; i++) {
		char topic[] = { 't', '0' + i, 0 };

		buf_publish(&p, topic, len[i], i);
		buf_publish(&want[0], topic, len[i], i);
		buf_publish5(&want[1], topic, NULL, 0, len[i], i);
		if (i != 1)
			buf_publish5(&want[2], topic, NULL, 0, len[i], i);
	}
	out.groups = &group;
	out.conn = id[3];
	record_out(&b, &out, p.p, p.len);
	write_all(self->w.port, &b);
	for (i = 0; i < 4; i++)
		world_expect(&t[i], want[i].p, want[i].len);
	stats = world_stats(&self->w);
	EXPECT_EQ(3, stats.packet_out);
	EXPECT_EQ(3 + 3 + 2, stats.deliver_packet_out);
	EXPECT_EQ(1, stats.drop_oversize);
	EXPECT_EQ(0, stats.queued_bytes);

	/* By name, RETAIN is each packet's own. */
	b.len = 0;
	out = (struct packet_out) { .conns = id, .nr_conns = 1 };
	p.p[want[0].len - 36] |= MQTT_PUBLISH_RETAIN;
	record_out(&b, &out, p.p, p.len);
	write_all(self->w.port, &b);
	world_expect(&t[0], p.p, p.len);

	/* All of one record expire together; one that is bad spoils it. */
	out.flags = MQTT_PORT_F_LEVEL5;
	buf_publish5(&expiring, "t", "\x02\0\0\0\x05", 5, 20, 1);
	buf_publish5(&expiring, "u", "\x02\0\0\0\x05", 5, 20, 1);
	b.len = 0;
	record_out(&b, &out, expiring.p, expiring.len);
	write_all(self->w.port, &b);
	expiring.p[expiring.len / 2 + 10]++;
	refused(&self->w, &out, &expiring);
	buf_publish5(&want[3], "t", "\x02\0\0\0\x05", 5, 20, 1);
	buf_publish5(&want[3], "u", NULL, 0, 20, 1);
	refused(&self->w, &out, &want[3]);
	p.len--;
	out.flags = 0;
	refused(&self->w, &out, &p);
	want[0].len = 0;
	buf_publish(&want[0], "t", 20, 1);
	buf_publish(&want[0], "u", 20, 1);
	world_expect(&t[0], want[0].p, want[0].len);
	/* The flow is that of one topic. */
	refused(&self->w, &(struct packet_out) { 0 }, &want[0]);
	EXPECT_EQ(3 + 3 + 2, world_stats(&self->w).packet_out);
}

/* Of several packets in a record a shared group gets each once. */
TEST_F(port, packet_out_run_shared)
{
	struct packet_out out = { .nr_groups = 1 };
	struct buf p = {}, b = {}, want[2] = {};
	uint32_t group = ++self->w.groups, i;
	struct tcp t[2];

	check(self->w.nl, mqtt_nl_group_add(self->w.nl, group,
					    (struct mqtt_blob) { "$share/s/#", 10 },
					    MQTT_GROUP_F_SHARED), "group add");
	self->w.gen++;
	world_member(&self->w, group, world_client(&self->w, &t[0]), 0, 0);
	world_member(&self->w, group, world_client5(&self->w, &t[1], 0), 0, 0);
	for (i = 0; i < 5; i++) {
		buf_publish(&p, "t", 20 + i, i);
		if (i % 2)
			buf_publish5(&want[1], "t", NULL, 0, 20 + i, i);
		else
			buf_publish(&want[0], "t", 20 + i, i);
	}
	out.groups = &group;
	record_out(&b, &out, p.p, p.len);
	write_all(self->w.port, &b);
	for (i = 0; i < 2; i++)
		world_expect(&t[i], want[i].p, want[i].len);
	EXPECT_EQ(5, world_stats(&self->w).deliver_packet_out);
	/* None for what it has with QoS. */
	b.len = 0;
	out.flags = MQTT_PORT_F_QOS0;
	record_out(&b, &out, p.p, p.len);
	write_all(self->w.port, &b);
	world_expect(&t[0], NULL, 0);
}

/* A frame of the daemon's own making waits while it is inside another packet. */
TEST_F(port, packet_out_by_name_waits)
{
	struct buf out = {}, big = {}, want = {}, p = {};
	struct packet_out to = { .nr_conns = 1 };
	struct tcp t;
	uint32_t id;

	id = world_client(&self->w, &t);
	to.conns = &id;
	buf_publish_raw(&big, 0x32, "q", 1, NULL, 100, 1);
	buf_publish(&p, "t", 20, 2);
	p.p[0] |= MQTT_PUBLISH_RETAIN;
	record_out(&out, &to, p.p, p.len);
	sock_send(t.s, big.p, 50);
	write_all(self->w.port, &out);
	world_subscribe(&self->w, "t", id);
	sock_send(t.c, "\x30\3\0\1t", 5);
	world_fence(&self->w, &t);
	sock_send(t.s, big.p + 50, big.len - 50);
	buf_add(&want, big.p, big.len);
	buf_add(&want, p.p, p.len);
	buf_add(&want, "\x30\3\0\1t", 5);
	world_expect(&t, want.p, want.len);
}

TEST_F(port, packet_out_by_name_refused)
{
	uint32_t ids[MQTT_MEMBER_IDS_MAX + 1] = { 1 };
	struct packet_out out = { .sub_ids = ids };
	struct buf p = {}, b = {};
	uint32_t id, group, i;
	struct tcp t;

	id = world_client(&self->w, &t);
	group = world_group(&self->w, "t");
	world_member(&self->w, group, id, 0, 0);
	buf_publish(&p, "t", 20, 1);
	for (i = 0; i < MQTT_MEMBER_IDS_MAX + 1; i++)
		ids[i] = i + 1;
	/* Identifiers for members, or for nobody at all. */
	out.nr_sub_ids = 1;
	refused(&self->w, &out, &p);
	out.groups = &group;
	out.nr_groups = 1;
	refused(&self->w, &out, &p);
	out.conns = &id;
	out.nr_conns = 1;
	refused(&self->w, &out, &p);
	/* RETAIN for members, or by a flow. */
	p.p[0] |= MQTT_PUBLISH_RETAIN;
	out.nr_sub_ids = 0;
	refused(&self->w, &out, &p);
	refused(&self->w, &(struct packet_out) { 0 }, &p);
	/* Any other flag. */
	out.nr_groups = 0;
	for (i = 1; i < 8; i++) {
		p.p[0] = 0x31 | i << 1;
		refused(&self->w, &out, &p);
	}
	p.p[0] = 0x31;
	/* Too many identifiers, or what is none. */
	out.nr_sub_ids = MQTT_MEMBER_IDS_MAX + 1;
	refused(&self->w, &out, &p);
	out.nr_sub_ids = 2;
	ids[1] = 0;
	refused(&self->w, &out, &p);
	ids[1] = 268435456;
	refused(&self->w, &out, &p);
	record_out(&b, &out, p.p, p.len);
	((struct mqtt_port_hdr *)b.p)->nr_sub_ids = UINT64_MAX / 4 + 2;
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, world_stats(&self->w).packet_out);
	world_expect(&t, NULL, 0);
}

TEST_F(port, malformed_records)
{
	struct mqtt_port_hdr hdr = { .len = sizeof(hdr), .type = MQTT_PORT_GATE_ACK };
	struct buf p = {}, b = {}, big = {};
	struct tcp t;
	uint32_t id;

	id = world_client(&self->w, &t);
	EXPECT_EQ(0, write(self->w.port, &hdr, 0));
	EXPECT_EQ(-1, write(self->w.port, &hdr, sizeof(hdr) - 1));
	EXPECT_EQ(EINVAL, errno);
	hdr.len = sizeof(hdr) - 1;
	EXPECT_EQ(-1, write(self->w.port, &hdr, sizeof(hdr)));
	EXPECT_EQ(EINVAL, errno);
	hdr.len = sizeof(hdr) + 8;
	EXPECT_EQ(-1, write(self->w.port, &hdr, sizeof(hdr)));
	EXPECT_EQ(EINVAL, errno);
	hdr.len = sizeof(hdr);
	hdr.flags = 1;
	EXPECT_EQ(-1, write(self->w.port, &hdr, sizeof(hdr)));
	EXPECT_EQ(EINVAL, errno);
	hdr.flags = 0;
	for (hdr.type = 0; hdr.type < 10; hdr.type++) {
		if (hdr.type == MQTT_PORT_GATE_ACK)
			continue;
		EXPECT_EQ(-1, write(self->w.port, &hdr, sizeof(hdr)));
		EXPECT_EQ(EINVAL, errno);
	}
	hdr.type = MQTT_PORT_GATE_ACK;
	EXPECT_EQ(sizeof(hdr), write(self->w.port, &hdr, sizeof(hdr)));

	/* The packet must be one whole fast PUBLISH. */
	buf_publish(&p, "t", 50, 1);
	buf_add(&p, NULL, 1);
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, p.p, p.len);
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EINVAL, errno);
	b.len = 0;
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, p.p, p.len - 2);
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EINVAL, errno);
	p.len--;
	p.p[0] |= MQTT_PUBLISH_DUP;
	b.len = 0;
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, p.p, p.len);
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EINVAL, errno);
	p.p[0] &= ~MQTT_PUBLISH_DUP;
	/* More receivers than there is room for. */
	b.len = 0;
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, p.p, p.len);
	((struct mqtt_port_hdr *)b.p)->nr_conns = UINT32_MAX;
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EINVAL, errno);
	((struct mqtt_port_hdr *)b.p)->nr_conns = 14;
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	((struct mqtt_port_hdr *)b.p)->nr_conns = 1;
	((struct mqtt_port_hdr *)b.p)->flags = 0x80;
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EINVAL, errno);

	/* Whole records before a bad one count; the last padding may be missing. */
	b.len = 0;
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, p.p, p.len);
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, p.p, p.len);
	EXPECT_EQ(b.len / 2, write(self->w.port, b.p, b.len - 16));
	EXPECT_EQ(b.len / 2 - MQTT_PORT_ALIGN(p.len + 28) + p.len + 28,
		  write(self->w.port, b.p, p.len + 28));
	b.len = 0;
	buf_add(&b, p.p, p.len);
	buf_add(&b, p.p, p.len);
	world_expect(&t, b.p, b.len);

	world_limit(&self->w, MQTT_A_LIMITS_PORT_PACKET_MAX, 1000);
	buf_publish(&big, "t", 1001 - 6, 1);
	ASSERT_EQ(1001, big.len);
	b.len = 0;
	record_out(&b, &(struct packet_out) { .conns = &id, .nr_conns = 1 }, big.p, big.len);
	EXPECT_EQ(-1, write(self->w.port, b.p, b.len));
	EXPECT_EQ(EMSGSIZE, errno);
	world_expect(&t, NULL, 0);
	EXPECT_EQ(0, write(self->w.port, b.p, 0));
}

static void port_member(struct world *w, const char *topic)
{
	uint32_t group = world_group(w, topic);

	world_member(w, group, MQTT_CONN_PORT, 0, 0);
	world_flow(w, topic, group);
}

TEST_F(port, copies_up)
{
	struct { struct mqtt_port_hdr h; uint8_t body[4096]; } r;
	struct buf miss = {}, hit = {};
	struct tcp pub;
	uint32_t id;
	int i;

	id = world_client(&self->w, &pub);
	port_member(&self->w, "t");
	fcntl(self->w.port, F_SETFL, O_NONBLOCK);
	EXPECT_EQ(-1, read(self->w.port, &r, sizeof(r)));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, sock_now(self->w.port) & (POLLIN | POLLHUP));
	EXPECT_NE(0, sock_now(self->w.port) & POLLOUT);
	buf_publish(&miss, "m", 10, 1);
	buf_publish(&hit, "t", 10, 2);
	for (i = 0; i < 3; i++) {
		ssize_t n;

		sock_send(pub.c, hit.p, hit.len);
		sock_wait(self->w.port, POLLIN);
		n = read(self->w.port, &r, sizeof(r));
		ASSERT_EQ(MQTT_PORT_ALIGN(sizeof(r.h) + hit.len), n);
		EXPECT_EQ(sizeof(r.h) + hit.len, r.h.len);
		EXPECT_EQ(MQTT_PORT_PACKET, r.h.type);
		EXPECT_EQ(id, r.h.conn);
		EXPECT_EQ(i, r.h.seq);
		EXPECT_EQ(0, r.h.flags);
		EXPECT_EQ(0, r.h.nr_groups);
		EXPECT_EQ(0, r.h.nr_conns);
		EXPECT_EQ(0, memcmp(hit.p, r.body, hit.len));
		EXPECT_EQ(0, sock_now(self->w.port) & POLLIN);

		sock_send(pub.c, miss.p, miss.len);
		sock_expect(pub.s, miss.p, miss.len);
		world_ack(&self->w, id, i + 1);
	}
	EXPECT_EQ(0, world_stats(&self->w).deliver_fast);
	EXPECT_EQ(3, world_stats(&self->w).publish_fast);
}

/* A copy is in the port before what followed it on the conn can be read. */
TEST_F(port, copies_come_before_what_follows)
{
	struct buf hit = {}, all = {};
	static uint8_t room[70000];
	struct tcp pub;
	uint32_t id;
	int i;

	id = world_client(&self->w, &pub);
	port_member(&self->w, "t");
	fcntl(self->w.port, F_SETFL, O_NONBLOCK);
	buf_publish(&hit, "t", 10, 2);
	for (i = 1; i <= 300; i++) {
		size_t copies = 0;
		ssize_t n;

		all.len = 0;
		buf_add(&all, hit.p, hit.len);
		buf_add(&all, hit.p, hit.len);
		buf_puback(&all, i);
		sock_send_pieces(pub.c, all.p, all.len, 1 + random_below(all.len));
		sock_expect(pub.s, all.p + 2 * hit.len, PUBACK_LEN);
		n = read(self->w.port, room, sizeof(room));
		ASSERT_GT(n, 0);
		while (n > 0) {
			const struct mqtt_port_hdr *h = (void *)(room + n);
			ssize_t at = 0;

			while (at < n) {
				h = (const void *)(room + at);
				copies += h->len - sizeof(*h);
				EXPECT_EQ(i - 1, h->seq);
				at += MQTT_PORT_ALIGN(h->len);
			}
			n = read(self->w.port, room, sizeof(room));
		}
		ASSERT_EQ(2 * hit.len, copies);
	}
	EXPECT_EQ(id, 1);
}

TEST_F(port, short_reads)
{
	uint8_t room[4096];
	struct buf hit = {};
	struct tcp pub;
	size_t size;
	int i;

	world_client(&self->w, &pub);
	port_member(&self->w, "t");
	fcntl(self->w.port, F_SETFL, O_NONBLOCK);
	buf_publish(&hit, "t", 101, 2);
	size = MQTT_PORT_ALIGN(sizeof(struct mqtt_port_hdr) + hit.len);
	for (i = 0; i < 5; i++) {
		sock_send(pub.c, hit.p, hit.len);
		world_fence(&self->w, &pub);
	}
	EXPECT_EQ(-1, read(self->w.port, room, size - 1));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(-1, read(self->w.port, room, 0));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(size, read(self->w.port, room, size));
	EXPECT_EQ(2 * size, read(self->w.port, room, 3 * size - 1));
	EXPECT_EQ(-1, read(self->w.port, (void *)8, size));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(size, read(self->w.port, room, sizeof(room)));
	EXPECT_EQ(-1, read(self->w.port, room, sizeof(room)));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(port, full)
{
	static uint8_t room[1 << 16];
	const int nr = 100;
	struct buf hit = {};
	struct tcp pub;
	ssize_t n, got = 0, size;
	int i;

	world_client(&self->w, &pub);
	port_member(&self->w, "t");
	buf_publish(&hit, "t", 200, 2);
	size = MQTT_PORT_ALIGN(sizeof(struct mqtt_port_hdr) + hit.len);
	world_limit(&self->w, MQTT_A_LIMITS_PORT_QUEUE_MAX, 10 * size + 7);
	fcntl(self->w.port, F_SETFL, O_NONBLOCK);
	for (i = 0; i < nr; i++) {
		sock_send(pub.c, hit.p, hit.len);
		world_fence(&self->w, &pub);
	}
	EXPECT_EQ(nr - 10, world_stats(&self->w).drop_port_full);
	EXPECT_EQ(nr, world_stats(&self->w).publish_fast);
	while ((n = read(self->w.port, room, sizeof(room))) > 0)
		got += n;
	EXPECT_EQ(10 * size, got);
	sock_send(pub.c, hit.p, hit.len);
	world_fence(&self->w, &pub);
	EXPECT_EQ(size, read(self->w.port, room, sizeof(room)));
	EXPECT_EQ(nr - 10, world_stats(&self->w).drop_port_full);
}

/* The widest buffer the contract asks for takes every record. */
TEST_F(port, longest_record)
{
	static uint8_t room[65536 + 16384];
	struct buf big = {}, all = {};
	struct tcp pub;
	ssize_t n, got = 0;
	int i;

	world_client(&self->w, &pub);
	port_member(&self->w, "t");
	fcntl(self->w.port, F_SETFL, O_NONBLOCK);
	buf_publish(&big, "t", 65536 - 7, 2);
	ASSERT_EQ(65536, big.len);
	for (i = 0; i < 40; i++)
		buf_publish(&all, "t", i % 4 ? 900 : 65536 - 7, i);
	sock_send(pub.c, all.p, all.len);
	world_fence(&self->w, &pub);
	while ((n = read(self->w.port, room, sizeof(room))) > 0) {
		ssize_t at = 0;

		while (at < n) {
			const struct mqtt_port_hdr *h = (const void *)(room + at);
			size_t len = h->len - sizeof(*h);

			ASSERT_EQ(0, memcmp(h + 1, all.p + got, len));
			got += len;
			at += MQTT_PORT_ALIGN(h->len);
		}
	}
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(all.len, got);
}

TEST_F(port, blocking_read_and_signal)
{
	uint8_t room[4096];
	struct buf hit = {};
	struct tcp pub;
	int status;
	pid_t pid;

	world_client(&self->w, &pub);
	port_member(&self->w, "t");
	buf_publish(&hit, "t", 20, 2);
	pid = fork();
	if (!pid)
		_exit(read(self->w.port, room, sizeof(room)) > 0 ? 0 : 1);
	sock_send(pub.c, hit.p, hit.len);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* A reader that waits can be killed. */
	pid = fork();
	if (!pid)
		_exit(read(self->w.port, room, sizeof(room)));
	usleep(10000);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
}

static void submit(struct io_uring *ring, struct io_uring_cqe **cqe)
{
	struct __kernel_timespec patience = { .tv_sec = PATIENCE / 1000 };
	int err = io_uring_submit(ring);

	if (err < 0)
		die("io_uring_submit: %s", strerror(-err));
	err = io_uring_wait_cqe_timeout(ring, cqe, &patience);
	if (err)
		die("io_uring_wait_cqe: %s", strerror(-err));
}

TEST_F(port, io_uring)
{
	struct buf hit = {}, out = {};
	struct io_uring_cqe *cqe;
	struct io_uring ring;
	uint8_t room[4096];
	struct tcp pub;
	uint32_t id;
	int i, err;

	err = io_uring_queue_init(8, &ring, 0);
	ASSERT_EQ(0, err) TH_LOG("%s", strerror(-err));
	id = world_client(&self->w, &pub);
	port_member(&self->w, "t");
	buf_publish(&hit, "t", 20, 2);
	/* NOWAIT: that there is nothing is said at once. */
	io_uring_prep_read(io_uring_get_sqe(&ring), self->w.port, room, sizeof(room), 0);
	ring.sq.sqes[0].rw_flags = RWF_NOWAIT;
	submit(&ring, &cqe);
	EXPECT_EQ(-EAGAIN, cqe->res);
	io_uring_cqe_seen(&ring, cqe);
	/* Otherwise io_uring waits by polling, O_NONBLOCK or not, and nothing is lost. */
	for (i = 0; i < 100; i++) {
		fcntl(self->w.port, F_SETFL, i & 1 ? O_NONBLOCK : 0);
		io_uring_prep_read(io_uring_get_sqe(&ring), self->w.port, room, sizeof(room), 0);
		err = io_uring_submit(&ring);
		ASSERT_EQ(1, err);
		sock_send(pub.c, hit.p, hit.len);
		submit(&ring, &cqe);
		EXPECT_EQ(MQTT_PORT_ALIGN(sizeof(struct mqtt_port_hdr) + hit.len), cqe->res);
		io_uring_cqe_seen(&ring, cqe);
		out.len = 0;
		record_out(&out, &(struct packet_out) { .conns = &id, .nr_conns = 1 },
			   hit.p, hit.len);
		io_uring_prep_write(io_uring_get_sqe(&ring), self->w.port, out.p, out.len, 0);
		submit(&ring, &cqe);
		EXPECT_EQ((int)out.len, cqe->res);
		io_uring_cqe_seen(&ring, cqe);
		sock_expect(pub.c, hit.p, hit.len);
	}
	io_uring_queue_exit(&ring);
}

TEST_F(port, write_ordering_with_ack)
{
	struct buf miss = {}, hit = {}, out = {}, want = {};
	struct tcp pub, sub;
	uint32_t id, group;
	unsigned int i;

	id = world_client(&self->w, &pub);
	group = world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 10, 1);
	buf_publish(&hit, "t", 10, 2);
	for (i = 1; i <= scale(200, 5000); i++) {
		sock_send(pub.c, miss.p, miss.len);
		sock_send(pub.c, hit.p, hit.len);
		sock_expect(pub.s, miss.p, miss.len);
		out.len = 0;
		record_out(&out, &(struct packet_out) { .groups = &group, .nr_groups = 1,
			   .conn = id }, miss.p, miss.len);
		record_ack(&out, id, i);
		write_all(self->w.port, &out);
		want.len = 0;
		buf_add(&want, miss.p, miss.len);
		buf_add(&want, hit.p, hit.len);
		sock_expect(sub.c, want.p, want.len);
	}
}

TEST_HARNESS_MAIN
