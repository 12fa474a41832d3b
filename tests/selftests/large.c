// SPDX-License-Identifier: GPL-2.0
/* Groups with thousands of members: fan-out in several turns. */
#include <netinet/in.h>
#include <sys/resource.h>

#include "lib_test.h"

/* Thousands of sockets on an emulated debug kernel. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	850

enum { MEMBERS = 2200 };	/* more than one turn of a worker serves */

struct large {
	uint64_t published;
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

static void open_world(struct large *self)
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

	if (setrlimit(RLIMIT_NOFILE, &files))
		die("setrlimit: %m");
	world_open(&self->w);
	open_many(self->c, self->s, MEMBERS);
	batch = mqtt_nl_batch_new(self->w.nl);
	for (i = 0; i < MEMBERS; i++) {
		conn.fd = self->s[i];
		mqtt_nl_batch_conn_add(batch, &conn);
	}
	if (mqtt_nl_batch_commit(batch))
		die("attaching: %s", mqtt_nl_error(self->w.nl));
	self->group = world_group(&self->w, "t");
	member.group = self->group;
	for (i = 0; i < MEMBERS; i++)
		if (mqtt_nl_batch_result(batch, i, &self->id[i]))
			die("attaching %u: %s", i, mqtt_nl_batch_error(batch, i));
	mqtt_nl_batch_reset(batch);
	for (i = 0; i < MEMBERS; i++) {
		member.conn = self->id[i];
		mqtt_nl_batch_member_add(batch, &member, 0);
	}
	if (mqtt_nl_batch_commit(batch))
		die("joining: %s", mqtt_nl_error(self->w.nl));
	mqtt_nl_batch_free(batch);
	world_flow(&self->w, "t", self->group);
	self->pub_id = world_client(&self->w, &self->pub);
	world_greet(&self->pub);
}

/* Making the members takes longest: one test goes through everything in turn. */
static void publish(struct world *w, struct tcp *pub, const struct buf *hit)
{
	sock_send(pub->c, hit->p, hit->len);
	world_fence(w, pub);
}

static void everybody_gets_everything(struct large *self)
{
	struct buf one = {}, all = {};
	unsigned int i;

	for (i = 0; i < 6; i++) {
		buf_publish(&one, "t", 20, i);
		/* More comes while the fan-out of the first is not complete. */
		sock_send(self->pub.c, one.p, one.len);
		buf_add(&all, one.p, one.len);
		one.len = 0;
	}
	world_fence(&self->w, &self->pub);
	for (i = 0; i < MEMBERS; i++)
		sock_expect(self->c[i], all.p, all.len);
	if (world_stats(&self->w).deliver_fast != 6 * MEMBERS)
		die("%llu deliveries", (unsigned long long)world_stats(&self->w).deliver_fast);
	self->published = 6;
}

/* The publisher's next bytes are read after the fan-out, whoever woke the worker. */
static void no_stall_after_a_long_fan_out(struct large *self)
{
	const int rounds = kernel_is_debug() ? 3 : 10;
	struct buf hit = {}, ping = {}, miss = {};
	struct mqtt_stats s;
	int i;

	buf_publish(&hit, "t", 10, 1);
	buf_publish(&miss, "m", 10, 1);
	buf_pingreq(&ping);
	for (i = 0; i < rounds; i++) {
		sock_send(self->pub.c, hit.p, hit.len);
		if (i & 1)
			usleep(random_below(3000));
		sock_send(self->pub.c, ping.p, ping.len);
		sock_expect(self->pub.c, "\xd0\x00", 2);
		sock_send(self->pub.c, miss.p, miss.len);
		sock_send(self->pub.c, hit.p, hit.len);
		sock_expect(self->pub.s, miss.p, miss.len);
		world_ack(&self->w, self->pub_id, UINT64_MAX);
	}
	world_fence(&self->w, &self->pub);
	self->published += 2 * rounds;
	s = world_stats(&self->w);
	if (s.publish_fast != self->published || s.deliver_fast != self->published * MEMBERS)
		die("%llu publishes, %llu deliveries", (unsigned long long)s.publish_fast,
		    (unsigned long long)s.deliver_fast);
}

static void barrier_during_fan_out(struct large *self)
{
	uint64_t before, after;
	struct buf hit = {};
	int i;

	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < (kernel_is_debug() ? 2 : 5); i++) {
		sock_send(self->pub.c, hit.p, hit.len);
		while (world_stats(&self->w).publish_fast == self->published)
			usleep(100);
		self->published++;
		/* Begun before: queued on everybody when the barrier returns. */
		check(self->w.nl, mqtt_nl_barrier(self->w.nl), "barrier");
		before = world_stats(&self->w).deliver_fast;
		world_fence(&self->w, &self->pub);
		after = world_stats(&self->w).deliver_fast;
		if (before != self->published * MEMBERS || before != after)
			die("%llu deliveries when the barrier returned, then %llu",
			    (unsigned long long)before, (unsigned long long)after);
	}
}

