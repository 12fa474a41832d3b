// SPDX-License-Identifier: GPL-2.0
/* Whole packets in both directions, however the bytes are cut. */
#include <sys/mman.h>
#include <sys/uio.h>

#include "lib_test.h"
#include "parse.h"

FIXTURE(framing) {
	struct world w;
};

FIXTURE_SETUP(framing)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(framing)
{
	world_close(&self->w);
}

/*
 * @hits publishes of a random mix of topics and sizes into @out, all of them
 * fast; with diverted PUBACKs between them, which go to @slow.
 */
static void mix(struct buf *out, struct buf *fast, struct buf *slow, unsigned int nr,
		unsigned int longest)
{
	static const char *const topics[] = { "t", "longer/topic", "a/third/topic/of/some/length" };
	unsigned int i;

	for (i = 0; i < nr; i++) {
		size_t start = out->len;

		if (slow && !random_below(10)) {
			buf_puback(out, i);
			buf_add(slow, out->p + start, out->len - start);
			continue;
		}
		buf_publish(out, topics[random_below(3)],
			    random_below(random_below(20) ? longest / 20 + 1 : longest), i);
		buf_add(fast, out->p + start, out->len - start);
	}
}

static uint32_t mix_group(struct world *w)
{
	uint32_t group = world_group(w, "#");

	world_flow(w, "t", group);
	world_flow(w, "longer/topic", group);
	world_flow(w, "a/third/topic/of/some/length", group);
	return group;
}

static void stream_init(struct stream *s, int fd, size_t piece, size_t want)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->piece = piece;
	s->in_want = want;
	sock_nonblock(fd);
}

static void stream_same(struct stream *s, const struct buf *want)
{
	size_t i;

	if (s->in.len != want->len)
		die("%zu bytes instead of %zu", s->in.len, want->len);
	for (i = 0; i < want->len; i++)
		if (s->in.p[i] != want->p[i])
			die("byte %zu of %zu is %#x instead of %#x", i, want->len, s->in.p[i],
			    want->p[i]);
}

static void run_boundaries(struct world *w, size_t piece, unsigned int nr, unsigned int longest,
			   const struct tcp_options *o)
{
	struct buf out = {}, fast = {}, slow = {};
	struct tcp pub, sub;
	struct stream s[3];
	uint32_t id, group;

	tcp_open(&pub, o);
	tcp_open(&sub, o);
	id = world_attach(w, pub.s);
	group = mix_group(w);
	world_member(w, group, world_attach(w, sub.s), 0, 0);
	mix(&out, &fast, &slow, nr, longest);
	stream_init(&s[0], pub.c, piece, 0);
	s[0].out = out;
	stream_init(&s[1], pub.s, 0, slow.len);
	s[1].read_max = 7;
	stream_init(&s[2], sub.c, 0, fast.len);
	pump(s, 3);
	stream_same(&s[1], &slow);
	stream_same(&s[2], &fast);
	if (world_conn(w, id).publish_fast + world_conn(w, id).diverted != nr)
		die("%llu fast and %llu diverted of %u",
		    (unsigned long long)world_conn(w, id).publish_fast,
		    (unsigned long long)world_conn(w, id).diverted, nr);
	tcp_close(&pub);
	tcp_close(&sub);
}

TEST_F(framing, one_byte_writes)
{
	run_boundaries(&self->w, 1, scale(150, 5000), 200, NULL);
}

TEST_F(framing, small_writes)
{
	run_boundaries(&self->w, 13, scale(600, 20000), 1000, NULL);
}

TEST_F(framing, large_writes)
{
	run_boundaries(&self->w, 0, scale(3000, 60000), 20000, NULL);
}

TEST_F(framing, tiny_buffers)
{
	const struct tcp_options o = {
		.client_rcvbuf = 2304,
		.client_sndbuf = 4608,
		.server_rcvbuf = 2304,
		.server_sndbuf = 4608,
	};

	run_boundaries(&self->w, 700, scale(500, 10000), 3000, &o);
}

