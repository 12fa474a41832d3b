// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations fail: every command says -ENOMEM and changes nothing, or works; data
 * is dropped and counted, never mixed up. Needs CONFIG_FAILSLAB, so the debug kernel.
 */
#include <fcntl.h>
#include <signal.h>

#include "lib_cpu.h"
#include "lib_test.h"

FIXTURE(inject) {
	struct world w;
};

static const char failslab[] = "/sys/kernel/debug/failslab/";

static void put(const char *dir, const char *file, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die("%s: %m", path);
	close(fd);
}

/* Opened beforehand, since that would take the fault. */
static int fail_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("fail-nth: %m");
	return fd;
}

/* The @nth allocation of this process fails from here on, once. */
static void fail_nth(unsigned int nth)
{
	char value[16];

	snprintf(value, sizeof(value), "%u", nth);
	if (pwrite(fail_fd(), value, strlen(value), 0) < 0)
		die("fail-nth: %m");
}

/* Was the fault used up? */
static bool fail_used(void)
{
	char value[16] = "";

	if (pread(fail_fd(), value, sizeof(value) - 1, 0) < 0)
		die("fail-nth: %m");
	return !atoi(value);
}

static bool may_fail(const char *pid, const char *value)
{
	char path[64];
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/make-it-fail", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ok = fd >= 0 && write(fd, value, 1) == 1;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Who is to fail at random: we and the module's workers, not the guest's init. */
static unsigned int workers_may_fail(const char *value)
{
	unsigned int count = 0;
	char pid[16];
	int cpu;

	/* What we write here may fail for want of memory ourselves. */
	while (!may_fail("self", value))
		if (errno != ENOMEM)
			die("make-it-fail: %m");
	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(pid, sizeof(pid), "%d", worker_pid(cpu));
		count += may_fail(pid, value);
	}
	return count;
}

FIXTURE_SETUP(inject)
{
	if (access(failslab, F_OK) || access("/proc/thread-self/fail-nth", W_OK))
		SKIP(return, "no fault injection in this kernel");
	put(failslab, "ignore-gfp-wait", "N");
	put(failslab, "cache-filter", "N");
	put(failslab, "task-filter", "N");
	put(failslab, "verbose", "0");
	put(failslab, "probability", "0");
	world_open(&self->w);
}

FIXTURE_TEARDOWN(inject)
{
	if (!access(failslab, F_OK))
		put(failslab, "probability", "0");
	if (self->w.nl)
		world_close(&self->w);
}

/*
 * Runs @call with its first allocation failing, then the second, until none fails.
 * It may fail with -ENOMEM, or with what the socket layer makes of it.
 */
#define EACH_ALLOCATION(call, undo)						\
	do {									\
		unsigned int nth_, failures_ = 0;				\
		for (nth_ = 1; nth_ < 500; nth_++) {				\
			int err_;						\
			bool used_;						\
			fail_nth(nth_);						\
			err_ = (call);						\
			used_ = fail_used();					\
			fail_nth(0);						\
			if (err_ < 0) {						\
				failures_++;					\
				EXPECT_TRUE(err_ == -ENOMEM || err_ == -ENOBUFS ||	\
					    err_ == -EAGAIN || err_ == -EMSGSIZE)	\
					TH_LOG(#call ": %d at %u", err_, nth_);	\
			}							\
			/* Done or not: it may be the answer that was lost. */	\
			undo;							\
			if (!used_)						\
				break;						\
		}								\
		EXPECT_GT(500, nth_);						\
		TH_LOG(#call ": %u allocations, %u failures", nth_ - 1, failures_);	\
	} while (0)

TEST_F(inject, tables)
{
	struct mqtt_blob filter = { "filter", 6 };
	uint32_t id, group;
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC) | MQTT_BIT(MQTT_A_FLOW_GROUPS) |
			   MQTT_BIT(MQTT_A_FLOW_MERGED),
		.topic = { "topic", 5 },
		.groups = { &group, sizeof(group) },
	};
	struct mqtt_member member = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
	};
	struct mqtt_member merged = { .present = MQTT_BIT(MQTT_A_MEMBER_CONN) };
	struct mqtt_conn conn, set = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) | MQTT_BIT(MQTT_A_CONN_COOKIE),
		.cookie = { "cookie", 6 },
	};
	struct mqtt_stats stats;
	struct mqtt_flow got;
	struct tcp t;

	id = world_client(&self->w, &t);
	set.id = id;
	merged.conn = id;
	member.conn = id;
	flow.merged = (struct mqtt_members) { &merged, 1 };
	EACH_ALLOCATION(mqtt_nl_stats_get(self->w.nl, &stats), (void)0);
	EACH_ALLOCATION(mqtt_nl_conn_get(self->w.nl, id, &conn), (void)0);
	EACH_ALLOCATION(mqtt_nl_conn_set(self->w.nl, &set), (void)0);
	EACH_ALLOCATION(mqtt_nl_group_add(self->w.nl, 1000, filter, 0),
			mqtt_nl_group_del(self->w.nl, 1000));
	group = 1000;
	/* The group may be there although its acknowledgement was lost. */
	mqtt_nl_group_del(self->w.nl, 1000);
	check(self->w.nl, mqtt_nl_group_add(self->w.nl, 1000, filter, 0), "group add");
	member.group = group;
	EACH_ALLOCATION(mqtt_nl_member_add(self->w.nl, &member, MQTT_NL_REPLACE),
			mqtt_nl_member_del(self->w.nl, group, id));
	{
		struct mqtt_owner owner;

		ASSERT_EQ(0, mqtt_nl_owner_get(self->w.nl, &owner));
		self->w.gen = owner.table_gen;
	}
	EACH_ALLOCATION(world_try_flow(&self->w, &flow, MQTT_NL_CREATE | MQTT_NL_REPLACE),
			mqtt_nl_flow_del(self->w.nl, 0, flow.topic));
	check(self->w.nl, world_try_flow(&self->w, &flow, MQTT_NL_CREATE | MQTT_NL_REPLACE),
	      "flow add");
	EACH_ALLOCATION(world_try_flow(&self->w, &flow, MQTT_NL_REPLACE), (void)0);
	EACH_ALLOCATION(mqtt_nl_flow_get(self->w.nl, 0, flow.topic, &got), (void)0);
	EACH_ALLOCATION(mqtt_nl_barrier(self->w.nl), (void)0);
	ASSERT_EQ(0, mqtt_nl_flow_del(self->w.nl, 0, flow.topic));
	ASSERT_EQ(0, mqtt_nl_group_del(self->w.nl, group));
	stats = world_stats(&self->w);
	EXPECT_EQ(0, stats.flows);
	EXPECT_EQ(0, stats.groups);
	EXPECT_EQ(0, stats.members);
}