static void packet_out_and_port_copy(struct large *self)
{
	static uint8_t room[100000];
	struct buf hit = {}, out = {};
	ssize_t n;

	world_member(&self->w, self->group, MQTT_CONN_PORT, 0, 0);
	buf_publish(&hit, "t", 10, 1);
	record_out(&out, &(struct packet_out) { .groups = &self->group, .nr_groups = 1 },
		   hit.p, hit.len);
	if (write(self->w.port, out.p, out.len) != (ssize_t)out.len)
		die("packet out: %m");
	if (world_stats(&self->w).deliver_packet_out != MEMBERS)
		die("%llu deliveries of a packet out",
		    (unsigned long long)world_stats(&self->w).deliver_packet_out);
	/* The port gets one copy, although the group is walked in turns. */
	publish(&self->w, &self->pub, &hit);
	self->published++;
	n = read(self->w.port, room, sizeof(room));
	if (n != (ssize_t)MQTT_PORT_ALIGN(sizeof(struct mqtt_port_hdr) + hit.len))
		die("%zd bytes from the port", n);
	if (sock_now(self->w.port) & POLLIN)
		die("another copy");
	check(self->w.nl, mqtt_nl_member_del(self->w.nl, self->group, MQTT_CONN_PORT), "del");
}

static void drain_members(struct large *self)
{
	static uint8_t room[65536];
	unsigned int i;

	check(self->w.nl, mqtt_nl_barrier(self->w.nl), "barrier");
	for (i = 0; i < MEMBERS; i++) {
		struct buf marker = {};
		size_t len = 0;

		/* What comes before a packet of the daemon's is all there is. */
		buf_puback(&marker, 0x7777);
		sock_send(self->s[i], marker.p, marker.len);
		while (len < PUBACK_LEN || memcmp(room + len - PUBACK_LEN, marker.p, PUBACK_LEN)) {
			ssize_t n;

			sock_wait(self->c[i], POLLIN);
			n = recv(self->c[i], room + len, sizeof(room) - len, MSG_DONTWAIT);
			if (n <= 0)
				die("member %u: %zd, %m", i, n);
			len += n;
		}
		buf_free(&marker);
	}
}

static void publisher_closes_during_fan_out(struct large *self)
{
	struct buf hit = {};

	buf_publish(&hit, "t", 10, 1);
	sock_send(self->pub.c, hit.p, hit.len);
	while (world_stats(&self->w).publish_fast == self->published)
		;
	tcp_close(&self->pub);
	self->published++;
	/* Its message still reaches everybody. */
	sock_expect(self->c[MEMBERS - 1], hit.p, hit.len);
	check(self->w.nl, mqtt_nl_barrier(self->w.nl), "barrier");
	if (world_stats(&self->w).deliver_fast != self->published * MEMBERS)
		die("%llu deliveries", (unsigned long long)world_stats(&self->w).deliver_fast);
	self->pub_id = world_client(&self->w, &self->pub);
	drain_members(self);
}

/* Members leave, and conns close, while a message is on its way to them. */
static void members_leave_during_fan_out(struct large *self)
{
	struct buf hit = {}, want = {};
	unsigned int i, round;

	buf_publish(&hit, "t", 10, 1);
	for (round = 0; round < 4; round++) {
		sock_send(self->pub.c, hit.p, hit.len);
		buf_add(&want, hit.p, hit.len);
		for (i = round; i < MEMBERS; i += 8) {
			if (i & 1) {
				check(self->w.nl, mqtt_nl_member_del(self->w.nl, self->group,
								     self->id[i]), "member del");
			} else {
				close(self->s[i]);
				self->s[i] = -1;
			}
		}
	}
	world_fence(&self->w, &self->pub);
	/* Those that stayed have all; a member that left may have some. */
	for (i = 0; i < MEMBERS; i++)
		if (i % 8 >= 4)
			sock_expect(self->c[i], want.p, want.len);
}

static void owner_goes_during_fan_out(struct large *self)
{
	struct mqtt_stats s;
	struct buf hit = {};
	struct mqtt_nl *nl;
	int i;

	if (mqtt_nl_open(&nl))
		die("mqtt_nl_open");
	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < 10; i++)
		sock_send(self->pub.c, hit.p, hit.len);
	world_close(&self->w);
	for (i = 0; i < MEMBERS; i++)
		if (self->s[i] >= 0)
			close(self->s[i]);
	tcp_close(&self->pub);
	check(nl, mqtt_nl_stats_get(nl, &s), "stats get");
	if (s.conns || s.members || s.queued_bytes)
		die("left: %llu conns, %llu members, %llu bytes", (unsigned long long)s.conns,
		    (unsigned long long)s.members, (unsigned long long)s.queued_bytes);
	world_register(&self->w);
	mqtt_nl_close(nl);
}

TEST(large_group)
{
	static struct large large;

	open_world(&large);
	everybody_gets_everything(&large);
	no_stall_after_a_long_fan_out(&large);
	barrier_during_fan_out(&large);
	packet_out_and_port_copy(&large);
	drain_members(&large);
	publisher_closes_during_fan_out(&large);
	members_leave_during_fan_out(&large);
	owner_goes_during_fan_out(&large);
}

TEST_HARNESS_MAIN