TEST_F(framing, tiny_buffers_v6)
{
	const struct tcp_options o = {
		.family = AF_INET6,
		.client_rcvbuf = 2304,
		.client_sndbuf = 4608,
		.server_rcvbuf = 2304,
		.server_sndbuf = 4608,
	};

	run_boundaries(&self->w, 40, scale(300, 10000), 3000, &o);
}

/* Each write is a record of TLS: packets in many, and many in one. */
/* Decrypting under KASAN takes minutes of the emulated machine. */
static unsigned int tls_count(unsigned int normal, unsigned int many)
{
	return scale(kernel_is_debug() ? normal / 10 : normal, many);
}

TEST_F(framing, tls_one_byte_records)
{
	const struct tcp_options o = { .tls = true };

	run_boundaries(&self->w, 1, tls_count(100, 5000), 60, &o);
}

TEST_F(framing, tls_small_records)
{
	const struct tcp_options o = { .tls = true };

	run_boundaries(&self->w, 13, tls_count(300, 20000), 500, &o);
}

TEST_F(framing, tls_large_records)
{
	const struct tcp_options o = { .tls = true };

	run_boundaries(&self->w, 0, tls_count(1500, 60000), 20000, &o);
}

TEST_F(framing, tls_tiny_buffers)
{
	const struct tcp_options o = {
		.client_rcvbuf = 2304,
		.client_sndbuf = 4608,
		.server_rcvbuf = 2304,
		.server_sndbuf = 4608,
		.tls = true,
	};

	run_boundaries(&self->w, 700, tls_count(300, 10000), 3000, &o);
}

/*
 * A socket with a tiny window that keeps an incomplete header would never open
 * it again. Every place to cut, with bytes before that fill the window.
 */
TEST_F(framing, incomplete_header_in_a_tiny_window)
{
	const struct tcp_options o = { .server_rcvbuf = 2304 };
	struct buf fill = {}, hit = {}, miss = {}, all = {};
	char topic[200];
	struct tcp pub, sub;
	struct stream s[3];
	uint32_t id, group;
	size_t cut;

	memset(topic, 'x', sizeof(topic) - 1);
	topic[199] = 0;
	tcp_open(&pub, &o);
	id = world_attach(&self->w, pub.s);
	group = world_group(&self->w, "#");
	world_member(&self->w, group, world_client(&self->w, &sub), 0, 0);
	world_flow(&self->w, "t", group);
	world_flow(&self->w, topic, group);
	buf_publish(&fill, "t", 2000, 1);
	buf_publish(&hit, topic, 2500, 2);
	topic[150] = 'y';
	buf_publish(&miss, topic, 2500, 3);
	buf_add(&all, fill.p, fill.len);
	buf_add(&all, hit.p, hit.len);
	for (cut = 1; cut < 206; cut += 1 + random_below(9)) {
		stream_init(&s[0], pub.c, 0, 0);
		buf_add(&s[0].out, fill.p, fill.len);
		buf_add(&s[0].out, hit.p, cut);
		stream_init(&s[1], sub.c, 0, fill.len);
		pump(s, 2);
		stream_same(&s[1], &fill);
		buf_free(&s[0].out);
		stream_init(&s[0], pub.c, 1 + random_below(300), 0);
		buf_add(&s[0].out, hit.p + cut, hit.len - cut);
		buf_add(&s[0].out, miss.p, miss.len);
		stream_init(&s[1], sub.c, 0, hit.len);
		stream_init(&s[2], pub.s, 0, miss.len);
		pump(s, 3);
		stream_same(&s[1], &hit);
		stream_same(&s[2], &miss);
		world_ack(&self->w, id, UINT64_MAX);
	}
}

/*
 * The daemon's own packets, sent in pieces of 1 to 40 bytes, and module frames
 * share a subscriber's connection: each stream complete and in order, packets
 * never mixed.
 */
