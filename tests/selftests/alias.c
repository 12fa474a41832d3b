// SPDX-License-Identifier: GPL-2.0
/* Topic Aliases of clients: set by what is diverted, resolved on the fast path. */
#include "lib_test.h"
#include "parse.h"

#define ALIAS_MAX	10

FIXTURE(alias) {
	struct world w;
	uint32_t pub_id;
	struct tcp pub;
	struct tcp sub4;
	struct tcp sub5;
};

static uint32_t attach(struct world *w, struct tcp *t, uint16_t max, uint32_t rx_skip)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL) | MQTT_BIT(MQTT_A_CONN_RX_SKIP) |
			   MQTT_BIT(MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM),
		.protocol_level = 5,
		.rx_skip = rx_skip,
		.topic_alias_maximum = max,
	};

	return world_attach_with(w, t->s, &conn);
}

FIXTURE_SETUP(alias)
{
	uint32_t group, id4, id5;

	world_open(&self->w);
	tcp_open(&self->pub, NULL);
	self->pub_id = attach(&self->w, &self->pub, ALIAS_MAX, 0);
	id4 = world_client(&self->w, &self->sub4);
	id5 = world_client5(&self->w, &self->sub5, 0);
	group = world_subscribe(&self->w, "t/1", id4);
	world_member(&self->w, group, id5, 0, 0);
	group = world_subscribe(&self->w, "topic/2", id4);
	world_member(&self->w, group, id5, 0, 0);
}

FIXTURE_TEARDOWN(alias)
{
	world_close(&self->w);
}

/* A PUBLISH with an alias in the midst of its properties. */
static void publish(struct buf *b, const char *topic, uint16_t alias, size_t len, uint32_t seed)
{
	const uint8_t props[] = { 0x03, 0, 1, 't', 0x23, alias >> 8, alias, 0x09, 0, 1, 'c' };

	buf_publish5(b, topic, props, sizeof(props), len, seed);
}

/* What comes of it. */
static void resolved(struct buf *out4, struct buf *out5, const char *topic, size_t len,
		     uint32_t seed)
{
	buf_publish(out4, topic, len, seed);
	buf_publish5(out5, topic, "\x03\0\1t\x09\0\1c", 8, len, seed);
}

/* Sends what is for the daemon, and expects it to get it. */
static void diverted(struct world *w, struct tcp *pub, uint32_t id, const struct buf *b)
{
	sock_send(pub->c, b->p, b->len);
	sock_expect(pub->s, b->p, b->len);
	world_ack(w, id, UINT64_MAX);
}

static void set(struct world *w, struct tcp *pub, uint32_t id, const char *topic, uint16_t alias)
{
	struct buf b = {};

	publish(&b, topic, alias, 3, 0);
	diverted(w, pub, id, &b);
	buf_free(&b);
}

TEST_F(alias, resolved)
{
	static const size_t sizes[] = { 0, 1, 100, 118, 119, 130, 1000, 16370, 40000 };
	struct buf in = {}, out4 = {}, out5 = {};
	struct mqtt_stats stats;
	unsigned int i;

	set(&self->w, &self->pub, self->pub_id, "t/1", 1);
	set(&self->w, &self->pub, self->pub_id, "topic/2", ALIAS_MAX);
	for (i = 0; i < 400; i++) {
		size_t len = i < 9 ? sizes[i] : i % 50;

		if (i % 7 == 3) {
			const char *topic = i % 2 ? "t/1" : "topic/2";

			buf_publish5(&in, topic, NULL, 0, len, i);
			buf_publish5(&out5, topic, NULL, 0, len, i);
			buf_publish(&out4, topic, len, i);
			continue;
		}
		publish(&in, "", i % 5 ? 1 : ALIAS_MAX, len, i);
		resolved(&out4, &out5, i % 5 ? "t/1" : "topic/2", len, i);
	}
	for (i = 0; i < 3; i++) {
		if (i)
			sock_send_pieces(self->pub.c, in.p, in.len, i == 1 ? 7 : 3000);
		else
			sock_send(self->pub.c, in.p, in.len);
		world_fence(&self->w, &self->pub);
		world_ack(&self->w, self->pub_id, UINT64_MAX);
		world_expect(&self->sub4, out4.p, out4.len);
		world_expect(&self->sub5, out5.p, out5.len);
	}
	stats = world_stats(&self->w);
	EXPECT_EQ(1200, stats.publish_fast);
	EXPECT_EQ(2400, stats.deliver_fast);
	EXPECT_EQ(2, stats.divert_alias);
	EXPECT_EQ(0, stats.divert_miss + stats.divert_properties);
	EXPECT_EQ(2, stats.aliases);
	/* Room for all, and each with its length and topic. */
	EXPECT_EQ(ALIAS_MAX * 8 + 2 * 4 + strlen("t/1topic/2"), stats.alias_bytes);
	EXPECT_EQ(ALIAS_MAX, world_conn(&self->w, self->pub_id).topic_alias_maximum);
}

