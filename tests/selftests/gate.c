// SPDX-License-Identifier: GPL-2.0
/* Publishes that hit wait for what the daemon has in hand; nothing else does. */
#include "lib_test.h"
#include "parse.h"

FIXTURE(gate) {
	struct world w;
};

FIXTURE_SETUP(gate)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(gate)
{
	world_close(&self->w);
}

/* A gate is shut: the hit is still in the socket, and the conn says so. */
static void wait_for_gate(struct world *w, uint32_t id, uint64_t waits)
{
	/* The worker may look at a closed gate more than once, and counts each time. */
	while (world_stats(w).gate_waits < waits ||
	       world_conn(w, id).state != MQTT_CONN_STATE_GATE)
		usleep(1000);
}

TEST_F(gate, hit_waits_for_the_miss_before)
{
	struct buf miss = {}, hit = {};
	struct tcp pub, sub;
	uint32_t id;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 10, 1);
	buf_publish(&hit, "t", 10, 2);
	sock_send(pub.c, miss.p, miss.len);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(pub.s, miss.p, miss.len);
	wait_for_gate(&self->w, id, 1);
	EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
	EXPECT_EQ(0, sock_now(pub.s) & POLLIN);
	EXPECT_EQ(EAGAIN, sock_recv_errno(sub.c));
	EXPECT_EQ(0, world_stats(&self->w).publish_fast);
	/* To acknowledge what was not diverted yet is no acknowledgement in advance. */
	world_ack(&self->w, id + 77, 5);
	world_ack(&self->w, id, 0);
	EXPECT_EQ(0, world_conn(&self->w, id).acked);
	EXPECT_EQ(1, world_conn(&self->w, id).gate);
	world_ack(&self->w, id, 1);
	sock_expect(sub.c, hit.p, hit.len);
	EXPECT_EQ(1, world_conn(&self->w, id).acked);
	EXPECT_EQ(1, world_stats(&self->w).gate_waits);
}

/*
 * After a long series of misses most publishes are diverted without a look at
 * the flows, but no more than 15 in a row: a flow that has come is found. What
 * was diverted until then is not overtaken.
 */
TEST_F(gate, flow_found_after_many_misses)
{
	enum { MISSES = 200, PUBLISHES = 40, UNSEEN = 15, ROUNDS = 20 };
	struct buf miss = {}, hit = {};
	uint32_t id, group, diverted;
	uint64_t handled = 0, most = 0;
	struct packet_out po;
	struct tcp pub, sub;
	unsigned int i;

	id = world_client(&self->w, &pub);
	group = world_group(&self->w, "t");
	world_member(&self->w, group, world_client(&self->w, &sub), 0, 0);
	po = (struct packet_out) { .groups = &group, .nr_groups = 1, .conn = id };
	for (i = 0; i < MISSES; i++)
		buf_publish(&miss, "m", 10, i);
	for (i = 0; i < PUBLISHES; i++)
		buf_publish(&hit, "t", 10, i);
	for (i = 0; i < ROUNDS; i++) {
		uint64_t fast = world_stats(&self->w).publish_fast;

		sock_send(pub.c, miss.p, miss.len);
		sock_expect(pub.s, miss.p, miss.len);
		handled += MISSES;
		world_ack(&self->w, id, handled);
		EXPECT_EQ(handled, world_stats(&self->w).divert_miss);
		world_flow(&self->w, "t", group);
		sock_send(pub.c, hit.p, hit.len);
		/* What was diverted has to be read before the others are looked at. */
		while (world_stats(&self->w).publish_fast == fast &&
		       !(sock_now(pub.s) & POLLIN))
			usleep(1000);
		diverted = world_conn(&self->w, id).diverted - handled;
		ASSERT_LE(diverted, UNSEEN);
		if (diverted) {
			struct buf out = {};
			size_t len = hit.len / PUBLISHES * diverted;

			sock_expect(pub.s, hit.p, len);
			handled += diverted;
			record_out(&out, &po, hit.p, len);
			record_ack(&out, id, handled);
			ASSERT_EQ((ssize_t)out.len, write(self->w.port, out.p, out.len));
		}
		sock_expect(sub.c, hit.p, hit.len);
		EXPECT_EQ(PUBLISHES - diverted, world_stats(&self->w).publish_fast - fast);
		EXPECT_EQ(handled, world_stats(&self->w).divert_miss);
		ASSERT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, (struct mqtt_blob) { "t", 1 }));
		if (diverted > most)
			most = diverted;
	}
	/* They were not all looked at. */
	EXPECT_LT(0, most);
}

