// SPDX-License-Identifier: GPL-2.0
/* Conns over kTLS. Streams cut in every way are in framing.c. */
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "lib_test.h"
#include "lib_tls.h"

#define RECORD_HEADER	5
/* What AES-128-GCM adds at 1.3: the type, and the tag. */
#define RECORD_EXTRA	17

/* A client over TLS 1.3, attached. */
static uint32_t tls_client(struct world *w, struct tcp *t)
{
	tcp_open(t, &(struct tcp_options){ .tls = true });
	return world_attach(w, t->s);
}

FIXTURE(kinds) {
	struct world w;
};

FIXTURE_VARIANT(kinds) {
	struct tls_kind kind;
};

FIXTURE_VARIANT_ADD(kinds, gcm_1_2) {
	.kind = { TLS_1_2_VERSION, TLS_CIPHER_AES_GCM_128 },
};

FIXTURE_VARIANT_ADD(kinds, gcm_1_3) {
	.kind = { TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_128 },
};

FIXTURE_VARIANT_ADD(kinds, chacha_1_2) {
	.kind = { TLS_1_2_VERSION, TLS_CIPHER_CHACHA20_POLY1305 },
};

FIXTURE_VARIANT_ADD(kinds, chacha_1_3) {
	.kind = { TLS_1_3_VERSION, TLS_CIPHER_CHACHA20_POLY1305 },
};

FIXTURE_SETUP(kinds)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(kinds)
{
	world_close(&self->w);
}

TEST_F(kinds, fan_out)
{
	enum { SUBS = 4, NR = 50 };
	struct tcp pub, sub[SUBS];
	struct buf out = {};
	uint32_t id, group, ids[SUBS];
	unsigned int i;

	tcp_open(&pub, NULL);
	tls_start(&pub, variant->kind);
	id = world_attach(&self->w, pub.s);
	EXPECT_EQ(variant->kind.version, world_conn(&self->w, id).tls_version);
	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	for (i = 0; i < SUBS; i++) {
		tcp_open(&sub[i], NULL);
		/* Half of them are plain. */
		if (i % 2)
			tls_start(&sub[i], variant->kind);
		ids[i] = world_attach(&self->w, sub[i].s);
		world_member(&self->w, group, ids[i], 0, 0);
		EXPECT_EQ(i % 2 ? variant->kind.version : 0,
			  world_conn(&self->w, ids[i]).tls_version);
	}
	for (i = 0; i < NR; i++)
		buf_publish(&out, "t", i * 97, i);
	sock_send_pieces(pub.c, out.p, out.len, 5000);
	world_fence(&self->w, &pub);
	for (i = 0; i < SUBS; i++) {
		world_expect(&sub[i], out.p, out.len);
		EXPECT_EQ(NR, world_conn(&self->w, ids[i]).deliver_fast);
	}
	EXPECT_EQ(NR, world_stats(&self->w).publish_fast);
	EXPECT_EQ(SUBS * NR, world_stats(&self->w).deliver_fast);
	EXPECT_EQ(1, world_stats(&self->w).divert_other);
}

/* Subscriptions, QoS 1, misses and hits between them, in few and many records. */
TEST_F(kinds, diverts_come_in_order)
{
	struct buf slow = {}, hit = {}, all = {};
	struct tcp pub, sub;
	unsigned int round;
	uint32_t id;

	tcp_open(&pub, NULL);
	tls_start(&pub, variant->kind);
	id = world_attach(&self->w, pub.s);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_subscribe(&slow, 1, "a/b");
	buf_publish_raw(&slow, 0x32, "t", 1, NULL, 700, 2);
	buf_publish(&slow, "miss", 3000, 3);
	buf_puback(&slow, 4);
	buf_publish(&hit, "t", 100, 5);
	buf_add(&all, slow.p, slow.len);
	buf_add(&all, hit.p, hit.len);
	buf_add(&all, slow.p, slow.len);
	/* Not so many records that the debug kernel takes minutes. */
	for (round = 0; round < 4; round++) {
		const size_t piece[] = { all.len, 2000, 500, 50 };

		sock_send_pieces(pub.c, all.p, all.len, piece[round]);
		sock_expect(pub.s, slow.p, slow.len);
		/* The hit waits in the module: it must not overtake. */
		while (world_conn(&self->w, id).state != MQTT_CONN_STATE_GATE)
			usleep(1000);
		EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
		EXPECT_EQ(0, sock_now(pub.s) & POLLIN);
		EXPECT_EQ(round, world_stats(&self->w).publish_fast);
		world_ack(&self->w, id, UINT64_MAX);
		sock_expect(sub.c, hit.p, hit.len);
		sock_expect(pub.s, slow.p, slow.len);
		world_ack(&self->w, id, UINT64_MAX);
		EXPECT_EQ(8 * (round + 1), world_conn(&self->w, id).diverted);
	}
}