static void run_interleaved(struct world *w, unsigned int nr, const struct tcp_options *o,
			    size_t piece, unsigned int longest)
{
	enum { SUBS = 3 };
	struct buf out = {}, fast = {}, daemon[SUBS] = {};
	struct stream s[2 * SUBS + 1];
	struct tcp pub, sub[SUBS];
	uint32_t group;
	unsigned int i, n;

	tcp_open(&pub, o);
	world_attach(w, pub.s);
	group = mix_group(w);
	mix(&out, &fast, NULL, nr, longest);
	world_limit(w, MQTT_A_LIMITS_TX_CONN_MAX, 1 << 30);
	stream_init(&s[0], pub.c, 3000, 0);
	s[0].out = out;
	for (i = 0; i < SUBS; i++) {
		tcp_open(&sub[i], o);
		world_member(w, group, world_attach(w, sub[i].s), 0, 0);
		/* Daemon packets are on topics of their own, so that they can be told. */
		for (n = 0; n < nr; n++)
			buf_publish(&daemon[i], "daemon", random_below(longest), n);
		stream_init(&s[1 + i], sub[i].s, piece, 0);
		s[1 + i].out = daemon[i];
		stream_init(&s[1 + SUBS + i], sub[i].c, 0, fast.len + daemon[i].len);
	}
	pump(s, 2 * SUBS + 1);
	for (i = 0; i < SUBS; i++) {
		struct packets walk = { s[1 + SUBS + i].in.p, s[1 + SUBS + i].in.len };
		size_t len, f = 0, d = 0, switches = 0;
		bool was_daemon = false;
		const uint8_t *p;

		while ((p = packets_next(&walk, &len))) {
			struct mqtt_packet_head h;
			bool is_daemon;

			mqtt_parse_head(p, len, UINT32_MAX, 65535, &h);
			is_daemon = h.topic_len == 6 && !memcmp(p + h.fixed_len + 2, "daemon", 6);
			switches += is_daemon != was_daemon;
			was_daemon = is_daemon;
			if (is_daemon) {
				if (d + len > daemon[i].len || memcmp(p, daemon[i].p + d, len))
					die("subscriber %u: daemon byte %zu is wrong", i, d);
				d += len;
			} else {
				if (f + len > fast.len || memcmp(p, fast.p + f, len))
					die("subscriber %u: module byte %zu is wrong", i, f);
				f += len;
			}
		}
		if (walk.left || f != fast.len || d != daemon[i].len)
			die("subscriber %u: %zu bytes left, %zu of %zu, %zu of %zu", i, walk.left,
			    f, fast.len, d, daemon[i].len);
		if (i == 0)
			printf("# %u packets of each, %zu switches\n", nr, switches);
	}
	if (world_stats(w).drop_queue_full)
		die("messages were dropped");
}

TEST_F(framing, interleaved)
{
	run_interleaved(&self->w, scale(400, 10000), NULL, 40, 300);
}

TEST_F(framing, interleaved_tiny_buffers)
{
	const struct tcp_options o = {
		.client_rcvbuf = 2304,
		.client_sndbuf = 4608,
		.server_rcvbuf = 2304,
		.server_sndbuf = 4608,
	};

	run_interleaved(&self->w, scale(200, 5000), &o, 40, 600);
}

TEST_F(framing, tls_interleaved)
{
	const struct tcp_options o = { .tls = true };

	run_interleaved(&self->w, tls_count(200, 10000), &o, 40, 300);
}

TEST_F(framing, tls_interleaved_small_buffers)
{
	const struct tcp_options o = {
		.client_rcvbuf = 2304,
		.server_sndbuf = 4608,
		.tls = true,
	};

	run_interleaved(&self->w, tls_count(150, 5000), &o, 900, 6000);
}

TEST_F(framing, interleaved_whole_packets)
{
	run_interleaved(&self->w, scale(400, 20000), NULL, 0, 3000);
}