TEST_F(gate, acknowledgement_beyond_what_was_diverted)
{
	struct buf miss = {}, hit = {};
	struct tcp pub, sub;
	uint32_t id;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 10, 1);
	buf_publish(&hit, "t", 10, 2);
	world_ack(&self->w, id, UINT64_MAX);
	EXPECT_EQ(0, world_conn(&self->w, id).acked);
	sock_send(pub.c, miss.p, miss.len);
	sock_expect(pub.s, miss.p, miss.len);
	world_ack(&self->w, id, 1000);
	EXPECT_EQ(1, world_conn(&self->w, id).acked);
	/* The second miss is not acknowledged by that. */
	sock_send(pub.c, miss.p, miss.len);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(pub.s, miss.p, miss.len);
	wait_for_gate(&self->w, id, 1);
	world_ack(&self->w, id, 1);
	EXPECT_EQ(MQTT_CONN_STATE_GATE, world_conn(&self->w, id).state);
	world_ack(&self->w, id, 2);
	sock_expect(sub.c, hit.p, hit.len);
}

TEST_F(gate, misses_and_acknowledgements_do_not_wait)
{
	struct buf miss = {}, ack = {}, hit = {};
	struct tcp pub, sub;
	uint32_t id;
	int i;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 10, 1);
	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < 10; i++) {
		sock_send(pub.c, miss.p, miss.len);
		sock_expect(pub.s, miss.p, miss.len);
	}
	EXPECT_EQ(0, world_stats(&self->w).gate_waits);
	EXPECT_EQ(10, world_conn(&self->w, id).gate);
	/* PUBACK and PINGREQ count but do not gate. */
	for (i = 1; i < 5; i++) {
		buf_puback(&ack, i);
		ack.p[ack.len - 4] = (MQTT_PUBACK + i - 1) << 4;
	}
	sock_send(pub.c, ack.p, ack.len);
	sock_expect(pub.s, ack.p, ack.len);
	EXPECT_EQ(14, world_conn(&self->w, id).diverted);
	EXPECT_EQ(10, world_conn(&self->w, id).gate);
	world_ack(&self->w, id, 10);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
	EXPECT_EQ(0, world_stats(&self->w).gate_waits);
}

TEST_F(gate, every_type_that_gates)
{
	static const uint8_t types[] = {
		MQTT_PUBLISH << 4 | 2, MQTT_SUBSCRIBE << 4 | 2, MQTT_UNSUBSCRIBE << 4 | 2,
		MQTT_DISCONNECT << 4, MQTT_AUTH << 4, MQTT_CONNECT << 4, MQTT_SUBACK << 4, 0,
	};
	struct buf b = {}, hit = {};
	struct tcp pub, sub;
	unsigned int i;
	uint32_t id;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < sizeof(types); i++) {
		b.len = 0;
		buf_header(&b, types[i], 4);
		buf_add(&b, "abcd", 4);
		sock_send(pub.c, b.p, b.len);
		sock_send(pub.c, hit.p, hit.len);
		sock_expect(pub.s, b.p, b.len);
		wait_for_gate(&self->w, id, i + 1);
		world_ack(&self->w, id, i + 1);
		sock_expect(sub.c, hit.p, hit.len);
	}
}