FIXTURE(tls) {
	struct world w;
};

FIXTURE_SETUP(tls)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(tls)
{
	world_close(&self->w);
}

TEST_F(tls, both_keys_are_needed)
{
	struct tls_kind kind = tls_kind_default();
	struct tcp t;

	tcp_open(&t, NULL);
	tls_ulp(t.s);
	EXPECT_EQ(-EBUSY, world_try_attach(&self->w, t.s));
	tls_key(t.s, kind, TLS_TX, 0);
	EXPECT_EQ(-EBUSY, world_try_attach(&self->w, t.s));
	tls_key(t.s, kind, TLS_RX, 1);
	EXPECT_EQ(0, world_try_attach(&self->w, t.s));
	EXPECT_EQ(-EBUSY, world_try_attach(&self->w, t.s));
	tcp_close(&t);
}

TEST_F(tls, keys_stay_when_attached)
{
	struct tls12_crypto_info_aes_gcm_128 info = {
		.info = { TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_128 },
	};
	struct tcp t;

	tls_client(&self->w, &t);
	EXPECT_EQ(-1, setsockopt(t.s, SOL_TLS, TLS_TX, &info, sizeof(info)));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, setsockopt(t.s, SOL_TLS, TLS_RX, &info, sizeof(info)));
	EXPECT_EQ(EBUSY, errno);
	world_greet(&t);
}

/* What came before the socket was attached, in part read by the daemon. */
TEST_F(tls, bytes_before_attaching)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_RX_SKIP), .rx_skip = 60 };
	struct buf first = {}, hit = {};
	struct tcp pub, sub;

	tcp_open(&pub, &(struct tcp_options){ .tls = true });
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&first, "first", 93, 1);
	buf_publish(&hit, "t", 20, 2);
	ASSERT_EQ(102, first.len);
	sock_send(pub.c, first.p, first.len);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(pub.s, first.p, 42);
	world_attach_with(&self->w, pub.s, &conn);
	sock_expect(pub.s, first.p + 42, 60);
	sock_expect(sub.c, hit.p, hit.len);
}

/* A packet for the daemon that is far longer than what the module keeps. */
TEST_F(tls, long_packet_for_the_daemon)
{
	struct buf out = {}, hit = {};
	struct tcp pub, sub;
	struct stream s[2] = {};

	tls_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish_raw(&out, 0x31, "t", 1, NULL, 1000000, 1);
	buf_publish(&hit, "t", 20, 2);
	s[0].fd = pub.c;
	s[0].out = out;
	s[1].fd = pub.s;
	s[1].in_want = out.len;
	sock_nonblock(pub.c);
	sock_nonblock(pub.s);
	pump(s, 2);
	EXPECT_EQ(0, memcmp(out.p, s[1].in.p, out.len));
	sock_send(pub.c, hit.p, hit.len);
	/* It is a retained message that gates. */
	EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
	world_ack(&self->w, 1, UINT64_MAX);
	sock_expect(sub.c, hit.p, hit.len);
}

