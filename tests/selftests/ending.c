// SPDX-License-Identifier: GPL-2.0
/* The end of connections: FIN, RST, shutdown, close, and clients that stop reading. */
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <time.h>

#include "lib_test.h"

FIXTURE(ending) {
	struct world w;
};

FIXTURE_SETUP(ending)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(ending)
{
	world_close(&self->w);
}

TEST_F(ending, fin_after_thousand_frames)
{
	struct buf all = {};
	struct tcp pub, sub;
	int i;

	world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	for (i = 0; i < 1000; i++)
		buf_publish(&all, "t", 20, i);
	sock_send(pub.c, all.p, all.len);
	shutdown(pub.c, SHUT_WR);
	sock_expect_eof(pub.s);
	EXPECT_EQ(1000, world_stats(&self->w).publish_fast);
	world_expect(&sub, all.p, all.len);
	EXPECT_EQ(MQTT_CONN_STATE_EOF, world_conn(&self->w, 1).state);
	/* The other direction is still open. */
	world_expect(&pub, NULL, 0);
	sock_expect_eof(pub.s);
	EXPECT_NE(0, sock_now(pub.s) & POLLRDHUP);
	close(pub.c);
	/* Long closed: what is written now fails sooner or later, nothing else. */
	while (send(pub.s, "\x40\x02\x00\x01", 4, MSG_NOSIGNAL) > 0)
		usleep(1000);
	EXPECT_TRUE(errno == EPIPE || errno == ECONNRESET) TH_LOG("%s", strerror(errno));
	close(pub.s);
}

TEST_F(ending, fin_in_a_cut_packet)
{
	struct buf hit = {}, miss = {};
	struct tcp pub, sub;
	size_t cut;

	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 200, 1);
	buf_publish(&miss, "m", 200, 1);
	/* Up to the topic nothing is decided, and the daemon gets it. */
	for (cut = 1; cut < 6; cut++) {
		world_client(&self->w, &pub);
		sock_send(pub.c, hit.p, cut);
		shutdown(pub.c, SHUT_WR);
		sock_expect(pub.s, hit.p, cut);
		sock_expect_eof(pub.s);
		tcp_close(&pub);
	}
	/* A fast packet that is not whole never existed. */
	for (cut = 6; cut < hit.len; cut += 17) {
		world_client(&self->w, &pub);
		sock_send(pub.c, hit.p, cut);
		shutdown(pub.c, SHUT_WR);
		sock_expect_eof(pub.s);
		tcp_close(&pub);
	}
	world_expect(&sub, NULL, 0);
	for (cut = 6; cut < miss.len; cut += 17) {
		world_client(&self->w, &pub);
		sock_send(pub.c, miss.p, cut);
		shutdown(pub.c, SHUT_WR);
		sock_expect(pub.s, miss.p, cut);
		sock_expect_eof(pub.s);
		tcp_close(&pub);
	}
	EXPECT_EQ(1, world_stats(&self->w).conns);
}

TEST_F(ending, fin_behind_a_gate)
{
	struct buf miss = {}, hit = {};
	struct tcp pub, sub;
	uint32_t id;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "m", 20, 1);
	buf_publish(&hit, "t", 20, 1);
	sock_send(pub.c, miss.p, miss.len);
	sock_send(pub.c, hit.p, hit.len);
	shutdown(pub.c, SHUT_WR);
	sock_expect(pub.s, miss.p, miss.len);
	EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
	world_ack(&self->w, id, 1);
	sock_expect_eof(pub.s);
	sock_expect(sub.c, hit.p, hit.len);
}

TEST_F(ending, reset_in_a_half_read_packet)
{
	struct buf miss = {};
	struct tcp pub;
	ssize_t n;
	char c[64];

	world_client(&self->w, &pub);
	buf_publish(&miss, "m", 2000, 1);
	sock_send(pub.c, miss.p, 1000);
	sock_expect(pub.s, miss.p, 500);
	sock_reset(pub.c);
	sock_wait(pub.s, POLLIN | POLLERR | POLLHUP);
	/* The rest may or may not be there, then the error, then the end. */
	while ((n = recv(pub.s, c, sizeof(c), MSG_DONTWAIT)) > 0)
		;
	if (n < 0)
		EXPECT_EQ(ECONNRESET, errno);
	n = recv(pub.s, c, sizeof(c), MSG_DONTWAIT);
	EXPECT_EQ(0, n) TH_LOG("%zd %s", n, strerror(errno));
	close(pub.s);
}