TEST_F(inject, attach)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_FD) | MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL) |
			   MQTT_BIT(MQTT_A_CONN_COOKIE),
		.protocol_level = 4,
		.cookie = { "cookie", 6 },
	};
	unsigned int nth, failed = 0;
	struct tcp t;

	for (nth = 1; nth < 200; nth++) {
		uint32_t id;
		bool used;
		int err;

		tcp_open(&t, NULL);
		conn.fd = t.s;
		fail_nth(nth);
		err = mqtt_nl_conn_add(self->w.nl, &conn, &id);
		used = fail_used();
		fail_nth(0);
		if (err) {
			failed++;
			/* Not attached, or attached and the answer lost. */
			err = mqtt_nl_conn_add(self->w.nl, &conn, &id);
			EXPECT_TRUE(!err || err == -EBUSY);
		}
		world_fence(&self->w, &t);
		tcp_close(&t);
		if (!used)
			break;
	}
	EXPECT_LT(3, failed);
	EXPECT_EQ(0, world_stats(&self->w).conns);
}

TEST_F(inject, registering)
{
	unsigned int nth, failed = 0;

	for (nth = 1; nth < 200; nth++) {
		struct mqtt_owner owner;
		struct mqtt_nl *nl;
		bool used;
		int err;

		world_netns();
		ASSERT_EQ(0, mqtt_nl_open(&nl));
		fail_nth(nth);
		err = mqtt_nl_register(nl, &owner);
		used = fail_used();
		fail_nth(0);
		if (!err)
			close(owner.port_fd);
		failed += !!err;
		/* Whatever happened, ownership ends with the socket. */
		mqtt_nl_close(nl);
		ASSERT_EQ(0, mqtt_nl_open(&nl));
		ASSERT_EQ(0, mqtt_nl_register(nl, &owner));
		close(owner.port_fd);
		mqtt_nl_close(nl);
		if (!used)
			break;
	}
	EXPECT_LT(3, failed);
}

/*
 * Sends a packet as often as it takes until no allocation is left to fail, after
 * having a frame wait for the end of each if there is a record for it. Returns how
 * often send() failed.
 */
static unsigned int send_with_failures(struct __test_metadata *_metadata, struct tcp *t,
				       const uint8_t *p, size_t len, const struct buf *record,
				       int port)
{
	unsigned int failed = 0, nth;
	bool used = true;

	for (nth = 1; used && nth < 100; nth++) {
		size_t sent = 0;

		if (record) {
			sent = len / 2;
			sock_send(t->s, p, sent);
			ASSERT_EQ((ssize_t)record->len, write(port, record->p, record->len));
		}
		fail_nth(nth);
		while (sent < len) {
			ssize_t n = send(t->s, p + sent, len - sent, MSG_NOSIGNAL);

			if (n < 0) {
				EXPECT_TRUE(errno == ENOMEM || errno == EAGAIN ||
					    errno == ENOBUFS) TH_LOG("%s", strerror(errno));
				failed++;
				continue;
			}
			sent += n;
		}
		used = fail_used();
		fail_nth(0);
		sock_expect(t->c, p, len);
		/* the frame has the same packet in it */
		if (record)
			sock_expect(t->c, p, len);
	}
	return failed;
}

