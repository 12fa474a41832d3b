// SPDX-License-Identifier: GPL-2.0
/* Message Expiry Interval: lowered by the time in queues, and its end. */
#include "lib_test.h"
#include "parse.h"

/* Of the packets made here, all to a topic of one byte. */
#define EXPIRY_OFF	7
#define HALF		"\x40\x02"
#define OTHER_HALF	"\0\1"

FIXTURE(expiry) {
	struct world w;
	uint32_t pub_id;
	struct tcp pub;
};

FIXTURE_SETUP(expiry)
{
	world_open(&self->w);
	self->pub_id = world_client5(&self->w, &self->pub, 0);
}

FIXTURE_TEARDOWN(expiry)
{
	world_close(&self->w);
}

static void publish(struct buf *b, uint32_t expiry, size_t len, uint32_t seed)
{
	const uint8_t props[] = {
		0x02, expiry >> 24, expiry >> 16, expiry >> 8, expiry,
		0x03, 0, 1, 't',
	};

	buf_publish5(b, "t", props, sizeof(props), len, seed);
}

/* One and a half seconds by the module's own clock: a client that says nothing. */
static void let_time_pass(struct world *w)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_KEEP_ALIVE), .keep_alive = 1 };
	struct tcp t;

	tcp_open(&t, NULL);
	world_attach_with(w, t.s, &conn);
	sock_wait(t.s, POLLIN);
	tcp_close(&t);
}

/*
 * Receives what @b holds, but for the interval of packets that have @expiry,
 * which is lower by some seconds, the same for all.
 */
static void expect_lowered(int fd, const struct buf *b, uint32_t expiry)
{
	struct packets s = { b->p, b->len };
	const uint8_t *want;
	uint32_t waited = 0;
	size_t len;

	while ((want = packets_next(&s, &len))) {
		uint32_t at = mqtt_parse_expiry(want, len), was = 0, is = 0, i;
		uint8_t *got = malloc(len);

		sock_recv(fd, got, len);
		for (i = 0; at && i < 4; i++) {
			was = was << 8 | want[at + i];
			is = is << 8 | got[at + i];
		}
		if (was == expiry) {
			if (is >= was || was - is > 60 || (waited && was - is != waited))
				die("interval is %u after %u", is, waited);
			waited = was - is;
			memcpy(got + at, want + at, 4);
		}
		if (memcmp(want, got, len))
			die("another packet than expected");
		free(got);
	}
	if (!waited)
		die("no packet with interval %u", expiry);
}

TEST_F(expiry, as_it_came)
{
	static const uint32_t values[] = { 0, 1, 100, 0xffffffff };
	struct buf in = {}, out4 = {};
	struct tcp sub4, sub5;
	unsigned int i, j;
	uint32_t group;

	group = world_subscribe(&self->w, "t", world_client(&self->w, &sub4));
	world_member(&self->w, group, world_client5(&self->w, &sub5, 0), 0, 0);
	for (i = 0; i < 4; i++) {
		in.len = 0;
		out4.len = 0;
		for (j = 0; j < 4 * i; j++) {
			publish(&in, values[(j >> i) & 3], j, j);
			buf_publish(&out4, "t", j, j);
		}
		buf_publish5(&in, "t", NULL, 0, 5, 5);
		buf_publish(&out4, "t", 5, 5);
		sock_send_pieces(self->pub.c, in.p, in.len, in.len);
		sock_expect(sub4.c, out4.p, out4.len);
		sock_expect(sub5.c, in.p, in.len);
	}
	EXPECT_EQ(28, world_stats(&self->w).publish_fast);
	EXPECT_EQ(0, world_stats(&self->w).divert_properties);
	EXPECT_EQ(0, world_stats(&self->w).drop_expired);
}

