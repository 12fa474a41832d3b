// SPDX-License-Identifier: GPL-2.0
/* Owners come, die and are drained; namespaces end; nothing is left behind. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lib_test.h"

/* Tests here make their worlds themselves. */
FIXTURE(owner) {
	struct mqtt_nl *nl;
};

FIXTURE_SETUP(owner)
{
	world_netns();
	ASSERT_EQ(0, mqtt_nl_open(&self->nl));
}

FIXTURE_TEARDOWN(owner)
{
	mqtt_nl_close(self->nl);
}

static void expect_empty(struct mqtt_nl *nl)
{
	struct mqtt_stats s;

	check(nl, mqtt_nl_stats_get(nl, &s), "stats get");
	if (s.conns || s.flows || s.groups || s.members || s.queued_bytes)
		die("left: %llu conns, %llu flows, %llu groups, %llu members, %llu bytes",
		    (unsigned long long)s.conns, (unsigned long long)s.flows,
		    (unsigned long long)s.groups, (unsigned long long)s.members,
		    (unsigned long long)s.queued_bytes);
}

TEST_F(owner, register_tells_the_state)
{
	struct mqtt_owner owner;
	struct world w;

	ASSERT_EQ(0, mqtt_nl_register(self->nl, &owner));
	EXPECT_TRUE(MQTT_HAS(&owner, MQTT_A_OWNER_VERSION));
	EXPECT_EQ(MQTT_FEATURE_V311 | MQTT_FEATURE_PINGRESP | MQTT_FEATURE_V5 |
		  MQTT_FEATURE_SHARED | MQTT_FEATURE_TLS, owner.features);
	EXPECT_EQ(0, owner.takeover_time);
	EXPECT_EQ(256, owner.limits.topic_max);
	EXPECT_EQ(65536, owner.limits.fast_max);
	EXPECT_EQ(1, owner.limits.pingresp);
	EXPECT_EQ(FD_CLOEXEC, fcntl(owner.port_fd, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(owner.port_fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(-EBUSY, mqtt_nl_register(self->nl, &owner));
	/* The refused registration left no descriptor behind. */
	EXPECT_EQ((int)owner.port_fd + 1, dup(0));
	mqtt_nl_close(self->nl);
	ASSERT_EQ(0, mqtt_nl_open(&self->nl));
	world_register(&w);
	EXPECT_EQ(-EBUSY, mqtt_nl_register(self->nl, &owner));
	world_close(&w);
	world_register(&w);
}

TEST_F(owner, register_without_a_free_descriptor)
{
	const struct rlimit files = { 128, 128 };
	struct mqtt_owner owner;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	while (dup(0) >= 0)
		;
	EXPECT_EQ(-EMFILE, mqtt_nl_register(self->nl, &owner));
	close(100);
	EXPECT_EQ(0, mqtt_nl_register(self->nl, &owner));
	EXPECT_EQ(100, owner.port_fd);
}

TEST_F(owner, descriptor_closes_before_the_netlink_socket)
{
	struct buf hit = {};
	struct tcp pub, sub;
	struct world w;

	world_register(&w);
	world_client(&w, &pub);
	world_subscribe(&w, "t", world_client(&w, &sub));
	close(w.port);
	w.port = -1;
	buf_publish(&hit, "t", 10, 1);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);
	world_close(&w);
	sock_expect_eof(pub.s);
	sock_expect_eof(pub.c);
	tcp_close(&pub);
	tcp_close(&sub);
	expect_empty(self->nl);
}

/* The owner's socket is closed while its conns are open. */
TEST_F(owner, going_shuts_conns_and_revokes_the_port)
{
	struct mqtt_event_msg ev;
	struct mqtt_nl *events;
	struct buf hit = {}, b = {};
	struct tcp pub, sub;
	struct world w;
	char c[64];

	ASSERT_EQ(0, mqtt_nl_open(&events));
	ASSERT_EQ(0, mqtt_nl_subscribe(events));
	world_register(&w);
	ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	EXPECT_EQ(MQTT_EVENT_REGISTER, ev.type);
	world_client(&w, &pub);
	ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	EXPECT_EQ(MQTT_EVENT_CONN_ADD, ev.type);
	EXPECT_EQ(1, ev.conn);
	world_subscribe(&w, "t", world_client(&w, &sub));
	ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	buf_publish(&hit, "t", 10, 1);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(sub.c, hit.p, hit.len);

	mqtt_nl_close(w.nl);
	ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	EXPECT_EQ(MQTT_EVENT_UNREGISTER, ev.type);
	sock_expect_eof(pub.c);
	sock_expect_eof(sub.c);
	sock_expect_eof(pub.s);
	EXPECT_EQ(-1, send(pub.s, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_NE(0, sock_now(w.port) & POLLHUP);
	EXPECT_EQ(0, read(w.port, c, sizeof(c)));
	record_ack(&b, 1, 1);
	EXPECT_EQ(-1, write(w.port, b.p, b.len));
	EXPECT_EQ(ESHUTDOWN, errno);
	close(pub.s);
	ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	EXPECT_EQ(MQTT_EVENT_CONN_DEL, ev.type);
	EXPECT_EQ(1, ev.conn);
	close(sub.s);
	close(w.port);
	expect_empty(self->nl);
	world_register(&w);
	world_client(&w, &pub);
	sock_send(pub.c, hit.p, hit.len);
	sock_expect(pub.s, hit.p, hit.len);
	world_close(&w);
}

/* kill -9 with load in every direction. */
TEST_F(owner, killed)
{
	enum { CLIENTS = 10 };
	const int rounds = scale(5, 100);
	struct buf hit = {};
	int i, n, status;

	buf_publish(&hit, "t", 1000, 1);
	for (n = 0; n < rounds; n++) {
		struct tcp t[CLIENTS];
		uint32_t group;
		struct world w;
		int pipes[2];
		char c;
		pid_t pid;

		for (i = 0; i < CLIENTS; i++)
			tcp_open(&t[i], NULL);
		ASSERT_EQ(0, pipe(pipes));
		pid = fork();
		if (!pid) {
			world_register(&w);
			group = world_group(&w, "t");
			world_flow(&w, "t", group);
			for (i = 0; i < CLIENTS; i++) {
				close(t[i].c);
				world_member(&w, group, world_attach(&w, t[i].s), 0, 0);
			}
			if (write(pipes[1], "x", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		ASSERT_EQ(1, read(pipes[0], &c, 1));
		for (i = 0; i < CLIENTS; i++) {
			close(t[i].s);
			t[i].s = -1;
			sock_nonblock(t[i].c);
		}
		for (i = 0; i < 200; i++)
			if (send(t[i % CLIENTS].c, hit.p, hit.len, MSG_NOSIGNAL) < 0)
				break;
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		for (i = 0; i < CLIENTS; i++) {
			char room[4096];
			ssize_t got;

			do {
				sock_wait(t[i].c, POLLIN);
				got = recv(t[i].c, room, sizeof(room), 0);
			} while (got > 0);
			EXPECT_TRUE(!got || errno == ECONNRESET);
			tcp_close(&t[i]);
		}
		expect_empty(self->nl);
		world_register(&w);
		world_close(&w);
		close(pipes[0]);
		close(pipes[1]);
	}
}

TEST_F(owner, drain)
{
	struct mqtt_event_msg ev;
	struct mqtt_nl *events;
	struct mqtt_owner owner;
	struct tcp t, late;
	struct buf b = {};
	struct world w;
	char c[64];

	ASSERT_EQ(0, mqtt_nl_open(&events));
	ASSERT_EQ(0, mqtt_nl_subscribe(events));
	world_register(&w);
	world_subscribe(&w, "t", world_client(&w, &t));
	tcp_open(&late, NULL);
	ASSERT_EQ(0, mqtt_nl_drain(self->nl, true));
	EXPECT_EQ(0, mqtt_nl_drain(self->nl, true));
	do {
		ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
		ASSERT_NE(MQTT_EVENT_DRAINED, ev.type);
	} while (ev.type != MQTT_EVENT_DRAIN);
	sock_expect_eof(t.s);
	sock_expect_eof(t.c);
	EXPECT_EQ(-ESHUTDOWN, world_try_attach(&w, late.s));
	EXPECT_NE(NULL, strstr(mqtt_nl_error(w.nl), "drained"));
	EXPECT_EQ(-ESHUTDOWN, mqtt_nl_register(self->nl, &owner));
	EXPECT_NE(0, sock_wait(w.port, POLLHUP) & POLLHUP);
	EXPECT_EQ(0, read(w.port, c, sizeof(c)));
	record_ack(&b, 1, 1);
	EXPECT_EQ(-1, write(w.port, b.p, b.len));
	EXPECT_EQ(ESHUTDOWN, errno);
	EXPECT_EQ(0, world_stats(&w).flows);
	EXPECT_EQ(0, world_stats(&w).members);
	close(t.s);
	close(w.port);
	w.port = -1;
	do {
		ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	} while (ev.type != MQTT_EVENT_DRAINED);
	EXPECT_EQ(-EBUSY, mqtt_nl_drain(self->nl, false) ?: mqtt_nl_register(self->nl, &owner));
	mqtt_nl_close(w.nl);
	world_register(&w);
	EXPECT_EQ(0, world_try_attach(&w, late.s));
	world_fence(&w, &late);
	world_close(&w);
	/* With nothing there it is drained at once. */
	tcp_close(&late);
	ASSERT_EQ(0, mqtt_nl_drain(self->nl, true));
	do {
		ASSERT_EQ(0, mqtt_nl_event_read(events, &ev, PATIENCE));
	} while (ev.type != MQTT_EVENT_DRAINED);
	EXPECT_EQ(0, mqtt_nl_drain(self->nl, false));
}

/* A blocked reader of the port wakes when it is revoked. */
TEST_F(owner, drain_wakes_readers)
{
	struct world w;
	int status;
	pid_t pid;
	struct tcp t;
	char c[64];

	world_register(&w);
	world_client(&w, &t);
	pid = fork();
	if (!pid)
		_exit(read(w.port, c, sizeof(c)) || recv(t.s, c, 1, 0));
	usleep(20000);
	ASSERT_EQ(0, mqtt_nl_drain(self->nl, true));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_EQ(0, mqtt_nl_drain(self->nl, false));
}

TEST_F(owner, two_namespaces)
{
	struct buf hit = {};
	struct tcp pub[2], sub[2];
	struct world w[2];
	int i;

	buf_publish(&hit, "t", 100, 1);
	for (i = 0; i < 2; i++) {
		world_open(&w[i]);
		EXPECT_EQ(1, world_client(&w[i], &pub[i]));
		world_subscribe(&w[i], "t", world_client(&w[i], &sub[i]));
	}
	for (i = 0; i < 20; i++) {
		sock_send(pub[i % 2].c, hit.p, hit.len);
		sock_expect(sub[i % 2].c, hit.p, hit.len);
		world_expect(&sub[!(i % 2)], NULL, 0);
	}
	EXPECT_EQ(10, world_stats(&w[0]).publish_fast);
	EXPECT_EQ(10, world_stats(&w[1]).publish_fast);
	ASSERT_EQ(0, mqtt_nl_drain(w[0].nl, true));
	sock_expect_eof(sub[0].s);
	sock_send(pub[1].c, hit.p, hit.len);
	sock_expect(sub[1].c, hit.p, hit.len);
	world_close(&w[0]);
	sock_send(pub[1].c, hit.p, hit.len);
	sock_expect(sub[1].c, hit.p, hit.len);
	world_close(&w[1]);
}

static ino_t netns_inode(void)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		die("/proc/self/ns/net: %m");
	return st.st_ino;
}

/*
 * A namespace whose processes are gone is freed: its counters leave the gauges, and
 * the notification of its end comes when a veth peer in it disappears.
 */
TEST_F_TIMEOUT(owner, namespace_ends, 1800)
{
	const int rounds = scale(10, 200);
	uint64_t conns = sysfs_stat("conns"), flows = sysfs_stat("flows");
	uint64_t groups = sysfs_stat("groups"), fast = sysfs_stat("publish_fast");
	int n, status;
	ino_t here = netns_inode();

	for (n = 0; n < rounds; n++) {
		char command[128];
		int pipes[2], tries;
		pid_t pid;
		char c;

		ASSERT_EQ(0, pipe(pipes));
		pid = fork();
		if (!pid) {
			struct buf hit = {};
			struct tcp pub, sub;
			struct world w;

			close(pipes[0]);
			world_open(&w);
			world_client(&w, &pub);
			world_subscribe(&w, "t", world_client(&w, &sub));
			buf_publish(&hit, "t", 10, 1);
			sock_send(pub.c, hit.p, hit.len);
			sock_expect(sub.c, hit.p, hit.len);
			if (write(pipes[1], "x", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		close(pipes[1]);
		ASSERT_EQ(1, read(pipes[0], &c, 1));
		close(pipes[0]);
		snprintf(command, sizeof(command),
			 "ip link add probe%d type veth peer name inside netns %d", n, pid);
		ASSERT_EQ(0, system(command));
		EXPECT_LE(conns + 2, sysfs_stat("conns"));
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		/* The veth in it goes only when the namespace itself is freed. */
		snprintf(command, sizeof(command), "ip -o link show probe%d >/dev/null 2>&1", n);
		for (tries = 0; !system(command); tries++) {
			ASSERT_GT(PATIENCE / 10, tries) TH_LOG("namespace %d is not freed", n);
			usleep(10000);
		}
	}
	EXPECT_EQ(conns, sysfs_stat("conns"));
	EXPECT_EQ(flows, sysfs_stat("flows"));
	EXPECT_EQ(groups, sysfs_stat("groups"));
	EXPECT_LE(fast + rounds, sysfs_stat("publish_fast"));
	EXPECT_EQ(here, netns_inode());
}

/* Attached sockets and the port keep the namespace, not the other way round. */
TEST_F(owner, sockets_outlive_the_owner)
{
	struct buf hit = {};
	struct world w;
	struct tcp t;
	int status, gate[2], back[2];
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(gate));
	ASSERT_EQ(0, pipe(back));
	world_register(&w);
	world_client(&w, &t);
	buf_publish(&hit, "t", 10, 1);
	pid = fork();
	if (!pid) {
		/* The child holds everything but the netlink socket. */
		mqtt_nl_close(w.nl);
		if (read(gate[0], &c, 1) != 1)
			_exit(1);
		sock_expect_eof(t.s);
		if (send(t.s, "x", 1, MSG_NOSIGNAL) != -1 || errno != EPIPE)
			_exit(2);
		if (read(w.port, &c, 1))
			_exit(3);
		_exit(0);
	}
	close(t.s);
	close(w.port);
	mqtt_nl_close(w.nl);
	ASSERT_EQ(1, write(gate[1], "x", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	expect_empty(self->nl);
	close(t.c);
}

TEST_HARNESS_MAIN