TEST_F(framing, tls_interleaved_whole_packets)
{
	const struct tcp_options o = { .tls = true };

	run_interleaved(&self->w, tls_count(300, 20000), &o, 0, 3000);
}

/* Small limits for the daemon: it must be able to finish its packet. */
TEST_F(framing, daemon_limit)
{
	const struct tcp_options o = { .client_rcvbuf = 2304, .server_sndbuf = 4608 };

	world_limit(&self->w, MQTT_A_LIMITS_TX_DAEMON_MAX, 4096);
	run_interleaved(&self->w, scale(100, 2000), &o, 900, 6000);
}

/*
 * One packet of the daemon as long as MQTT allows, streamed in pieces while
 * module frames arrive: they come after it, whole, and little is buffered.
 */
TEST_F_TIMEOUT(framing, longest_packet_of_the_daemon, 3000)
{
	const uint32_t remaining = scale(kernel_is_debug() ? 3 << 20 : 16 << 20, 268435455);
	enum { PERIOD = 65536, PIECE = 50000 };
	static uint8_t pattern[2 * PERIOD], room[PERIOD];
	struct buf header = {}, hit = {}, tail = {}, want = {};
	struct tcp pub, sub;
	size_t sent = 0, got = 0, i;
	unsigned int hits = 0;
	uint32_t id;

	world_client(&self->w, &pub);
	id = world_client(&self->w, &sub);
	world_subscribe(&self->w, "t", id);
	for (i = 0; i < sizeof(pattern); i++)
		pattern[i] = (i % PERIOD) * 31 >> 3;
	buf_header(&header, MQTT_PUBLISH << 4, remaining);
	buf_publish(&hit, "t", 100, 1);
	sock_send(sub.s, header.p, header.len);
	sock_expect(sub.c, header.p, header.len);
	sock_nonblock(sub.s);
	while (got < remaining) {
		struct pollfd p[2] = {
			{ .fd = sent < remaining ? sub.s : -1, .events = POLLOUT },
			{ .fd = sub.c, .events = POLLIN },
		};
		ssize_t n;

		if (poll(p, 2, PATIENCE) <= 0)
			die("stuck: sent %zu, received %zu of %u", sent, got, remaining);
		if (p[0].revents) {
			size_t len = 1 + random_below(PIECE);

			if (len > remaining - sent)
				len = remaining - sent;
			n = send(sub.s, pattern + sent % PERIOD, len, MSG_NOSIGNAL);
			if (n < 0 && errno != EAGAIN)
				die("send: %m");
			sent += n > 0 ? n : 0;
		}
		if (p[1].revents) {
			size_t len;

			n = recv(sub.c, room, sizeof(room), 0);
			if (n <= 0)
				die("recv: %zd, %m", n);
			len = n;
			if (len > remaining - got)
				len = remaining - got;
			if (memcmp(room, pattern + got % PERIOD, len))
				die("wrong bytes after %zu", got);
			got += len;
			buf_add(&tail, room + len, n - len);
		}
		if (hits < 50 && sent > remaining / 60 * hits && sent < remaining) {
			sock_send(pub.c, hit.p, hit.len);
			world_fence(&self->w, &pub);
			hits++;
			/* It waits until the packet ends. */
			ASSERT_EQ(hits * hit.len, world_conn(&self->w, id).queued_bytes);
			ASSERT_GE(512 << 10, world_conn(&self->w, id).daemon_bytes);
		}
	}
	EXPECT_LE(1, hits);
	for (i = 0; i < hits; i++)
		buf_add(&want, hit.p, hit.len);
	ASSERT_LE(tail.len, want.len);
	ASSERT_EQ(0, memcmp(tail.p, want.p, tail.len));
	world_expect(&sub, want.p + tail.len, want.len - tail.len);
}