TEST_F(alias, every_cut)
{
	struct buf in = {}, out4 = {}, out5 = {};
	size_t cut;

	set(&self->w, &self->pub, self->pub_id, "topic/2", 3);
	publish(&in, "", 3, 20, 1);
	resolved(&out4, &out5, "topic/2", 20, 1);
	for (cut = 1; cut < in.len; cut++) {
		sock_send(self->pub.c, in.p, cut);
		EXPECT_EQ(EAGAIN, sock_recv_errno(self->pub.s));
		sock_send(self->pub.c, in.p + cut, in.len - cut);
		sock_expect(self->sub4.c, out4.p, out4.len);
		sock_expect(self->sub5.c, out5.p, out5.len);
	}
}

/* The interval comes first, as where the daemon makes the packet. */
TEST_F(alias, with_expiry)
{
	static const char *const props[] = {
		"\x23\0\1\x02\0\0\0\x64\x26\0\0\0\0", "\x02\0\0\0\x64\x23\0\1\x26\0\0\0\0",
		"\x26\0\0\0\0\x02\0\0\0\x64\x23\0\1", "\x26\0\0\0\0\x23\0\1\x02\0\0\0\x64",
		"\x02\0\0\0\x64\x26\0\0\0\0\x23\0\1", "\x23\0\1\x26\0\0\0\0\x02\0\0\0\x64",
	};
	struct buf in = {}, out5 = {};
	unsigned int i;

	set(&self->w, &self->pub, self->pub_id, "t/1", 1);
	for (i = 0; i < 6; i++) {
		buf_publish5(&in, "", props[i], 13, 10, i);
		buf_publish5(&out5, "t/1", "\x02\0\0\0\x64\x26\0\0\0\0", 10, 10, i);
	}
	sock_send(self->pub.c, in.p, in.len);
	sock_expect(self->sub5.c, out5.p, out5.len);
}

/*
 * An alias changes in the midst of a stream at full speed: what follows waits
 * for the daemon, and goes to the new topic.
 */
TEST_F(alias, changes_in_stream)
{
	struct buf in = {}, out4 = {}, setting = {};
	unsigned int i, n, rounds = scale(60, 600);

	for (i = 0; i < rounds; i++) {
		const char *topic = i % 2 ? "topic/2" : "t/1";

		/* Every kind of PUBLISH sets it. */
		if (i % 4 == 1)
			buf_add(&in, "\x32\x0f\0\7topic/2\0\x09\3\x23\0\1", 17);
		else if (i % 4 == 2)
			buf_add(&in, "\x31\x09\0\3t/1\3\x23\0\1", 11);
		else
			publish(&in, topic, 1, 3, 0);
		for (n = 0; n < 50; n++) {
			publish(&in, "", 1, n, i);
			buf_publish(&out4, topic, n, i);
		}
	}
	for (i = 0, n = 0; i < rounds;) {
		struct packets s;
		const uint8_t *p;
		ssize_t sent;
		size_t len;

		sent = send(self->pub.c, in.p + n, in.len - n, MSG_DONTWAIT);
		if (sent > 0)
			n += sent;
		/* The daemon handles one packet after the other. */
		sock_wait(self->pub.s, POLLIN);
		setting.len = 0;
		buf_recv(&setting, self->pub.s);
		s = (struct packets) { setting.p, setting.len };
		while ((p = packets_next(&s, &len)))
			i++;
		if (s.left)
			die("the daemon got a part of a packet");
		world_ack(&self->w, self->pub_id, i);
	}
	EXPECT_EQ(rounds, i);
	sock_send(self->pub.c, in.p + n, in.len - n);
	sock_expect(self->sub4.c, out4.p, out4.len);
	EXPECT_EQ(50 * rounds, world_stats(&self->w).publish_fast);
	EXPECT_EQ(rounds / 2, world_stats(&self->w).divert_alias);
	EXPECT_EQ(0, world_stats(&self->w).divert_miss);
}

/* What was set before is the daemon's, and so is all that is not allowed. */
TEST_F(alias, unknown)
{
	struct buf b = {}, half = {}, out4 = {}, out5 = {};
	struct mqtt_stats stats;
	struct tcp pub, none;
	uint32_t id, id_none;

	/* Attached in the midst of a packet that sets an alias. */
	publish(&half, "t/1", 1, 20, 1);
	tcp_open(&pub, NULL);
	sock_send(pub.c, half.p, half.len);
	sock_expect(pub.s, half.p, 10);
	id = attach(&self->w, &pub, ALIAS_MAX, half.len - 10);
	sock_expect(pub.s, half.p + 10, half.len - 10);
	publish(&b, "", 1, 5, 1);
	diverted(&self->w, &pub, id, &b);
	b.len = 0;
	publish(&b, "", 2, 5, 1);
	diverted(&self->w, &pub, id, &b);
	b.len = 0;
	publish(&b, "", ALIAS_MAX + 1, 5, 1);
	publish(&b, "t/1", ALIAS_MAX + 1, 5, 1);
	publish(&b, "", 0xffff, 5, 1);
	diverted(&self->w, &pub, id, &b);
	stats = world_stats(&self->w);
	EXPECT_EQ(5, stats.divert_alias);
	EXPECT_EQ(0, stats.publish_fast);
	b.len = 0;
	publish(&b, "", 0, 5, 1);
	diverted(&self->w, &pub, id, &b);
	EXPECT_EQ(1, world_stats(&self->w).divert_other);

	/* One client's alias is nobody else's. */
	set(&self->w, &pub, id, "t/1", 1);
	b.len = 0;
	publish(&b, "", 1, 5, 1);
	diverted(&self->w, &self->pub, self->pub_id, &b);
	resolved(&out4, &out5, "t/1", 5, 1);
	sock_send(pub.c, b.p, b.len);
	sock_expect(self->sub4.c, out4.p, out4.len);
	sock_expect(self->sub5.c, out5.p, out5.len);

	/* Nor is there one where none is allowed. */
	tcp_open(&none, NULL);
	id_none = attach(&self->w, &none, 0, 0);
	set(&self->w, &none, id_none, "t/1", 1);
	diverted(&self->w, &none, id_none, &b);
	EXPECT_EQ(1, world_stats(&self->w).publish_fast);
}