/* The bytes before a record that is not data come first, then -EIO until it is taken. */
TEST_F(tls, control_records)
{
	struct buf miss = {}, hit = {};
	struct tcp pub, sub;
	uint8_t room[64], type;
	unsigned int i;
	uint32_t id;

	id = tls_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_puback(&miss, 1);
	buf_publish(&hit, "t", 20, 2);
	for (i = 0; i < 3; i++) {
		uint8_t sent = i % 2 ? TLS_HANDSHAKE : TLS_ALERT;

		sock_send(pub.c, hit.p, hit.len);
		sock_send(pub.c, miss.p, miss.len);
		tls_send_record(pub.c, sent, "\x01\x5a", 2);
		sock_send(pub.c, hit.p, hit.len);
		sock_expect(sub.c, hit.p, hit.len);
		sock_expect(pub.s, miss.p, miss.len);
		sock_wait(pub.s, POLLIN);
		EXPECT_EQ(EIO, sock_recv_errno(pub.s));
		EXPECT_EQ(EIO, sock_recv_errno(pub.s));
		EXPECT_EQ(MQTT_CONN_STATE_DIVERT, world_conn(&self->w, id).state);
		/* What follows is not looked at before. */
		EXPECT_EQ(2 * i + 1, world_stats(&self->w).publish_fast);
		EXPECT_EQ(EAGAIN, sock_recv_errno(sub.c));
		ASSERT_EQ(2, tls_recv_record(pub.s, room, sizeof(room), &type));
		EXPECT_EQ(sent, type);
		EXPECT_EQ(0, memcmp(room, "\x01\x5a", 2));
		sock_expect(sub.c, hit.p, hit.len);
	}
	/* In the midst of a packet: it is whole all the same. */
	sock_send(pub.c, hit.p, 5);
	tls_send_record(pub.c, TLS_HANDSHAKE, "key update", 10);
	sock_send(pub.c, hit.p + 5, hit.len - 5);
	ASSERT_EQ(4, tls_recv_record(pub.s, room, 4, &type));
	EXPECT_EQ(TLS_HANDSHAKE, type);
	ASSERT_EQ(6, tls_recv_record(pub.s, room + 4, 60, &type));
	EXPECT_EQ(TLS_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(room, "key update", 10));
	sock_expect(sub.c, hit.p, hit.len);
}

TEST_F(tls, data_records_are_told_from_others)
{
	struct buf slow = {};
	uint8_t room[64], type = 0;
	struct tcp t;

	tls_client(&self->w, &t);
	buf_subscribe(&slow, 1, "a/b");
	sock_send(t.c, slow.p, 3);
	sock_send(t.c, slow.p + 3, slow.len - 3);
	tls_send_record(t.c, TLS_ALERT, "\x01\x00", 2);
	/* The packet was cut: it comes in one or two pieces. */
	for (size_t got = 0; got < slow.len;) {
		ssize_t n = tls_recv_record(t.s, room + got, sizeof(room) - got, &type);

		ASSERT_LT(0, n);
		EXPECT_EQ(TLS_DATA, type);
		got += n;
	}
	EXPECT_EQ(0, memcmp(room, slow.p, slow.len));
	ASSERT_EQ(2, tls_recv_record(t.s, room, sizeof(room), &type));
	EXPECT_EQ(TLS_ALERT, type);
}

/* close_notify while half a packet has come, then the end. */
TEST_F(tls, close_notify_and_end)
{
	uint8_t room[8], type;
	struct buf hit = {};
	struct tcp pub, sub;

	tls_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 20, 2);
	sock_send(pub.c, hit.p, hit.len);
	sock_send(pub.c, hit.p, hit.len / 2);
	tls_send_record(pub.c, TLS_ALERT, "\x01\x00", 2);
	shutdown(pub.c, SHUT_WR);
	sock_expect(sub.c, hit.p, hit.len);
	sock_wait(pub.s, POLLIN);
	EXPECT_EQ(EIO, sock_recv_errno(pub.s));
	ASSERT_EQ(2, tls_recv_record(pub.s, room, sizeof(room), &type));
	EXPECT_EQ(TLS_ALERT, type);
	sock_expect_eof(pub.s);
	/* The other direction is still there. */
	tls_send_record(pub.s, TLS_ALERT, "\x01\x00", 2);
	ASSERT_EQ(2, tls_recv_record(pub.c, room, sizeof(room), &type));
	EXPECT_EQ(TLS_ALERT, type);
}