TEST_F(expiry, what_waits)
{
	struct buf in = {}, rest = {}, out4 = {}, with_id = {};
	struct tcp sub4, sub5, sub_id;
	uint32_t id4, id5, group, ids[] = { 9 }, i;
	struct mqtt_member m = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN) |
			   MQTT_BIT(MQTT_A_MEMBER_SUBSCRIPTION_IDS),
		.subscription_ids = { ids, sizeof(ids) },
	};

	id4 = world_client(&self->w, &sub4);
	id5 = world_client5(&self->w, &sub5, 0);
	group = world_subscribe(&self->w, "t", id4);
	world_member(&self->w, group, id5, 0, 0);
	m.group = group;
	m.conn = world_client5(&self->w, &sub_id, 0);
	check(self->w.nl, mqtt_nl_member_add(self->w.nl, &m, 0), "member add");

	/* The daemon is in the midst of a packet: all that is forwarded waits. */
	sock_send(sub4.s, HALF, 2);
	sock_send(sub5.s, HALF, 2);
	sock_send(sub_id.s, HALF, 2);
	for (i = 0; i < 30; i++) {
		const uint8_t props[] = { 0x02, 0, 0, 0, 100, 0x03, 0, 1, 't', 0x0b, 9 };
		size_t len = i == 29 ? 30000 : 10;

		if (i % 10 == 5) {
			publish(&in, 1, 10, i);
		} else if (i % 10 == 7) {
			buf_publish5(&in, "t", NULL, 0, 10, i);
			buf_publish5(&rest, "t", NULL, 0, 10, i);
			buf_publish5(&with_id, "t", props + 9, 2, 10, i);
			buf_publish(&out4, "t", 10, i);
		} else {
			publish(&in, 100, len, i);
			publish(&rest, 100, len, i);
			buf_publish5(&with_id, "t", props, sizeof(props), len, i);
			buf_publish(&out4, "t", len, i);
		}
	}
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	EXPECT_EQ(90, world_stats(&self->w).deliver_fast);
	let_time_pass(&self->w);
	sock_send(sub4.s, OTHER_HALF, 2);
	sock_send(sub5.s, OTHER_HALF, 2);
	sock_send(sub_id.s, OTHER_HALF, 2);

	sock_expect(sub4.c, HALF OTHER_HALF, 4);
	world_expect(&sub4, out4.p, out4.len);
	sock_expect(sub5.c, HALF OTHER_HALF, 4);
	expect_lowered(sub5.c, &rest, 100);
	sock_expect(sub_id.c, HALF OTHER_HALF, 4);
	expect_lowered(sub_id.c, &with_id, 100);
	EXPECT_EQ(3, world_conn(&self->w, id4).drop_expired);
	EXPECT_EQ(3, world_conn(&self->w, id5).drop_expired);
	EXPECT_EQ(9, world_stats(&self->w).drop_expired);
	EXPECT_EQ(0, world_stats(&self->w).drop_nomem);

	/* What comes next is as it was, and nothing is left. */
	world_ack(&self->w, self->pub_id, UINT64_MAX);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	world_expect(&sub5, in.p, in.len);
	EXPECT_EQ(0, world_conn(&self->w, id5).queued_bytes);
}

/* Also what the daemon writes, and a message of a shared group. */
TEST_F(expiry, port_and_shared)
{
	struct buf in = {}, rest = {}, rec = {}, none = {};
	uint32_t group = ++self->w.groups, id, id4;
	struct tcp sub, sub4;

	check(self->w.nl, mqtt_nl_group_add(self->w.nl, group, (struct mqtt_blob) { "t", 1 },
					    MQTT_GROUP_F_SHARED), "group add");
	self->w.gen++;
	world_flow(&self->w, "t", group);
	id = world_client5(&self->w, &sub, 0);
	world_member(&self->w, group, id, 0, 0);
	id4 = world_client(&self->w, &sub4);
	sock_send(sub.s, HALF, 2);
	sock_send(sub4.s, HALF, 2);
	publish(&in, 1, 20, 1);
	publish(&in, 50, 20, 2);
	publish(&rest, 50, 20, 2);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	publish(&none, 1, 30, 1);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5, .conns = &id,
		   .nr_conns = 1 }, none.p, none.len);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5, .conns = &id4,
		   .nr_conns = 1 }, none.p, none.len);
	record_out(&rec, &(struct packet_out) { .flags = MQTT_PORT_F_LEVEL5, .conns = &id,
		   .nr_conns = 1 }, rest.p, rest.len);
	ASSERT_EQ((ssize_t)rec.len, write(self->w.port, rec.p, rec.len));
	publish(&rest, 50, 20, 2);
	let_time_pass(&self->w);
	sock_send(sub.s, OTHER_HALF, 2);
	sock_send(sub4.s, OTHER_HALF, 2);
	sock_expect(sub.c, HALF OTHER_HALF, 4);
	expect_lowered(sub.c, &rest, 50);
	world_expect(&sub4, HALF OTHER_HALF, 4);
	EXPECT_EQ(2, world_conn(&self->w, id).drop_expired);
	EXPECT_EQ(1, world_conn(&self->w, id4).drop_expired);
	EXPECT_EQ(3, world_stats(&self->w).drop_expired);
}

