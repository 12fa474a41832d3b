// SPDX-License-Identifier: GPL-2.0
/* Nobody is woken for the module's bytes, and nobody sleeps over his own. */
#include <liburing.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "lib_test.h"

FIXTURE(polling) {
	struct world w;
};

FIXTURE_SETUP(polling)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(polling)
{
	world_close(&self->w);
}

/* Level-triggered epoll stays silent while kernel-owned bytes flow or lie there. */
TEST_F(polling, no_wakeups_for_module_bytes)
{
	const unsigned int nr = scale(2000, 50000);
	struct buf hit = {}, miss = {};
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP };
	unsigned int i, wakeups = 0;
	struct tcp pub, sub;
	uint32_t id;
	int ep;

	id = world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	ep = epoll_create1(0);
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, pub.s, &ev));
	buf_publish(&hit, "t", 20, 1);
	buf_publish(&miss, "m", 20, 1);
	for (i = 0; i < nr; i++) {
		sock_send_pieces(pub.c, hit.p, hit.len, hit.len - i % 3);
		wakeups += epoll_wait(ep, &ev, 1, 0) > 0;
		if (i % 10 == 9) {
			struct buf all = {};

			while (all.len < 10 * hit.len)
				buf_add(&all, hit.p, hit.len);
			sock_expect(sub.c, all.p, all.len);
			buf_free(&all);
		}
	}
	EXPECT_EQ(0, wakeups);
	/* Held by a gate. */
	sock_send(pub.c, miss.p, miss.len);
	EXPECT_EQ(1, epoll_wait(ep, &ev, 1, PATIENCE));
	sock_expect(pub.s, miss.p, miss.len);
	for (i = 0; i < 20; i++) {
		sock_send(pub.c, hit.p, hit.len);
		EXPECT_EQ(0, epoll_wait(ep, &ev, 1, 1));
	}
	/* The end is behind them. */
	shutdown(pub.c, SHUT_WR);
	EXPECT_EQ(0, epoll_wait(ep, &ev, 1, 50));
	EXPECT_EQ(0, sock_now(pub.s) & (POLLIN | POLLRDHUP | POLLHUP));
	EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
	world_ack(&self->w, id, 1);
	EXPECT_EQ(1, epoll_wait(ep, &ev, 1, PATIENCE));
	sock_expect_eof(pub.s);
	EXPECT_EQ(nr + 20, world_stats(&self->w).publish_fast);
}

/* Room in the queue is an edge of its own: EPOLLOUT comes exactly when there is. */
TEST_F(polling, writable_when_there_is_room)
{
	const struct tcp_options o = { .client_rcvbuf = 4608, .server_sndbuf = 4608 };
	struct epoll_event ev = { .events = EPOLLOUT | EPOLLET };
	static uint8_t room[65536];
	struct buf packet = {}, all = {};
	size_t sent = 0, got = 0;
	unsigned int edges = 0;
	struct tcp t;
	uint32_t id;
	int ep;

	world_limit(&self->w, MQTT_A_LIMITS_TX_DAEMON_MAX, 8192);
	tcp_open(&t, &o);
	id = world_attach(&self->w, t.s);
	ep = epoll_create1(0);
	sock_nonblock(t.s);
	buf_publish(&packet, "t", 1000, 1);
	while (all.len < scale(400, 8000) * packet.len)
		buf_add(&all, packet.p, packet.len);
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, t.s, &ev));
	ASSERT_EQ(1, epoll_wait(ep, &ev, 1, PATIENCE));
	while (sent < all.len) {
		ssize_t n = send(t.s, all.p + sent, all.len - sent, MSG_NOSIGNAL);

		if (n > 0) {
			sent += n;
			continue;
		}
		ASSERT_EQ(EAGAIN, errno);
		ASSERT_GE(8192, world_conn(&self->w, id).daemon_bytes);
		EXPECT_EQ(0, sock_now(t.s) & POLLOUT);
		while (!epoll_wait(ep, &ev, 1, 0)) {
			/* The last bytes may be here before the edge that follows them. */
			struct pollfd p[] = {
				{ .fd = t.c, .events = POLLIN },
				{ .fd = ep, .events = POLLIN },
			};

			ASSERT_LT(0, poll(p, 2, PATIENCE));
			if (!p[0].revents)
				continue;
			n = recv(t.c, room, sizeof(room), MSG_DONTWAIT);
			ASSERT_GT(n, 0);
			ASSERT_EQ(0, memcmp(room, all.p + got, n));
			got += n;
		}
		edges++;
	}
	sock_expect(t.c, all.p + got, all.len - got);
	EXPECT_GT(edges, 10);
}