TEST_F(tls, end_without_close_notify)
{
	struct buf hit = {};
	struct tcp pub, sub;

	tls_client(&self->w, &pub);
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&hit, "t", 20, 2);
	sock_send(pub.c, hit.p, hit.len);
	sock_send(pub.c, hit.p, 1);
	shutdown(pub.c, SHUT_WR);
	sock_expect(sub.c, hit.p, hit.len);
	/* The daemon sees what there is of a header. */
	sock_expect(pub.s, hit.p, 1);
	sock_expect_eof(pub.s);
}

/* An alert comes after what the daemon has sent, and nothing of the module follows. */
TEST_F(tls, alert_of_the_daemon)
{
	const struct tcp_options o = { .client_rcvbuf = 2304, .server_sndbuf = 4608, .tls = true };
	struct buf hit = {}, bye = {}, got = {};
	uint8_t room[4096], type = TLS_DATA;
	struct tcp pub, sub;
	size_t hits = 0;
	uint32_t id;

	world_client(&self->w, &pub);
	tcp_open(&sub, &o);
	id = world_attach(&self->w, sub.s);
	world_subscribe(&self->w, "t", id);
	buf_publish(&hit, "t", 5000, 2);
	/* More than the socket takes. */
	while (world_conn(&self->w, id).queued_bytes < 10 * hit.len) {
		sock_send(pub.c, hit.p, hit.len);
		world_fence(&self->w, &pub);
	}
	buf_publish(&bye, "bye", 100, 3);
	/* Inside a packet of the daemon, too: it does not mind packets. */
	sock_send(sub.s, bye.p, bye.len);
	tls_send_record(sub.s, TLS_ALERT, "\x02\x0a", 2);
	EXPECT_EQ(0, world_conn(&self->w, id).queued_bytes / (2 * hit.len));
	sock_send(pub.c, hit.p, hit.len);
	world_fence(&self->w, &pub);
	while (type == TLS_DATA) {
		ssize_t n = tls_recv_record(sub.c, room, sizeof(room), &type);

		ASSERT_LT(0, n);
		if (type == TLS_DATA)
			buf_add(&got, room, n);
	}
	EXPECT_EQ(TLS_ALERT, type);
	EXPECT_EQ(0, memcmp(room, "\x02\x0a", 2));
	while (hits + hit.len <= got.len && !memcmp(got.p + hits, hit.p, hit.len))
		hits += hit.len;
	ASSERT_EQ(bye.len, got.len - hits);
	EXPECT_EQ(0, memcmp(got.p + hits, bye.p, bye.len));
	close(sub.s);
	sock_expect_eof(sub.c);
}

/* Sizes of the records in what a client receives that has no keys. */
static size_t records_next(struct packets *s)
{
	size_t len;

	if (s->left < RECORD_HEADER)
		die("%zu bytes of a record", s->left);
	len = s->p[3] << 8 | s->p[4];
	if (s->p[0] != TLS_DATA || len < RECORD_EXTRA || s->left < RECORD_HEADER + len)
		die("no record of TLS 1.3, or half a one: %zu of %zu", s->left, len);
	s->p += RECORD_HEADER + len;
	s->left -= RECORD_HEADER + len;
	return len - RECORD_EXTRA;
}

static void run_record_limit(struct world *w, uint32_t limit)
{
	struct mqtt_conn set = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_RECORD_LIMIT),
		.record_limit = limit,
	};
	struct buf out = {}, daemon = {}, got = {};
	size_t most = 0, sum = 0, want, n;
	struct packets walk = {};
	struct tcp pub, sub;
	unsigned int i;

	world_client(w, &pub);
	tcp_open(&sub, NULL);
	tls_start_server(&sub, tls_kind_default());
	set.id = world_attach(w, sub.s);
	check(w->nl, mqtt_nl_conn_set(w->nl, &set), "conn set");
	if (world_conn(w, set.id).record_limit != limit)
		die("the limit is %u", world_conn(w, set.id).record_limit);
	world_subscribe(w, "t", set.id);
	for (i = 0; i < 100; i++)
		buf_publish(&out, "t", random_below(60), i);
	buf_publish(&out, "t", 20000, 100);
	buf_publish(&daemon, "d", 3000, 101);
	sock_send(pub.c, out.p, out.len);
	world_fence(w, &pub);
	sock_send(sub.s, daemon.p, daemon.len);
	want = out.len + daemon.len;
	/* Whole records, until everything is there. */
	while (sum < want) {
		sock_wait(sub.c, POLLIN);
		buf_recv(&got, sub.c);
		walk = (struct packets){ got.p, got.len };
		for (sum = 0; walk.left >= RECORD_HEADER &&
		     walk.left >= (size_t)RECORD_HEADER + (walk.p[3] << 8 | walk.p[4]);) {
			n = records_next(&walk);
			sum += n;
			most = n > most ? n : most;
		}
	}
	if (sum != want || walk.left)
		die("%zu bytes instead of %zu, %zu more", sum, want, walk.left);
	if (limit && most != limit)
		die("a record has %zu bytes, the limit is %u", most, limit);
	if (!limit && most < 3000)
		die("no record is longer than %zu", most);
	/* Small packets share records, as long as they fit. */
	printf("# limit %u: longest record %zu\n", limit, most);
	tcp_close(&pub);
	tcp_close(&sub);
}