TEST_F(ending, reset_with_nothing_read)
{
	struct buf hit = {};
	struct tcp pub, sub;
	int i;

	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 100, 1);
	for (i = 0; i < 20; i++) {
		world_client(&self->w, &pub);
		sock_send(pub.c, hit.p, hit.len - (i & 1));
		sock_reset(pub.c);
		EXPECT_NE(0, sock_wait(pub.s, POLLIN) & (POLLIN | POLLHUP | POLLERR));
		EXPECT_EQ(ECONNRESET, sock_recv_errno(pub.s));
		EXPECT_EQ(0, sock_recv_errno(pub.s));
		close(pub.s);
	}
	EXPECT_EQ(1, world_stats(&self->w).conns);
}

TEST_F(ending, urgent_data)
{
	struct tcp pub;
	char c[8];
	ssize_t n;
	size_t got = 0;

	world_client(&self->w, &pub);
	ASSERT_EQ(3, send(pub.c, "\x30\x05!", 3, MSG_OOB));
	while (got < 2) {
		sock_wait(pub.s, POLLIN);
		n = recv(pub.s, c, sizeof(c), MSG_DONTWAIT);
		ASSERT_GE(n, 0);
		got += n;
	}
	EXPECT_EQ(UINT64_MAX, world_conn(&self->w, 1).slow_bytes);
	close(pub.c);
	do {
		sock_wait(pub.s, POLLIN);
		n = recv(pub.s, c, sizeof(c), MSG_DONTWAIT);
	} while (n > 0);
	EXPECT_EQ(0, n);
}

TEST_F(ending, shutdown_by_the_daemon)
{
	struct buf hit = {};
	struct tcp a, b;
	uint32_t group;
	int i;

	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	buf_publish(&hit, "t", 50, 1);
	for (i = 0; i < 10; i++) {
		world_member(&self->w, group, world_client(&self->w, &a), 0, 0);
		world_client(&self->w, &b);
		shutdown(a.s, i % 3);
		sock_send(b.c, hit.p, hit.len);
		world_fence(&self->w, &b);
		if (i % 3 == SHUT_RD)
			sock_expect(a.c, hit.p, hit.len);
		else
			sock_expect_eof(a.c);
		if (i % 3 != SHUT_WR)
			sock_expect_eof(a.s);
		tcp_close(&a);
		tcp_close(&b);
	}
	EXPECT_EQ(0, world_stats(&self->w).conns);
	EXPECT_EQ(0, world_stats(&self->w).queued_bytes);
}

/* Destroys the socket whose local port is @port, as "ss -K" does. */
static void sock_destroy(uint16_t port, uint16_t peer)
{
	struct {
		struct nlmsghdr nlh;
		struct inet_diag_req_v2 req;
	} msg = {
		.nlh = {
			.nlmsg_len = sizeof(msg),
			.nlmsg_type = SOCK_DESTROY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.req = {
			.sdiag_family = AF_INET,
			.sdiag_protocol = IPPROTO_TCP,
			.id = {
				.idiag_sport = port,
				.idiag_dport = peer,
				.idiag_src = { htonl(INADDR_LOOPBACK) },
				.idiag_dst = { htonl(INADDR_LOOPBACK) },
				.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
			},
		},
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0 || send(fd, &msg, sizeof(msg), 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), MSG_TRUNC) < 0)
		die("sock_diag: %m");
	if (answer.nlh.nlmsg_type != NLMSG_ERROR || answer.err.error)
		die("SOCK_DESTROY: %s", strerror(-answer.err.error));
	close(fd);
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		die("getsockname: %m");
	return addr.sin_port;
}

