// SPDX-License-Identifier: GPL-2.0
/* What can be attached, what is refused, and what an attached socket refuses. */
#include <fcntl.h>
#include <linux/kcm.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/sendfile.h>
#include <sys/un.h>

#include "lib_test.h"

#ifndef SOL_TLS
#define SOL_TLS	282
#endif

FIXTURE(attach) {
	struct world w;
};

FIXTURE_SETUP(attach)
{
	world_open(&self->w);
}

FIXTURE_TEARDOWN(attach)
{
	world_close(&self->w);
}

/* Attaching @fd is refused with @err and a text that says @text. */
#define EXPECT_REFUSED(fd, err, text)						\
	do {									\
		EXPECT_EQ(-(err), world_try_attach(&self->w, fd));		\
		EXPECT_NE(NULL, strstr(mqtt_nl_error(self->w.nl), text))	\
			TH_LOG("the text is: %s", mqtt_nl_error(self->w.nl));	\
	} while (0)

TEST_F(attach, shows_what_was_given)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_ACL_CLASS) | MQTT_BIT(MQTT_A_CONN_KEEP_ALIVE) |
			   MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE) | MQTT_BIT(MQTT_A_CONN_FLAGS) |
			   MQTT_BIT(MQTT_A_CONN_COOKIE) | MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL),
		.acl_class = 7,
		.keep_alive = 60,
		.max_packet_size = 1000,
		.flags = MQTT_CONN_F_NO_PINGRESP,
		.cookie = { "cookie", 6 },
		.protocol_level = 3,
	};
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	struct mqtt_conn got;
	struct tcp t;
	uint32_t id;

	tcp_open(&t, NULL);
	id = world_attach_with(&self->w, t.s, &conn);
	EXPECT_GE(id, 1);
	got = world_conn(&self->w, id);
	EXPECT_EQ(id, got.id);
	EXPECT_EQ(3, got.protocol_level);
	EXPECT_EQ(7, got.acl_class);
	EXPECT_EQ(60, got.keep_alive);
	EXPECT_EQ(1000, got.max_packet_size);
	EXPECT_EQ(MQTT_CONN_F_NO_PINGRESP, got.flags);
	ASSERT_EQ(6, got.cookie.len);
	EXPECT_EQ(0, memcmp(got.cookie.data, "cookie", 6));
	EXPECT_EQ(AF_INET, got.family);
	ASSERT_EQ(4, got.address.len);
	EXPECT_EQ(htonl(INADDR_LOOPBACK), *(const uint32_t *)got.address.data);
	ASSERT_EQ(0, getsockname(t.c, (struct sockaddr *)&addr, &len));
	EXPECT_EQ(ntohs(addr.sin_port), got.port_number);
	EXPECT_EQ(MQTT_CONN_STATE_FAST, got.state);
	EXPECT_EQ(1, world_stats(&self->w).conns);

	conn.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_ACL_CLASS) |
		       MQTT_BIT(MQTT_A_CONN_COOKIE) | MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE);
	conn.id = id;
	conn.acl_class = 8;
	conn.max_packet_size = 0;
	conn.cookie = (struct mqtt_blob) { "", 0 };
	EXPECT_EQ(0, mqtt_nl_conn_set(self->w.nl, &conn));
	got = world_conn(&self->w, id);
	EXPECT_EQ(8, got.acl_class);
	EXPECT_EQ(0, got.max_packet_size);
	EXPECT_EQ(60, got.keep_alive);
	EXPECT_FALSE(MQTT_HAS(&got, MQTT_A_CONN_COOKIE));
	conn.id = id + 1;
	EXPECT_EQ(-ENOENT, mqtt_nl_conn_set(self->w.nl, &conn));
	EXPECT_EQ(-ENOENT, mqtt_nl_conn_del(self->w.nl, id + 1));
	EXPECT_EQ(-ENOENT, mqtt_nl_conn_get(self->w.nl, id + 1, &got));

	close(t.s);
	EXPECT_EQ(0, world_stats(&self->w).conns);
	EXPECT_EQ(-ENOENT, mqtt_nl_conn_get(self->w.nl, id, &got));
	sock_expect_eof(t.c);
	tcp_close(&(struct tcp) { t.c, -1 });
}

TEST_F(attach, ipv6)
{
	const struct tcp_options o = { .family = AF_INET6 };
	struct mqtt_conn got;
	struct tcp t;
	uint32_t id;

	tcp_open(&t, &o);
	id = world_attach(&self->w, t.s);
	got = world_conn(&self->w, id);
	EXPECT_EQ(AF_INET6, got.family);
	ASSERT_EQ(16, got.address.len);
	EXPECT_EQ(0, memcmp(got.address.data, &in6addr_loopback, 16));
	world_fence(&self->w, &t);
	tcp_close(&t);
}