/* A packet that cannot be looked into may have set any alias. */
TEST_F(alias, forgotten)
{
	static uint8_t many[5000] = "\x23\0\1\x09\x13\x82";
	static char topic[5000];
	struct buf b = {}, out4 = {}, out5 = {};
	unsigned int i;

	memset(topic, 'x', sizeof(topic) - 1);
	publish(&b, "", 1, 5, 1);
	resolved(&out4, &out5, "t/1", 5, 1);
	for (i = 0; i < 3; i++) {
		struct buf big = {};

		set(&self->w, &self->pub, self->pub_id, "t/1", 1);
		sock_send(self->pub.c, b.p, b.len);
		sock_expect(self->sub4.c, out4.p, out4.len);
		sock_expect(self->sub5.c, out5.p, out5.len);
		if (i == 0)
			buf_publish5(&big, "topic/2", many, sizeof(many), 5, 1);
		else if (i == 1)
			publish(&big, topic, 1, 5, 1);
		else
			mqtt_nl_conn_set(self->w.nl, &(struct mqtt_conn) {
				.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_FLAGS),
				.id = self->pub_id, .flags = MQTT_CONN_F_NO_PUBLISH });
		if (i == 2)
			publish(&big, "topic/2", 1, 5, 1);
		diverted(&self->w, &self->pub, self->pub_id, &big);
		mqtt_nl_conn_set(self->w.nl, &(struct mqtt_conn) {
			.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_FLAGS),
			.id = self->pub_id });
		diverted(&self->w, &self->pub, self->pub_id, &b);
		buf_free(&big);
	}
	EXPECT_EQ(3, world_stats(&self->w).publish_fast);
	EXPECT_EQ(0, world_stats(&self->w).aliases);
	EXPECT_EQ(0, world_stats(&self->w).alias_bytes);
}

/* Missing, retained, QoS 1: as they came. Up to the port: with the topic. */
TEST_F(alias, diverts_and_copies)
{
	char room[4096];
	struct mqtt_port_hdr *hdr = (struct mqtt_port_hdr *)room;
	struct buf b = {}, out4 = {}, out5 = {};
	uint32_t group;

	set(&self->w, &self->pub, self->pub_id, "nobody", 4);
	publish(&b, "", 4, 5, 1);
	diverted(&self->w, &self->pub, self->pub_id, &b);
	EXPECT_EQ(1, world_stats(&self->w).divert_miss);
	set(&self->w, &self->pub, self->pub_id, "t/1", 4);
	b.len = 0;
	buf_add(&b, "\x31\x06\0\0\3\x23\0\4", 8);
	buf_add(&b, "\x32\x08\0\0\0\x09\3\x23\0\4", 10);
	buf_add(&b, "\x34\x08\0\0\0\x09\3\x23\0\4", 10);
	diverted(&self->w, &self->pub, self->pub_id, &b);
	EXPECT_EQ(1, world_stats(&self->w).divert_retain);
	EXPECT_EQ(2, world_stats(&self->w).divert_qos);

	group = world_group(&self->w, "t/2");
	world_flow(&self->w, "t/2", group);
	world_member(&self->w, group, MQTT_CONN_PORT, 0, 0);
	set(&self->w, &self->pub, self->pub_id, "t/2", 4);
	b.len = 0;
	publish(&b, "", 4, 5, 1);
	publish(&b, "", 4, 6, 2);
	resolved(&out4, &out5, "t/2", 5, 1);
	resolved(&out4, &out5, "t/2", 6, 2);
	sock_send(self->pub.c, b.p, b.len);
	world_fence(&self->w, &self->pub);
	ASSERT_LT(0, read(self->w.port, room, sizeof(room)));
	EXPECT_EQ(MQTT_PORT_F_LEVEL5, hdr->flags);
	ASSERT_EQ(sizeof(*hdr) + out5.len, hdr->len);
	EXPECT_EQ(0, memcmp(hdr + 1, out5.p, out5.len));
}

TEST_HARNESS_MAIN