/* Each way to go, with a full queue to a client that never reads. */
TEST_F(ending, full_queue)
{
	enum { PEER_RST, PEER_FIN, DAEMON_CLOSE, DAEMON_SHUTDOWN, DESTROY, CONN_DEL, WAYS };
	static const char *const names[] = {
		"peer reset", "peer fin", "close", "shutdown", "ss -K", "conn del",
	};
	const struct tcp_options o = { .client_rcvbuf = 4608, .server_sndbuf = 4608 };
	struct buf hit = {};
	uint32_t group, id;
	struct tcp pub, sub;
	double start;
	int way, i;

	/* The first time loads modules. */
	tcp_open(&sub, NULL);
	sock_destroy(port_of(sub.s), port_of(sub.c));
	tcp_close(&sub);
	world_client(&self->w, &pub);
	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	buf_publish(&hit, "t", 10000, 1);
	for (way = 0; way < WAYS; way++) {
		tcp_open(&sub, &o);
		id = world_attach(&self->w, sub.s);
		world_member(&self->w, group, id, 0, 0);
		for (i = 0; i < 120; i++)
			sock_send(pub.c, hit.p, hit.len);
		world_fence(&self->w, &pub);
		ASSERT_LT(900000, world_conn(&self->w, id).queued_bytes);
		start = now();
		switch (way) {
		case PEER_RST:
			sock_reset(sub.c);
			sub.c = -1;
			sock_wait(sub.s, POLLIN | POLLHUP);
			EXPECT_NE(0, sock_recv_errno(sub.s));
			while (world_conn(&self->w, id).queued_bytes)
				usleep(1000);
			break;
		case PEER_FIN:
			shutdown(sub.c, SHUT_WR);
			sock_expect_eof(sub.s);
			break;
		case DAEMON_SHUTDOWN:
			shutdown(sub.s, SHUT_RDWR);
			sock_expect_eof(sub.s);
			break;
		case DESTROY:
			sock_destroy(port_of(sub.s), port_of(sub.c));
			sock_wait(sub.s, POLLIN | POLLHUP);
			EXPECT_EQ(ECONNABORTED, sock_recv_errno(sub.s));
			while (world_conn(&self->w, id).queued_bytes)
				usleep(1000);
			break;
		case CONN_DEL:
			ASSERT_EQ(0, mqtt_nl_conn_del(self->w.nl, id));
			sock_expect_eof(sub.s);
			EXPECT_EQ(MQTT_CONN_STATE_ENDED, world_conn(&self->w, id).state);
			EXPECT_EQ(0, world_conn(&self->w, id).members);
			/* The run that was begun is sent to its end. */
			EXPECT_GE(40000, world_conn(&self->w, id).queued_bytes);
			break;
		}
		close(sub.s);
		sub.s = -1;
		EXPECT_GT(2, now() - start) TH_LOG("%s", names[way]);
		EXPECT_EQ(0, world_stats(&self->w).queued_bytes) TH_LOG("%s", names[way]);
		EXPECT_EQ(1, world_stats(&self->w).conns);
		tcp_close(&sub);
	}
}

/* After CONN_DEL: no more deliveries, a last packet goes out whole, then the end. */
TEST_F(ending, conn_del)
{
	struct buf hit = {};
	struct tcp pub, sub;
	uint32_t id;

	world_client(&self->w, &pub);
	id = world_client(&self->w, &sub);
	world_subscribe(&self->w, "t", id);
	buf_publish(&hit, "t", 50, 1);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
	ASSERT_EQ(0, mqtt_nl_conn_del(self->w.nl, id));
	EXPECT_EQ(0, mqtt_nl_conn_del(self->w.nl, id));
	sock_send(pub.c, hit.p, hit.len);
	world_fence(&self->w, &pub);
	sock_expect_eof(sub.s);
	sock_send(sub.c, hit.p, hit.len);
	sock_expect_eof(sub.s);
	world_expect(&sub, NULL, 0);
	EXPECT_EQ(2, world_stats(&self->w).conns);
	close(sub.s);
	EXPECT_EQ(1, world_stats(&self->w).conns);
}