TEST_F(tls, record_limit)
{
	run_record_limit(&self->w, 512);
}

TEST_F(tls, record_limit_small)
{
	run_record_limit(&self->w, 64);
}

TEST_F(tls, no_record_limit)
{
	run_record_limit(&self->w, 0);
}

/* A client that does not read: drops are counted, the rest is whole and in order. */
TEST_F(tls, slow_subscriber)
{
	const struct tcp_options o = { .client_rcvbuf = 2304, .server_sndbuf = 4608, .tls = true };
	struct buf hit = {};
	struct tcp pub, sub;
	uint64_t fast, full;
	uint32_t id, n;

	world_client(&self->w, &pub);
	tcp_open(&sub, &o);
	id = world_attach(&self->w, sub.s);
	world_limit(&self->w, MQTT_A_LIMITS_TX_CONN_MAX, 100000);
	world_subscribe(&self->w, "t", id);
	buf_publish(&hit, "t", 1000, 2);
	do {
		sock_send(pub.c, hit.p, hit.len);
		world_fence(&self->w, &pub);
		full = world_conn(&self->w, id).drop_queue_full;
	} while (full < 10);
	fast = world_conn(&self->w, id).deliver_fast;
	EXPECT_LE(90, fast);
	for (n = 0; n < fast; n++)
		sock_expect(sub.c, hit.p, hit.len);
	EXPECT_EQ(EAGAIN, sock_recv_errno(sub.c));
	/* It goes on. */
	sock_send(pub.c, hit.p, hit.len);
	world_fence(&self->w, &pub);
	world_expect(&sub, hit.p, hit.len);
	EXPECT_EQ(full, world_conn(&self->w, id).drop_queue_full);
}

/* A publisher whose daemon does not read is held back by TCP, and goes on after. */
TEST_F(tls, slow_daemon)
{
	const struct tcp_options o = { .client_sndbuf = 4608, .server_rcvbuf = 4608, .tls = true };
	struct buf slow = {};
	struct stream s[2] = {};
	struct tcp pub;
	unsigned int i;
	size_t sent = 0;
	ssize_t n = 0;

	tcp_open(&pub, &o);
	world_attach(&self->w, pub.s);
	for (i = 0; i < 3000; i++)
		buf_publish_raw(&slow, 0x32, "t", 1, NULL, random_below(1000), i);
	sock_nonblock(pub.c);
	sock_nonblock(pub.s);
	while (n >= 0) {
		n = send(pub.c, slow.p + sent, slow.len - sent, MSG_NOSIGNAL);
		if (n > 0)
			sent += n;
		ASSERT_GT(slow.len, sent);
	}
	EXPECT_EQ(EAGAIN, errno);
	s[0].fd = pub.c;
	s[0].out = slow;
	s[0].out_pos = sent;
	s[1].fd = pub.s;
	s[1].in_want = slow.len;
	pump(s, 2);
	EXPECT_EQ(0, memcmp(slow.p, s[1].in.p, slow.len));
}