static void run_large_packets(struct world *w, const struct tcp_options *o)
{
	const unsigned int count = scale(10, 300);
	struct buf all = {};
	struct tcp pub, sub;
	struct stream s[2];
	struct mqtt_stats stats;
	unsigned int i;

	tcp_open(&pub, o);
	world_attach(w, pub.s);
	tcp_open(&sub, o);
	/* Nothing paces the publisher: all of it may have to wait. */
	world_limit(w, MQTT_A_LIMITS_TX_CONN_MAX, 1 << 30);
	world_subscribe(w, "t", world_attach(w, sub.s));
	for (i = 0; i < count; i++)
		buf_publish(&all, "t", 65536 - 7 - i, i);
	stream_init(&s[0], pub.c, 0, 0);
	s[0].out = all;
	stream_init(&s[1], sub.c, 0, all.len);
	pump(s, 2);
	stream_same(&s[1], &all);
	stats = world_stats(w);
	if (stats.publish_fast != count || stats.deliver_fast != count || stats.drop_queue_full)
		die("%llu published, %llu delivered, %llu dropped of %u",
		    (unsigned long long)stats.publish_fast, (unsigned long long)stats.deliver_fast,
		    (unsigned long long)stats.drop_queue_full, count);
}

/* The payload of a fast packet is longer than the window or the buffer. */
TEST_F(framing, large_fast_packets)
{
	const struct tcp_options o = { .server_rcvbuf = 2304, .client_rcvbuf = 2304 };

	run_large_packets(&self->w, &o);
}

/* Packets of several records, in both directions. */
TEST_F(framing, tls_large_fast_packets)
{
	const struct tcp_options o = { .server_rcvbuf = 2304, .client_rcvbuf = 2304, .tls = true };

	run_large_packets(&self->w, &o);
}

#define PIECES	1024

/* Cuts @b into pieces of up to @most bytes, some of them empty. */
static int cut(struct iovec *iov, const struct buf *b, size_t most)
{
	size_t off = 0;
	int n = 0;

	while (off < b->len) {
		size_t len = random_below(most + 1);

		if (len > b->len - off || n == PIECES - 1)
			len = b->len - off;
		iov[n].iov_base = b->p + off;
		iov[n++].iov_len = len;
		off += len;
	}
	return n;
}

/*
 * What is sent with nothing queued goes to TCP from the daemon's memory: the
 * packets in it are followed through pieces of any length all the same.
 */
TEST_F(framing, pieces_in_memory)
{
	const unsigned int nr = scale(300, 20000);
	struct buf hit = {}, want = {}, part = {};
	struct iovec iov[PIECES];
	struct tcp pub, sub;
	unsigned int i;

	world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 10, 1);
	for (i = 0; i < nr; i++) {
		struct msghdr msg = { .msg_iov = iov };
		size_t half;

		/* Headers of two, three and four bytes; the last packet is cut. */
		part.len = 0;
		buf_publish(&part, "d", random_below(5), i);
		buf_publish(&part, "d", 100 + random_below(100), i);
		if (!random_below(20))
			buf_publish(&part, "d", 16380 + random_below(20), i);
		half = part.len;
		buf_publish(&part, "d", random_below(300), i);
		want.len = 0;
		buf_add(&want, part.p, part.len);
		half += 1 + random_below(part.len - half - 1);
		part.len = half;
		msg.msg_iovlen = cut(iov, &part, part.len > 10000 ? 500 : 1 + random_below(40));
		ASSERT_EQ((ssize_t)half, sendmsg(sub.s, &msg, MSG_NOSIGNAL));
		sock_expect(sub.c, want.p, half);
		/* In the midst of a packet: this waits for its end. */
		sock_send(pub.c, hit.p, hit.len);
		while (world_stats(&self->w).deliver_fast <= i)
			usleep(100);
		EXPECT_EQ(EAGAIN, sock_recv_errno(sub.c));
		sock_send(sub.s, want.p + half, want.len - half);
		sock_expect(sub.c, want.p + half, want.len - half);
		sock_expect(sub.c, hit.p, hit.len);
	}
}