/* The port and the daemon's own sends. */
TEST_F(inject, writes)
{
	struct buf packet = {}, out = {};
	unsigned int nth, ok = 0, failed = 0;
	uint32_t ids[2] = { 0, 0 };
	struct tcp t;

	ids[0] = world_client(&self->w, &t);
	buf_publish(&packet, "t", 3000, 1);
	record_out(&out, &(struct packet_out) { .conns = ids, .nr_conns = 1 }, packet.p,
		   packet.len);
	for (nth = 1; nth < 100; nth++) {
		ssize_t n;
		bool used;

		fail_nth(nth);
		n = write(self->w.port, out.p, out.len);
		used = fail_used();
		fail_nth(0);
		if (n < 0) {
			EXPECT_EQ(ENOMEM, errno);
			failed++;
		} else {
			ok++;
		}
		if (!used)
			break;
	}
	EXPECT_LT(0, failed);
	for (ok = world_conn(&self->w, ids[0]).deliver_packet_out; ok; ok--)
		sock_expect(t.c, packet.p, packet.len);
	/* To TCP at once; what that has no memory for is queued. */
	send_with_failures(_metadata, &t, packet.p, packet.len, NULL, 0);
	/* With a frame that waits for the end of the packet it has to be queued. */
	EXPECT_LT(0, send_with_failures(_metadata, &t, packet.p, packet.len, &out,
					self->w.port));
}

/*
 * Allocations fail at random for a while, those of the workers too: frames may be
 * lost, but what arrives is whole packets in order, and afterwards all is well.
 */
TEST_F(inject, random_failures_under_load)
{
	struct buf hit = {}, in = {};
	unsigned int i, got = 0, last = 0;
	struct packets walk;
	const uint8_t *p;
	struct tcp pub, sub[3];
	struct mqtt_stats stats;
	uint32_t group;
	size_t len;

	world_client(&self->w, &pub);
	group = world_group(&self->w, "t");
	for (i = 0; i < 3; i++)
		world_member(&self->w, group, world_client(&self->w, &sub[i]), 0, 0);
	world_flow(&self->w, "t", group);
	put(failslab, "times", "-1");
	put(failslab, "interval", "1");
	put(failslab, "ignore-gfp-wait", "N");
	sock_nonblock(pub.c);
	put(failslab, "task-filter", "Y");
	ASSERT_EQ(sysconf(_SC_NPROCESSORS_CONF), workers_may_fail("1"));
	put(failslab, "probability", "5");
	for (i = 1; i <= 1500; i++) {
		char number[101];
		size_t sent = 0;

		snprintf(number, sizeof(number), "%0100u", i);
		hit.len = 0;
		buf_publish_raw(&hit, 0x30, "t", 1, number, 100, 0);
		while (sent < hit.len) {
			ssize_t n = send(pub.c, hit.p + sent,
					 i % 3 ? hit.len - sent : 1 + (hit.len - sent) / 2,
					 MSG_NOSIGNAL);

			sent += n > 0 ? n : 0;
		}
	}
	workers_may_fail("0");
	put(failslab, "probability", "0");
	put(failslab, "task-filter", "N");
	world_fence(&self->w, &pub);
	stats = world_stats(&self->w);
	EXPECT_EQ(1500, stats.publish_fast);
	TH_LOG("%llu deliveries, %llu dropped for want of memory",
	       (unsigned long long)stats.deliver_fast, (unsigned long long)stats.drop_nomem);
	for (i = 0; i < 3; i++) {
		uint64_t want = world_conn(&self->w, 2 + i).deliver_fast;

		in.len = 0;
		for (got = 0, last = 0; got < want;) {
			static uint8_t room[65536];
			ssize_t n;

			sock_wait(sub[i].c, POLLIN);
			n = recv(sub[i].c, room, sizeof(room), MSG_DONTWAIT);
			ASSERT_GT(n, 0);
			buf_add(&in, room, n);
			walk = (struct packets) { in.p, in.len };
			while ((p = packets_next(&walk, &len))) {
				char number[101] = {};

				ASSERT_EQ(105, len);
				memcpy(number, p + 5, 100);
				ASSERT_LT(last, (unsigned int)atoi(number));
				last = atoi(number);
				got++;
			}
			memmove(in.p, walk.p, walk.left);
			in.len = walk.left;
		}
		EXPECT_EQ(0, in.len);
	}
	hit.len = 0;
	buf_publish(&hit, "t", 10, 1);
	sock_send(pub.c, hit.p, hit.len);
	for (i = 0; i < 3; i++)
		sock_expect(sub[i].c, hit.p, hit.len);
}

TEST_HARNESS_MAIN