/* One subscriber stops reading: it is bounded, the others get everything. */
TEST_F(ending, slow_subscriber)
{
	const struct tcp_options tiny = { .client_rcvbuf = 4608, .server_sndbuf = 4608 };
	const unsigned int nr = scale(3000, 100000), max = 100000;
	struct tcp pub, slow, fast[3];
	struct buf hit = {}, batch = {};
	uint32_t group, id;
	struct mqtt_conn c;
	unsigned int i, n;

	world_client(&self->w, &pub);
	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	for (i = 0; i < 3; i++)
		world_member(&self->w, group, world_client(&self->w, &fast[i]), 0, 0);
	tcp_open(&slow, &tiny);
	id = world_attach(&self->w, slow.s);
	world_member(&self->w, group, id, 0, 0);
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, max);
	for (n = 0; n < nr; n += 50) {
		batch.len = 0;
		for (i = 0; i < 50; i++)
			buf_publish(&batch, "t", 100 + i, n + i);
		sock_send(pub.c, batch.p, batch.len);
		for (i = 0; i < 3; i++)
			sock_expect(fast[i].c, batch.p, batch.len);
		c = world_conn(&self->w, id);
		ASSERT_GE(max, c.queued_bytes);
	}
	world_fence(&self->w, &pub);
	c = world_conn(&self->w, id);
	EXPECT_LT(0, c.drop_queue_full);
	EXPECT_EQ(nr, c.deliver_fast + c.drop_queue_full);
	EXPECT_EQ(c.drop_queue_full, world_stats(&self->w).drop_queue_full);
	EXPECT_EQ(4 * nr, world_stats(&self->w).deliver_fast + c.drop_queue_full);
	EXPECT_EQ(c.queued_bytes, world_stats(&self->w).queued_bytes);
	/* What it gets when it reads again is whole packets. */
	{
		struct buf in = {};
		struct packets walk;
		uint64_t whole = 0;
		size_t len;
		static uint8_t room[65536];

		while (whole < c.deliver_fast) {
			ssize_t got;

			sock_wait(slow.c, POLLIN);
			got = recv(slow.c, room, sizeof(room), MSG_DONTWAIT);
			ASSERT_GT(got, 0);
			buf_add(&in, room, got);
			walk = (struct packets) { in.p, in.len };
			for (whole = 0; packets_next(&walk, &len); whole++)
				;
		}
		EXPECT_EQ(0, walk.left);
		EXPECT_EQ(c.deliver_fast, whole);
	}
	EXPECT_EQ(0, world_conn(&self->w, id).queued_bytes);
	hit.len = 0;
	buf_publish(&hit, "t", 10, 1);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(slow.c, hit.p, hit.len);
}

/* A message that alone exceeds the limit is taken by an empty queue only. */
TEST_F(ending, queue_limit_is_exact)
{
	const struct tcp_options tiny = { .client_rcvbuf = 4608, .server_sndbuf = 4608 };
	struct buf hit = {}, big = {};
	struct tcp pub, sub;
	uint64_t queued;
	uint32_t id;
	int i;

	world_client(&self->w, &pub);
	tcp_open(&sub, &tiny);
	id = world_attach(&self->w, sub.s);
	world_subscribe(&self->w, "t", id);
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 5000);
	buf_publish(&big, "t", 60000, 1);
	buf_publish(&hit, "t", 100, 1);
	sock_send(pub.c, big.p, big.len);
	world_fence(&self->w, &pub);
	EXPECT_EQ(1, world_conn(&self->w, id).deliver_fast);
	queued = world_conn(&self->w, id).queued_bytes;
	EXPECT_LT(0, queued);
	sock_send(pub.c, hit.p, hit.len);
	world_fence(&self->w, &pub);
	EXPECT_EQ(1, world_conn(&self->w, id).drop_queue_full);
	EXPECT_EQ(queued, world_conn(&self->w, id).queued_bytes);
	sock_expect(sub.c, big.p, big.len);
	while (world_conn(&self->w, id).queued_bytes)
		usleep(1000);

	/* Many small ones in one burst: the limit holds for them too. */
	big.len = 0;
	for (i = 0; i < 500; i++)
		buf_publish(&big, "t", 100, i);
	sock_send(pub.c, big.p, big.len);
	world_fence(&self->w, &pub);
	EXPECT_GE(5000, world_conn(&self->w, id).queued_bytes);
	EXPECT_EQ(502, world_conn(&self->w, id).deliver_fast +
		  world_conn(&self->w, id).drop_queue_full);
	/* All conns together. */
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 1 << 20);
	world_limit(&self->w, MQTT_A_LIMITS_TX_TOTAL_MAX, 20000);
	for (i = 0; i < 200; i++)
		sock_send(pub.c, big.p, 10 * hit.len);
	world_fence(&self->w, &pub);
	EXPECT_GE(20000 + 2 * 32 * 16384, world_stats(&self->w).queued_bytes);
	EXPECT_LT(0, world_stats(&self->w).drop_queue_full);
}

TEST_HARNESS_MAIN