/* Memory that cannot be read is the sender's problem, and nobody else's. */
TEST_F(framing, pieces_that_cannot_be_read)
{
	size_t page = sysconf(_SC_PAGESIZE), len;
	struct buf hit = {}, packet = {};
	struct tcp pub, sub;
	uint8_t *p;
	ssize_t n;

	world_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 10, 1);
	buf_publish(&packet, "d", page, 1);
	p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, p);
	memcpy(p, packet.p, page);
	ASSERT_EQ(0, mprotect(p + page, page, PROT_NONE));
	n = send(sub.s, p + page, 100, MSG_NOSIGNAL);
	EXPECT_EQ(-1, n);
	EXPECT_EQ(EFAULT, errno);
	/* Nothing was taken, so the stream is at the end of a packet. */
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
	n = send(sub.s, p, packet.len, MSG_NOSIGNAL);
	len = n > 0 ? n : 0;
	ASSERT_LE(len, page);
	sock_send(sub.s, packet.p + len, packet.len - len);
	sock_expect(sub.c, packet.p, packet.len);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
	munmap(p, 2 * page);
}

/*
 * Packets that are diverted as they come, and such that the worker takes, while
 * a reader waits in recv(): each wake-up matters.
 */
TEST_F(framing, reader_against_worker)
{
	const unsigned int nr = scale(4000, 200000);
	struct buf out = {}, fast = {}, slow = {};
	struct tcp pub, sub;
	unsigned int i = 0;
	uint32_t id, group;
	pid_t reader, writer;
	int status;

	id = world_client(&self->w, &pub);
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 1 << 30);
	group = mix_group(&self->w);
	world_member(&self->w, group, world_client(&self->w, &sub), 0, 0);
	while (i < nr) {
		unsigned int run = 1 + random_below(30);
		size_t start = out.len;

		if (random_below(2)) {
			mix(&out, &fast, NULL, random_below(4) + 1, 200);
			i++;
			continue;
		}
		for (; run; run--, i++)
			buf_puback(&out, i);
		buf_add(&slow, out.p + start, out.len - start);
	}
	writer = fork();
	if (!writer) {
		sock_send_pieces(pub.c, out.p, out.len, 100);
		_exit(0);
	}
	reader = fork();
	if (!reader) {
		sock_expect(pub.s, slow.p, slow.len);
		_exit(0);
	}
	sock_expect(sub.c, fast.p, fast.len);
	ASSERT_EQ(writer, waitpid(writer, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_EQ(reader, waitpid(reader, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(slow.len / PUBACK_LEN, world_conn(&self->w, id).diverted);
	EXPECT_EQ(slow.len / PUBACK_LEN, world_stats(&self->w).divert_other);
	EXPECT_EQ(0, world_conn(&self->w, id).gate);
}

/* Runs: many packets of one topic cross segments and allocations. */
TEST_F(framing, runs)
{
	const unsigned int nr = scale(20000, 500000);
	struct buf all = {};
	struct tcp pub, sub;
	struct stream s[2];
	unsigned int i;

	world_client(&self->w, &pub);
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 1 << 30);
	world_subscribe(&self->w, "topic/of/the/run", world_client(&self->w, &sub));
	for (i = 0; i < nr; i++)
		buf_publish(&all, "topic/of/the/run", 64, i);
	stream_init(&s[0], pub.c, 0, 0);
	s[0].out = all;
	stream_init(&s[1], sub.c, 0, all.len);
	pump(s, 2);
	stream_same(&s[1], &all);
	EXPECT_EQ(nr, world_stats(&self->w).deliver_fast);
	EXPECT_EQ(0, world_stats(&self->w).queued_bytes);
	EXPECT_EQ(0, world_stats(&self->w).drop_queue_full);
}

TEST_HARNESS_MAIN