TEST_F(attach, refuses_what_is_no_tcp_connection)
{
	const struct sockaddr_in any = { .sin_family = AF_INET };
	int fd, pair[2], pipes[2];
	struct tcp t;

	tcp_open(&t, NULL);
	close(t.s);
	EXPECT_REFUSED(t.s, EBADF, "descriptor");
	EXPECT_REFUSED(-1, EBADF, "descriptor");
	close(t.c);

	ASSERT_EQ(0, pipe(pipes));
	EXPECT_REFUSED(pipes[0], ENOTSOCK, "not a socket");

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	EXPECT_REFUSED(fd, EPROTONOSUPPORT, "not TCP");
	close(fd);
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	EXPECT_REFUSED(fd, EPROTONOSUPPORT, "not TCP");
	close(fd);
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	EXPECT_REFUSED(fd, EPROTONOSUPPORT, "not TCP");
	close(fd);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	EXPECT_REFUSED(pair[0], EPROTONOSUPPORT, "not TCP");
	EXPECT_REFUSED(mqtt_nl_fd(self->w.nl), EPROTONOSUPPORT, "not TCP");
	EXPECT_REFUSED(self->w.port, ENOTSOCK, "not a socket");

	fd = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_REFUSED(fd, ENOTCONN, "not connected");
	ASSERT_EQ(0, bind(fd, (const struct sockaddr *)&any, sizeof(any)));
	ASSERT_EQ(0, listen(fd, 1));
	EXPECT_REFUSED(fd, ENOTCONN, "not connected");
	close(fd);

	tcp_open(&t, NULL);
	shutdown(t.c, SHUT_WR);
	sock_wait(t.s, POLLRDHUP);
	EXPECT_REFUSED(t.s, ENOTCONN, "not connected");
	tcp_close(&t);
	EXPECT_EQ(0, world_stats(&self->w).conns);
}

TEST_F(attach, refuses_sockets_in_use)
{
	struct tcp t;
	int kcm;

	world_client(&self->w, &t);
	EXPECT_REFUSED(t.s, EBUSY, "attached already");
	tcp_close(&t);

	tcp_open(&t, NULL);
	if (!setsockopt(t.s, SOL_TCP, TCP_ULP, "tls", 3))
		EXPECT_REFUSED(t.s, EBUSY, "upper layer");
	tcp_close(&t);

	kcm = socket(AF_KCM, SOCK_DGRAM, KCMPROTO_CONNECTED);
	if (kcm < 0) {
		TH_LOG("no kcm here");
		return;
	}
	/* A KCM holds the socket through sk_user_data; a BPF program is beyond this test. */
	close(kcm);
}

TEST_F(attach, refuses_other_namespaces)
{
	struct world other;
	struct tcp t;

	tcp_open(&t, NULL);
	world_open(&other);
	EXPECT_EQ(-EXDEV, world_try_attach(&other, t.s));
	EXPECT_NE(NULL, strstr(mqtt_nl_error(other.nl), "another network namespace"));
	/* The owner's namespace counts, not where its process is now. */
	EXPECT_EQ(0, world_try_attach(&self->w, t.s));
	world_fence(&self->w, &t);
	tcp_close(&t);
	world_close(&other);
}