/* Bytes that are no record, and a record that cannot be decrypted. */
static void run_bad(struct world *w, const void *bad, size_t len, int error)
{
	struct buf hit = {};
	struct tcp pub, sub;
	int err = 0;
	uint32_t id;

	tcp_open(&pub, NULL);
	tls_start_server(&pub, tls_kind_default());
	id = world_attach(w, pub.s);
	world_subscribe(w, "t", world_client(w, &sub));
	sock_send(pub.c, bad, len);
	while (!err || err == EAGAIN) {
		sock_wait(pub.s, POLLIN);
		err = sock_recv_errno(pub.s);
	}
	if (err != error || sock_recv_errno(pub.s) != error)
		die("recv fails with %d instead of %d", err, error);
	if (world_conn(w, id).state != MQTT_CONN_STATE_EOF)
		die("state %u instead of eof", world_conn(w, id).state);
	buf_publish(&hit, "t", 10, 1);
	tcp_close(&pub);
	/* Others are not concerned. */
	world_client(w, &pub);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
	tcp_close(&pub);
	tcp_close(&sub);
	buf_free(&hit);
}

TEST_F(tls, bad_records)
{
	uint8_t record[RECORD_HEADER + 40] = { TLS_DATA, 3, 3, 0, 40 };

	run_bad(&self->w, record, sizeof(record), EBADMSG);
}

TEST_F(tls, plain_bytes)
{
	static const uint8_t connect[] = { 0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0 };

	run_bad(&self->w, connect, sizeof(connect), EINVAL);
}

/* The daemon closes with bytes of both directions under way, as do resets. */
TEST_F(tls, ends_with_bytes_under_way)
{
	struct buf hit = {}, miss = {};
	unsigned int i;

	buf_publish(&hit, "t", 4000, 1);
	buf_publish(&miss, "miss", 3000, 1);
	for (i = 0; i < scale(20, 500); i++) {
		struct tcp pub, sub;
		uint32_t id;

		tls_client(&self->w, &pub);
		id = tls_client(&self->w, &sub);
		world_member(&self->w, world_subscribe(&self->w, "t", id), MQTT_CONN_PORT, 0, 0);
		sock_send(pub.c, hit.p, hit.len);
		sock_send(pub.c, miss.p, miss.len);
		if (i % 4 == 0)
			sock_wait(pub.s, POLLIN);
		if (i % 4 == 1) {
			sock_reset(pub.c);
			pub.c = -1;
		}
		if (i % 4 == 2)
			check(self->w.nl, mqtt_nl_conn_del(self->w.nl, id), "conn del");
		tcp_close(&sub);
		tcp_close(&pub);
		world_close(&self->w);
		world_open(&self->w);
	}
}

/* A deleted conn is still good for a last packet, and the alert after it. */
TEST_F(tls, last_words_of_a_deleted_conn)
{
	uint8_t room[64], type;
	struct tcp t;
	uint32_t id;

	id = tls_client(&self->w, &t);
	check(self->w.nl, mqtt_nl_conn_del(self->w.nl, id), "conn del");
	sock_expect_eof(t.s);
	sock_send(t.s, "\xe0\x00", 2);
	tls_send_record(t.s, TLS_ALERT, "\x01\x00", 2);
	close(t.s);
	sock_expect(t.c, "\xe0\x00", 2);
	ASSERT_EQ(2, tls_recv_record(t.c, room, sizeof(room), &type));
	EXPECT_EQ(TLS_ALERT, type);
	sock_expect_eof(t.c);
}

TEST_F(tls, record_types_need_tls)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(1)];
	} control = { .hdr = { CMSG_LEN(1), SOL_TCP, 1 } };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct tcp plain, secure;

	world_client(&self->w, &plain);
	EXPECT_EQ(-1, sendmsg(plain.s, &msg, MSG_NOSIGNAL));
	EXPECT_EQ(EOPNOTSUPP, errno);
	tls_client(&self->w, &secure);
	EXPECT_EQ(-1, sendmsg(secure.s, &msg, MSG_NOSIGNAL));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(tls, v6)
{
	struct buf hit = {};
	struct tcp t;

	tcp_open(&t, &(struct tcp_options){ .family = AF_INET6, .tls = true });
	world_subscribe(&self->w, "t", world_attach(&self->w, t.s));
	buf_publish(&hit, "t", 10000, 1);
	/* To itself. */
	sock_send(t.c, hit.p, hit.len);
	sock_expect(t.c, hit.p, hit.len);
}

TEST_HARNESS_MAIN