/* What a SUBSCRIBE changes is in force for the publish that follows it. */
TEST_F(gate, subscribe_takes_effect_before_the_next_publish)
{
	struct buf b = {}, hit = {}, out = {};
	struct tcp pub, sub;
	uint32_t id, group;

	id = world_client(&self->w, &pub);
	group = world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_subscribe(&b, 1, "t");
	buf_publish(&hit, "t", 10, 1);
	buf_add(&b, hit.p, hit.len);
	sock_send(pub.c, b.p, b.len);
	sock_expect(pub.s, b.p, b.len - hit.len);
	world_member(&self->w, group, id, 0, 0);
	sock_send(pub.s, "\x90\x03\x00\x01\x00", 5);
	record_ack(&out, id, 1);
	ASSERT_EQ((ssize_t)out.len, write(self->w.port, out.p, out.len));
	sock_expect(pub.c, "\x90\x03\x00\x01\x00", 5);
	sock_expect(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
}

/* A hit whose topic came in pieces has left the socket; it waits all the same. */
TEST_F(gate, hit_cut_anywhere_waits)
{
	struct buf miss = {}, hit = {};
	struct tcp pub, sub;
	uint64_t n = 0;
	uint32_t id;
	size_t cut;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "topic", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 3, 1);
	buf_publish(&hit, "topic", 6, 2);
	for (cut = 1; cut < hit.len; cut++) {
		sock_send(pub.c, miss.p, miss.len);
		sock_expect(pub.s, miss.p, miss.len);
		n++;
		sock_send(pub.c, hit.p, cut);
		EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
		EXPECT_EQ(0, sock_now(pub.s) & POLLIN);
		sock_send(pub.c, hit.p + cut, hit.len - cut);
		while (world_conn(&self->w, id).state != MQTT_CONN_STATE_GATE)
			usleep(1000);
		world_ack(&self->w, id, n);
		sock_expect(sub.c, hit.p, hit.len);
	}
	EXPECT_EQ(n, world_stats(&self->w).publish_fast);
	EXPECT_EQ(n, world_conn(&self->w, id).diverted);
}

/* The flow comes while the topic is incomplete, or goes. */
TEST_F(gate, flow_changes_under_a_cut_packet)
{
	struct buf b = {};
	struct tcp pub, sub;
	uint32_t group;
	size_t cut;

	world_client(&self->w, &pub);
	group = world_subscribe(&self->w, "other", world_client(&self->w, &sub));
	buf_publish(&b, "topic", 30, 1);
	for (cut = 1; cut < b.len; cut++) {
		sock_send(pub.c, b.p, cut);
		/* As long as the topic is incomplete, nothing is decided. */
		if (cut >= 9)
			sock_wait(pub.s, POLLIN);
		ASSERT_EQ(cut < 9 ? EAGAIN : 0, sock_peek_errno(pub.s));
		world_flow(&self->w, "topic", group);
		sock_send(pub.c, b.p + cut, b.len - cut);
		if (cut < 9) {
			sock_expect(sub.c, b.p, b.len);
		} else {
			sock_expect(pub.s, b.p, b.len);
			world_ack(&self->w, 1, cut - 8);
		}
		ASSERT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, (struct mqtt_blob) { "topic", 5 }));
	}
	/* The last one's flow went while its payload was on the way. */
	world_flow(&self->w, "topic", group);
	sock_send(pub.c, b.p, 15);
	while (world_stats(&self->w).publish_fast < 9)
		usleep(1000);
	ASSERT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, (struct mqtt_blob) { "topic", 5 }));
	ASSERT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, (struct mqtt_blob) { "other", 5 }));
	ASSERT_EQ(0, mqtt_nl_group_del(self->w.nl, group));
	sock_send(pub.c, b.p + 15, b.len - 15);
	world_fence(&self->w, &pub);
	world_expect(&sub, NULL, 0);
}

/*
 * A publisher sends numbered messages on topics that get their flow when they are
 * first seen; the daemon's part is played here. The subscriber must see each
 * topic's numbers in order, every one, once.
 */