TEST_F(attach, refuses_bad_attributes)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL) };
	char cookie[MQTT_COOKIE_MAX + 1] = "";
	struct tcp t;
	uint32_t id;

	tcp_open(&t, NULL);
	conn.protocol_level = 4;
	EXPECT_EQ(-EINVAL, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.present = MQTT_BIT(MQTT_A_CONN_FD);
	conn.fd = t.s;
	EXPECT_EQ(-EINVAL, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.present |= MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL);
	conn.protocol_level = 2;
	EXPECT_EQ(-ERANGE, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.protocol_level = 6;
	EXPECT_EQ(-ERANGE, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.protocol_level = 4;
	conn.present |= MQTT_BIT(MQTT_A_CONN_FLAGS);
	conn.flags = ~MQTT_CONN_F_MASK;
	EXPECT_EQ(-EINVAL, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.flags = 0;
	conn.present |= MQTT_BIT(MQTT_A_CONN_COOKIE);
	conn.cookie = (struct mqtt_blob) { cookie, sizeof(cookie) };
	EXPECT_EQ(-ERANGE, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.cookie.len = MQTT_COOKIE_MAX;
	EXPECT_EQ(0, mqtt_nl_conn_add(self->w.nl, &conn, &id));
	conn.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_RX_SKIP);
	conn.id = id;
	EXPECT_EQ(-EINVAL, mqtt_nl_conn_set(self->w.nl, &conn));
	EXPECT_EQ(1, world_stats(&self->w).conns);
	tcp_close(&t);
}

TEST_F(attach, refuses_strangers)
{
	struct mqtt_nl *nl;
	struct mqtt_owner owner;
	struct mqtt_stats stats;
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_FD) | MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL),
		.protocol_level = 4,
	};
	uint32_t id, none;
	struct tcp t;

	id = world_client(&self->w, &t);
	ASSERT_EQ(0, mqtt_nl_open(&nl));
	EXPECT_EQ(-EBUSY, mqtt_nl_register(nl, &owner));
	EXPECT_NE(NULL, strstr(mqtt_nl_error(nl), "owns this network namespace"));
	conn.fd = t.c;
	EXPECT_EQ(-EPERM, mqtt_nl_conn_add(nl, &conn, &none));
	EXPECT_EQ(-EPERM, mqtt_nl_conn_del(nl, id));
	EXPECT_EQ(-EPERM, mqtt_nl_group_add(nl, 1, (struct mqtt_blob) { "a", 1 }, 0));
	EXPECT_EQ(-EPERM, mqtt_nl_barrier(nl));
	/* With the capability, reading is allowed. */
	EXPECT_EQ(0, mqtt_nl_stats_get(nl, &stats));
	EXPECT_EQ(1, stats.conns);
	EXPECT_EQ(0, mqtt_nl_conn_get(nl, id, &conn));
	mqtt_nl_close(nl);

	/* A new user namespace takes the capability over this one away. */
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	ASSERT_EQ(0, mqtt_nl_open(&nl));
	EXPECT_EQ(-EPERM, mqtt_nl_register(nl, &owner));
	EXPECT_EQ(-EPERM, mqtt_nl_stats_get(nl, &stats));
	EXPECT_EQ(-EPERM, mqtt_nl_conn_get(nl, id, &conn));
	EXPECT_EQ(-EPERM, mqtt_nl_drain(nl, true));
	EXPECT_EQ(-EPERM, mqtt_nl_limits_set(nl, &(struct mqtt_limits) { 0 }));
	EXPECT_EQ(-EPERM, mqtt_nl_subscribe(nl));
	mqtt_nl_close(nl);
	/* The owner does not need it. */
	EXPECT_EQ(0, mqtt_nl_stats_get(self->w.nl, &stats));
	EXPECT_EQ(0, mqtt_nl_conn_del(self->w.nl, id));
	tcp_close(&t);
}

TEST_F(attach, many_descriptors)
{
	uint32_t id, last = 0;
	struct tcp t;
	int i, copy;

	/* Identifiers are not used again at once. */
	for (i = 0; i < 50; i++) {
		id = world_client(&self->w, &t);
		EXPECT_GT(id, last);
		last = id;
		tcp_close(&t);
	}
	/* Only the last descriptor counts. */
	world_client(&self->w, &t);
	copy = dup(t.s);
	close(t.s);
	t.s = copy;
	world_fence(&self->w, &t);
	EXPECT_EQ(1, world_stats(&self->w).conns);
	tcp_close(&t);
	EXPECT_EQ(0, world_stats(&self->w).conns);
}

TEST_F(attach, takes_bytes_that_wait)
{
	struct tcp pub, sub;
	struct buf b = {};

	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	tcp_open(&pub, NULL);
	buf_publish(&b, "t", 10, 1);
	sock_send(pub.c, b.p, b.len);
	sock_wait(pub.s, POLLIN);
	world_attach(&self->w, pub.s);
	sock_expect(sub.c, b.p, b.len);
	EXPECT_EQ(0, sock_now(pub.s) & POLLIN);
}

TEST_F(attach, rx_skip)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_RX_SKIP) };
	struct buf miss = {}, all = {}, hit = {};
	struct tcp pub, sub;
	uint32_t id;
	size_t cut;

	/* CONNECT, SUBSCRIBE and the start of a miss were read before attaching. */
	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	buf_publish(&miss, "miss", 300, 1);
	buf_publish(&hit, "t", 10, 2);
	cut = 20;
	buf_add(&all, miss.p, miss.len);
	buf_add(&all, hit.p, hit.len);
	tcp_open(&pub, NULL);
	sock_send(pub.c, all.p, cut);
	sock_expect(pub.s, miss.p, cut);
	conn.rx_skip = miss.len - cut;
	id = world_attach_with(&self->w, pub.s, &conn);
	EXPECT_EQ(EAGAIN, sock_recv_errno(pub.s));
	EXPECT_EQ(0, sock_now(pub.s) & POLLIN);
	sock_send_pieces(pub.c, all.p + cut, all.len - cut, 50);
	sock_expect(pub.s, miss.p + cut, miss.len - cut);
	sock_expect(sub.c, hit.p, hit.len);
	EXPECT_EQ(0, world_conn(&self->w, id).diverted);
	world_fence(&self->w, &pub);
	EXPECT_EQ(1, world_conn(&self->w, id).diverted);
}