/* Copies for the daemon wait too. */
TEST_F(expiry, copies_up)
{
	static uint8_t room[65536];
	struct mqtt_port_hdr *hdr = (struct mqtt_port_hdr *)room;
	struct buf in = {}, one = {};
	uint32_t group;
	uint8_t was;

	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	world_member(&self->w, group, MQTT_CONN_PORT, 0, 0);
	publish(&in, 1, 20, 1);
	publish(&in, 50, 20, 2);
	publish(&one, 50, 20, 2);
	sock_send(self->pub.c, in.p, in.len);
	world_fence(&self->w, &self->pub);
	let_time_pass(&self->w);
	ASSERT_EQ((ssize_t)MQTT_PORT_ALIGN(sizeof(*hdr) + one.len),
		  read(self->w.port, room, sizeof(room)));
	was = room[sizeof(*hdr) + EXPIRY_OFF + 3];
	EXPECT_GT(50, was);
	EXPECT_LT(0, was);
	room[sizeof(*hdr) + EXPIRY_OFF + 3] = 50;
	EXPECT_EQ(0, memcmp(hdr + 1, one.p, one.len));
	EXPECT_EQ(1, world_stats(&self->w).drop_expired);
}

/*
 * TCP takes a part, and more when the client reads again. What had been begun
 * keeps the interval it began with; nothing is lost, doubled or torn.
 */
TEST_F(expiry, partly_sent)
{
	const struct tcp_options tiny = { .client_rcvbuf = 4608, .server_sndbuf = 4608 };
	static const size_t sizes[] = { 100, 900, 3000 };
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL),
				  .protocol_level = 5 };
	struct tcp sub;
	uint32_t id, round;

	tcp_open(&sub, &tiny);
	id = world_attach_with(&self->w, sub.s, &conn);
	world_subscribe(&self->w, "t", id);
	for (round = 0; round < 6; round++) {
		uint32_t expiry = round % 2 ? 1 : 200, last = expiry, i, got = 0;
		uint64_t dropped = world_conn(&self->w, id).drop_expired;
		size_t size = sizes[round / 2], len;
		struct buf in = {}, mark = {};
		uint32_t spread;
		double start;
		uint8_t *p;

		for (i = 0; i < 300; i++)
			publish(&in, expiry, size, i);
		/* Of the same length, but never expires. */
		buf_publish5(&mark, "t", NULL, 0, size + 9, round);
		len = mark.len;
		p = malloc(len);
		start = now();
		sock_send(self->pub.c, in.p, in.len);
		world_fence(&self->w, &self->pub);
		/* What came later has longer to live, and seconds are rounded. */
		spread = (uint32_t)(now() - start) + 1;
		world_ack(&self->w, self->pub_id, UINT64_MAX);
		let_time_pass(&self->w);
		sock_send(self->pub.c, mark.p, mark.len);
		for (;;) {
			uint8_t *at;

			sock_recv(sub.c, p, len);
			if (!memcmp(p, mark.p, len))
				break;
			/* TCP is full again, in the midst of another packet. */
			if (++got == 200 && expiry != 1)
				let_time_pass(&self->w);
			at = p + len - size - 8;
			i = (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
			if (i > expiry || i > last + spread || last > i + 60)
				die("interval %u after %u", i, last);
			last = i;
			at[2] = 0;
			at[3] = expiry;
			if (got > 300 || memcmp(p, in.p + (got - 1) * len, len))
				die("packet %u is another one", got);
		}
		dropped = world_conn(&self->w, id).drop_expired - dropped;
		EXPECT_EQ(300, got + dropped);
		EXPECT_LT(0, got);
		EXPECT_EQ(expiry == 1, dropped > 0);
		EXPECT_EQ(expiry == 1, last == expiry);
		buf_free(&in);
		buf_free(&mark);
		free(p);
	}
	EXPECT_EQ(0, world_stats(&self->w).queued_bytes);
	EXPECT_EQ(0, world_stats(&self->w).drop_queue_full);
}

TEST_HARNESS_MAIN