TEST_F(polling, blocking_reader_and_writer)
{
	struct buf hit = {}, miss = {};
	struct tcp pub, sub;
	unsigned int i;
	pid_t pid;
	int status;

	world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 20, 1);
	buf_puback(&miss, 1);
	pid = fork();
	if (!pid) {
		char c[PUBACK_LEN];
		size_t n = 0;

		while (n < 100 * PUBACK_LEN) {
			ssize_t got = recv(pub.s, c, sizeof(c), 0);

			if (got <= 0)
				_exit(1);
			n += got;
		}
		_exit(0);
	}
	for (i = 0; i < 100; i++) {
		sock_send(pub.c, hit.p, hit.len);
		sock_send(pub.c, miss.p, miss.len);
		sock_expect(sub.c, hit.p, hit.len);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* A receive timeout is kept. */
	{
		struct timeval tv = { .tv_usec = 50000 };
		char c;

		ASSERT_EQ(0, setsockopt(pub.s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
		EXPECT_EQ(-1, recv(pub.s, &c, 1, 0));
		EXPECT_EQ(EAGAIN, errno);
	}
}

TEST_F(polling, several_readers)
{
	enum { READERS = 3, PACKETS = 300 };
	struct buf b = {};
	int i, status, total = 0, pipes[2];
	struct tcp pub;
	char c[64];
	ssize_t n;

	world_client(&self->w, &pub);
	ASSERT_EQ(0, pipe(pipes));
	for (i = 0; i < READERS; i++) {
		if (fork())
			continue;
		while ((n = recv(pub.s, c, sizeof(c), 0)) > 0)
			if (write(pipes[1], c, n) != n)
				_exit(1);
		_exit(n < 0);
	}
	for (i = 0; i < PACKETS; i++)
		buf_puback(&b, i);
	sock_send_pieces(pub.c, b.p, b.len, 10);
	while (total < PACKETS * PUBACK_LEN) {
		sock_wait(pipes[0], POLLIN);
		n = read(pipes[0], c, sizeof(c));
		ASSERT_GT(n, 0);
		total += n;
	}
	shutdown(pub.c, SHUT_WR);
	for (i = 0; i < READERS; i++) {
		ASSERT_LT(0, wait(&status));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(PACKETS * PUBACK_LEN, total);
}

/* -- multishot receive through io_uring, closed loop -- */

enum {
	CONNS = 4,
	BUF_SIZE = 2048,
	BUFS = 64,
};

struct loop {
	struct io_uring ring;
	struct io_uring_buf_ring *bufs;
	uint8_t *mem;
	struct tcp t[CONNS];
	struct buf in[CONNS];
	unsigned long cqes, eagain, rearmed;
};

static void loop_arm(struct loop *l, unsigned int i)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&l->ring);

	io_uring_prep_recv_multishot(sqe, l->t[i].s, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = 1;
	io_uring_sqe_set_data64(sqe, i);
	io_uring_submit(&l->ring);
}

static void loop_init(struct loop *l)
{
	struct io_uring_buf_reg reg = { .ring_entries = BUFS, .bgid = 1 };
	unsigned int i;
	int err;

	err = io_uring_queue_init(64, &l->ring, 0);
	if (err)
		die("io_uring_queue_init: %s", strerror(-err));
	if (posix_memalign((void **)&l->bufs, 4096, BUFS * sizeof(struct io_uring_buf)))
		die("no memory");
	l->mem = malloc(BUFS * BUF_SIZE);
	reg.ring_addr = (unsigned long)l->bufs;
	err = io_uring_register_buf_ring(&l->ring, &reg, 0);
	if (err)
		die("io_uring_register_buf_ring: %s", strerror(-err));
	io_uring_buf_ring_init(l->bufs);
	for (i = 0; i < BUFS; i++)
		io_uring_buf_ring_add(l->bufs, l->mem + i * BUF_SIZE, BUF_SIZE, i, BUFS - 1, i);
	io_uring_buf_ring_advance(l->bufs, BUFS);
}

static void loop_wait(struct loop *l)
{
	struct __kernel_timespec patience = { .tv_sec = PATIENCE / 1000 };
	struct io_uring_cqe *cqe;
	unsigned int bid, i;
	int err;

	err = io_uring_wait_cqe_timeout(&l->ring, &cqe, &patience);
	if (err)
		die("no completion in time: %s", strerror(-err));
	i = io_uring_cqe_get_data64(cqe);
	l->cqes++;
	if (cqe->res > 0) {
		bid = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
		buf_add(&l->in[i], l->mem + bid * BUF_SIZE, cqe->res);
		io_uring_buf_ring_add(l->bufs, l->mem + bid * BUF_SIZE, BUF_SIZE, bid, BUFS - 1, 0);
		io_uring_buf_ring_advance(l->bufs, 1);
	} else {
		die("recv: %s", strerror(-cqe->res));
	}
	if (!(cqe->flags & IORING_CQE_F_MORE)) {
		l->rearmed++;
		loop_arm(l, i);
	}
	io_uring_cqe_seen(&l->ring, cqe);
}

TEST_F_TIMEOUT(polling, multishot_ping_pong, 3000)
{
	const unsigned int messages = scale(kernel_is_debug() ? 10000 : 20000, 1000000);
	unsigned int sent = 0, trips = 0, slow = 0;
	struct buf out = {}, marker[CONNS] = {};
	struct loop l = {};
	struct tcp sub;
	struct mqtt_conn end = {};
	unsigned int i;

	loop_init(&l);
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 1 << 30);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	for (i = 0; i < CONNS; i++) {
		world_client(&self->w, &l.t[i]);
		loop_arm(&l, i);
	}
	while (sent < messages) {
		i = random_below(CONNS);
		out.len = 0;
		marker[i].len = 0;
		for (unsigned int n = random_below(6); n; n--, sent++)
			buf_publish(&out, "t", random_below(40), sent);
		buf_puback(&marker[i], trips++);
		buf_add(&out, marker[i].p, PUBACK_LEN);
		slow++;
		sent++;
		for (unsigned int n = random_below(3); n; n--, sent++)
			buf_publish(&out, "t", random_below(40), sent);
		sock_send_pieces(l.t[i].c, out.p, out.len,
				 random_below(8) ? out.len : 1 + random_below(out.len));
		while (l.in[i].len < PUBACK_LEN)
			loop_wait(&l);
		if (l.in[i].len != PUBACK_LEN || memcmp(l.in[i].p, marker[i].p, PUBACK_LEN))
			die("trip %u: %zu bytes, or wrong ones", trips, l.in[i].len);
		l.in[i].len = 0;
		/* Closed loop for the daemon; the subscriber only has to keep up. */
		for (;;) {
			static uint8_t room[65536];

			if (recv(sub.c, room, sizeof(room), MSG_DONTWAIT) <= 0)
				break;
		}
	}
	for (i = 0; i < CONNS; i++) {
		out.len = 0;
		buf_puback(&out, i);
		sock_send(l.t[i].c, out.p, out.len);
		while (l.in[i].len < PUBACK_LEN)
			loop_wait(&l);
	}
	slow += CONNS;
	end = world_conn(&self->w, 1);
	EXPECT_EQ(sent + CONNS - slow, world_stats(&self->w).publish_fast);
	EXPECT_EQ(sent + CONNS - slow, end.deliver_fast);
	EXPECT_EQ(slow, world_stats(&self->w).divert_other);
	EXPECT_GE(2 * slow, l.cqes);
	EXPECT_GE(slow / 100, l.rearmed);
	TH_LOG("%u messages, %u diverted, %lu completions, %lu rearmed", sent, slow, l.cqes,
	       l.rearmed);
	io_uring_queue_exit(&l.ring);
}

/* Armed conns with kernel-owned bytes before them cost no CPU time. */
TEST_F(polling, idle_multishot_costs_nothing)
{
	struct rusage before, after;
	struct buf miss = {}, hit = {};
	struct loop l = {};
	long used;
	unsigned int i, n;

	loop_init(&l);
	world_flow(&self->w, "t", 0);
	buf_publish(&miss, "m", 10, 1);
	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < CONNS; i++) {
		world_client(&self->w, &l.t[i]);
		loop_arm(&l, i);
		sock_send(l.t[i].c, miss.p, miss.len);
		while (l.in[i].len < miss.len)
			loop_wait(&l);
	}
	for (i = 0; i < CONNS; i++)
		for (n = 0; n < 20; n++)
			sock_send(l.t[i].c, hit.p, hit.len);
	getrusage(RUSAGE_SELF, &before);
	usleep(1000000);
	getrusage(RUSAGE_SELF, &after);
	used = (after.ru_utime.tv_sec - before.ru_utime.tv_sec +
		after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000 +
	       after.ru_utime.tv_usec - before.ru_utime.tv_usec +
	       after.ru_stime.tv_usec - before.ru_stime.tv_usec;
	EXPECT_GE(200000, used) TH_LOG("%ld us", used);
	EXPECT_EQ(0, io_uring_cq_ready(&l.ring));
	for (i = 0; i < CONNS; i++)
		world_ack(&self->w, i + 1, 1);
	for (i = 0; i < CONNS; i++)
		sock_send(l.t[i].c, miss.p, miss.len);
	for (i = 0; i < CONNS; i++)
		while (l.in[i].len < 2 * miss.len)
			loop_wait(&l);
	EXPECT_EQ(CONNS * 20, world_stats(&self->w).publish_fast);
	io_uring_queue_exit(&l.ring);
}

TEST_HARNESS_MAIN