TEST_F(gate, order_across_misses_and_hits)
{
	enum { TOPICS = 40 };
	const unsigned int total = scale(4000, 100000);
	struct buf all = {}, in = {}, out = {}, want = {};
	unsigned int next[TOPICS] = {}, sent = 0, seen = 0;
	uint32_t id, group, sub_id;
	struct tcp pub, sub;
	uint64_t handled = 0;
	bool subscribed[TOPICS] = {};
	unsigned int i;

	id = world_client(&self->w, &pub);
	sub_id = world_client(&self->w, &sub);
	group = world_group(&self->w, "#");
	world_member(&self->w, group, sub_id, 0, 0);
	for (i = 0; i < total; i++) {
		char topic[16], number[16];

		snprintf(topic, sizeof(topic), "t%02u", random_below(TOPICS));
		snprintf(number, sizeof(number), "%010u", i);
		buf_publish_raw(&all, MQTT_PUBLISH << 4, topic, 3, number, 10, 0);
	}
	sock_nonblock(pub.c);
	sock_nonblock(pub.s);
	sock_nonblock(sub.c);
	while (seen < total) {
		struct pollfd p[3] = {
			{ .fd = sent < all.len ? pub.c : -1, .events = POLLOUT },
			{ .fd = pub.s, .events = POLLIN },
			{ .fd = sub.c, .events = POLLIN },
		};
		struct packets walk;
		const uint8_t *packet;
		ssize_t n;
		size_t len;

		if (poll(p, 3, PATIENCE) <= 0)
			die("stuck: sent %u of %zu, seen %u of %u", sent, all.len, seen, total);
		if (p[0].revents) {
			n = 1 + random_below(3000);
			if (n > (ssize_t)(all.len - sent))
				n = all.len - sent;
			n = send(pub.c, all.p + sent, n, MSG_DONTWAIT);
			if (n > 0)
				sent += n;
		}
		if (p[1].revents)
			buf_recv(&in, pub.s);
		walk = (struct packets) { in.p, in.len };
		out.len = 0;
		while ((packet = packets_next(&walk, &len))) {
			char topic[4] = { packet[4], packet[5], packet[6], 0 };
			struct packet_out po = { .groups = &group, .nr_groups = 1, .conn = id };

			i = atoi(topic + 1);
			record_out(&out, &po, packet, len);
			if (!subscribed[i])
				world_flow(&self->w, topic, group);
			subscribed[i] = true;
			handled++;
		}
		if (out.len) {
			record_ack(&out, id, handled);
			ASSERT_EQ((ssize_t)out.len, write(self->w.port, out.p, out.len));
			memmove(in.p, walk.p, walk.left);
			in.len = walk.left;
		}
		if (p[2].revents)
			buf_recv(&want, sub.c);
		walk = (struct packets) { want.p, want.len };
		while ((packet = packets_next(&walk, &len))) {
			char number[11] = {};
			unsigned int value, t = (packet[5] - '0') * 10 + packet[6] - '0';

			memcpy(number, packet + 7, 10);
			value = atoi(number);
			if (value < next[t])
				die("topic %u: %u after %u", t, value, next[t] - 1);
			next[t] = value + 1;
			seen++;
		}
		if (walk.p != want.p) {
			memmove(want.p, walk.p, walk.left);
			want.len = walk.left;
		}
	}
	world_fence(&self->w, &pub);
	world_expect(&sub, NULL, 0);
	EXPECT_EQ(total - handled, world_stats(&self->w).publish_fast);
	EXPECT_EQ(handled, world_stats(&self->w).divert_miss);
	EXPECT_LE(TOPICS, handled);
	EXPECT_EQ(handled, world_stats(&self->w).packet_out);
	TH_LOG("%llu misses, %llu gate waits", (unsigned long long)handled,
	       (unsigned long long)world_stats(&self->w).gate_waits);
}

TEST_HARNESS_MAIN