TEST_F(attach, refuses_options)
{
	const struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	int one = 1, two = 2, pipes[2];
	struct tcp_zerocopy_receive zc = {};
	socklen_t len = sizeof(zc);
	struct tcp t;
	char c[8];

	world_client(&self->w, &t);
	EXPECT_EQ(-1, setsockopt(t.s, SOL_TCP, TCP_ULP, "tls", 3));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, setsockopt(t.s, SOL_TLS, TLS_TX, c, sizeof(c)));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, setsockopt(t.s, SOL_TCP, TCP_REPAIR, &one, sizeof(one)));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, connect(t.s, &unspec, sizeof(unspec)));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, setsockopt(t.s, SOL_SOCKET, SO_RCVLOWAT, &two, sizeof(two)));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, getsockopt(t.s, SOL_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, listen(t.s, 1));
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(-1, splice(t.s, NULL, pipes[1], NULL, 10, SPLICE_F_NONBLOCK));
	EXPECT_EQ(EOPNOTSUPP, errno);

	EXPECT_EQ(-1, recv(t.s, c, 1, MSG_OOB | MSG_DONTWAIT));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, recv(t.s, c, 1, MSG_WAITALL | MSG_DONTWAIT));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, recv(t.s, c, 1, MSG_TRUNC | MSG_DONTWAIT));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, send(t.s, "x", 1, MSG_OOB | MSG_NOSIGNAL));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, send(t.s, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, send(t.s, "x", 1, MSG_ZEROCOPY | MSG_NOSIGNAL));

	/* Ordinary options still work. */
	EXPECT_EQ(0, setsockopt(t.s, SOL_TCP, TCP_NODELAY, &one, sizeof(one)));
	EXPECT_EQ(0, setsockopt(t.s, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)));
	world_fence(&self->w, &t);
	tcp_close(&t);
}

TEST_F(attach, peek)
{
	struct buf b = {};
	struct tcp t;
	char c[64];

	world_client(&self->w, &t);
	buf_puback(&b, 1);
	buf_puback(&b, 2);
	sock_send(t.c, b.p, b.len);
	sock_wait(t.s, POLLIN);
	EXPECT_LE(1, recv(t.s, c, 1, MSG_PEEK | MSG_DONTWAIT));
	EXPECT_EQ(b.p[0], (uint8_t)c[0]);
	EXPECT_LE(1, recv(t.s, c, sizeof(c), MSG_PEEK | MSG_DONTWAIT));
	sock_expect(t.s, b.p, b.len);
	EXPECT_EQ(EAGAIN, sock_recv_errno(t.s));
	EXPECT_EQ(-1, recv(t.s, c, 1, MSG_PEEK | MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
}

/* A file sent into the socket is one of the daemon's packets like any other. */
TEST_F(attach, sendfile_in)
{
	char name[] = "/tmp/mqtt-selftest.XXXXXX";
	struct buf b = {}, hit = {};
	struct tcp pub, sub;
	size_t sent = 0;
	int file;

	world_subscribe(&self->w, "t", world_client(&self->w, &sub));
	world_client(&self->w, &pub);
	buf_publish(&b, "file", 200000, 1);
	buf_publish(&hit, "t", 10, 2);
	file = mkstemp(name);
	ASSERT_GE(file, 0);
	unlink(name);
	ASSERT_EQ((ssize_t)b.len, write(file, b.p, b.len));
	lseek(file, 0, SEEK_SET);
	ASSERT_EQ(1000, sendfile(sub.s, file, NULL, 1000)) TH_LOG("%s", strerror(errno));
	sent = 1000;
	sock_send(pub.c, hit.p, hit.len);
	world_fence(&self->w, &pub);
	sock_nonblock(sub.s);
	while (sent < b.len) {
		uint8_t room[65536];
		ssize_t n = sendfile(sub.s, file, NULL, b.len - sent);

		if (n < 0 && errno == EAGAIN) {
			ssize_t got = recv(sub.c, room, sizeof(room), MSG_DONTWAIT);

			TH_LOG("unexpected EAGAIN at %zu, received %zd", sent, got);
		}
		ASSERT_GT(n, 0) TH_LOG("%s", strerror(errno));
		sent += n;
	}
	sock_expect(sub.c, b.p, b.len);
	sock_expect(sub.c, hit.p, hit.len);
}

TEST_HARNESS_MAIN
