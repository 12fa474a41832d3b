// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading, also under load. Leaves the module loaded. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "lib_cpu.h"
#include "lib_test.h"

struct module {
	char ko[512];
};

FIXTURE(unload) {
	struct module m;
};

static int module_remove(void)
{
	return syscall(SYS_delete_module, "mqtt", O_NONBLOCK) ? -errno : 0;
}

static int module_insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

static void module_find(struct module *m)
{
	const char *build = getenv("BUILD"), *ko = getenv("MQTT_KO");
	struct utsname u;

	uname(&u);
	if (ko)
		snprintf(m->ko, sizeof(m->ko), "%s", ko);
	else
		snprintf(m->ko, sizeof(m->ko), "%s/%s/mqtt.ko", build ?: "build", u.release);
	if (access(m->ko, R_OK))
		die("%s: %m", m->ko);
	module_insert(m->ko);
	world_netns();
}

FIXTURE_SETUP(unload)
{
	module_find(&self->m);
}

FIXTURE_TEARDOWN(unload)
{
	module_insert(self->m.ko);
}

/* Removes the module; what pins it is about to go, but may not be gone. */
static void remove_soon(void)
{
	int i, err = 0;

	for (i = 0; i < PATIENCE; i++) {
		err = module_remove();
		if (!err)
			return;
		if (err != -EAGAIN && err != -EBUSY && err != -EWOULDBLOCK)
			break;
		usleep(1000);
	}
	die("rmmod: %s", strerror(-err));
}

TEST_F(unload, refused_while_in_use)
{
	struct world w;
	struct tcp t;

	world_register(&w);
	EXPECT_EQ(-EWOULDBLOCK, module_remove());
	world_client(&w, &t);
	close(w.port);
	w.port = -1;
	EXPECT_EQ(-EWOULDBLOCK, module_remove());
	world_close(&w);
	/* The attached socket alone. */
	EXPECT_EQ(-EWOULDBLOCK, module_remove());
	close(t.c);
	sock_expect_eof(t.s);
	EXPECT_EQ(-EWOULDBLOCK, module_remove());
	close(t.s);
	EXPECT_EQ(0, module_remove());
	EXPECT_NE(0, access("/sys/kernel/mqtt", F_OK));
	EXPECT_EQ(0, module_insert(self->m.ko));
	EXPECT_EQ(0, access("/sys/kernel/mqtt/version", F_OK));
	EXPECT_EQ(0, sysfs_stat("publish_fast"));
}

TEST_F(unload, with_an_owner_whose_port_is_closed)
{
	struct mqtt_stats s;
	struct world w;

	/* The netlink socket alone pins nothing. */
	world_register(&w);
	close(w.port);
	w.port = -1;
	EXPECT_EQ(0, module_remove());
	EXPECT_GT(0, mqtt_nl_stats_get(w.nl, &s));
	EXPECT_EQ(0, module_insert(self->m.ko));
	world_close(&w);
	world_register(&w);
	world_close(&w);
}

TEST_F(unload, many_times)
{
	int i;

	for (i = 0; i < (int)scale(10, 200); i++) {
		ASSERT_EQ(0, module_remove());
		ASSERT_EQ(0, module_insert(self->m.ko));
	}
}

/* A CPU that comes while the module is loaded gets a worker, which goes with it. */
TEST_F(unload, a_cpu_comes_later)
{
	struct tcp pub, sub;
	struct buf b = {};
	struct world w;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "one CPU");
	ASSERT_EQ(0, module_remove());
	EXPECT_EQ(0, worker_pid(1));
	cpu_set_online(1, false);
	ASSERT_EQ(0, module_insert(self->m.ko));
	EXPECT_LT(0, worker_pid(0));
	EXPECT_EQ(0, worker_pid(1));
	cpu_set_online(1, true);
	EXPECT_LT(0, worker_pid(1));
	cpu_pin(1);
	world_register(&w);
	EXPECT_EQ(1, world_conn(&w, world_client(&w, &pub)).cpu);
	world_subscribe(&w, "t", world_client(&w, &sub));
	buf_publish(&b, "t", 20, 1);
	sock_send(pub.c, b.p, b.len);
	sock_expect(sub.c, b.p, b.len);
	tcp_close(&pub);
	tcp_close(&sub);
	world_close(&w);
	/* Without its CPU the thread ends too. */
	cpu_set_online(1, false);
	EXPECT_LT(0, worker_pid(1));
	remove_soon();
	EXPECT_EQ(0, worker_pid(1));
	cpu_set_online(1, true);
	ASSERT_EQ(0, module_insert(self->m.ko));
}

/* -- load: publishers that never stop, in a process of their own -- */

FIXTURE(under_load) {
	struct module m;
};

FIXTURE_VARIANT(under_load) {
	bool tls;
};

FIXTURE_VARIANT_ADD(under_load, tcp) {
	.tls = false,
};

FIXTURE_VARIANT_ADD(under_load, tls) {
	.tls = true,
};

FIXTURE_SETUP(under_load)
{
	module_find(&self->m);
}

FIXTURE_TEARDOWN(under_load)
{
	module_insert(self->m.ko);
}

enum { PUBS = 4, SUBS = 12 };

static void play_clients(struct tcp *t)
{
	struct pollfd p[PUBS + SUBS];
	static char room[65536];
	struct buf hits = {};
	int i, left = PUBS + SUBS;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < 50; i++)
		buf_publish(&hits, i % 10 ? "t" : "miss", 100, i);
	for (i = 0; i < PUBS + SUBS; i++) {
		close(t[i].s);
		sock_nonblock(t[i].c);
		p[i] = (struct pollfd) { .fd = t[i].c, .events = POLLIN };
		if (i < PUBS)
			p[i].events |= POLLOUT;
	}
	while (left) {
		if (poll(p, PUBS + SUBS, PATIENCE) <= 0)
			_exit(1);
		for (i = 0; i < PUBS + SUBS; i++) {
			ssize_t n = 1;

			if (p[i].revents & POLLIN)
				n = recv(p[i].fd, room, sizeof(room), 0);
			if ((p[i].revents & POLLOUT) && n > 0)
				n = send(p[i].fd, hits.p, hits.len, MSG_NOSIGNAL);
			if (n > 0 || (n < 0 && errno == EAGAIN))
				continue;
			close(p[i].fd);
			p[i].fd = -1;
			p[i].revents = 0;
			left--;
		}
	}
	_exit(0);
}

/* Plays the daemon until its conns end: reads what is diverted, acknowledges, sends. */
static void play_daemon(struct world *w, struct tcp *t, const uint32_t *id)
{
	struct pollfd p[PUBS + SUBS];
	uint64_t handled[PUBS] = {};
	struct buf in[PUBS] = {};
	static char room[65536];
	int i, left = PUBS + SUBS;

	for (i = 0; i < PUBS + SUBS; i++)
		p[i] = (struct pollfd) { .fd = t[i].s, .events = POLLIN };
	while (left) {
		if (poll(p, PUBS + SUBS, PATIENCE) <= 0)
			die("the daemon hears nothing");
		for (i = 0; i < PUBS + SUBS; i++) {
			struct packets walk;
			struct buf b = {};
			size_t len;
			ssize_t n;

			if (!p[i].revents)
				continue;
			n = recv(p[i].fd, room, sizeof(room), MSG_DONTWAIT);
			if (n < 0 && errno == EAGAIN)
				continue;
			if (n <= 0) {
				close(p[i].fd);
				p[i].fd = -1;
				left--;
				continue;
			}
			if (i >= PUBS)
				continue;
			buf_add(&in[i], room, n);
			walk = (struct packets) { in[i].p, in[i].len };
			while (packets_next(&walk, &len))
				handled[i]++;
			memmove(in[i].p, walk.p, walk.left);
			in[i].len = walk.left;
			record_ack(&b, id[i], handled[i]);
			/* After a drain the port leads nowhere. */
			if (write(w->port, b.p, b.len) < 0 && errno != ESHUTDOWN)
				die("ack: %m");
			buf_free(&b);
		}
	}
}

static pid_t start_load(struct world *w, struct tcp *t, uint32_t *id, bool tls)
{
	uint32_t group;
	pid_t pid;
	int i;

	world_register(w);
	group = world_group(w, "t");
	world_flow(w, "t", group);
	for (i = 0; i < PUBS + SUBS; i++) {
		tcp_open(&t[i], &(struct tcp_options){ .tls = tls });
		id[i] = world_attach(w, t[i].s);
		if (tls != !!world_conn(w, id[i]).tls_version)
			die("attached, but not as what it is");
		if (i >= PUBS)
			world_member(w, group, id[i], 0, 0);
	}
	pid = fork();
	if (!pid) {
		mqtt_nl_close(w->nl);
		close(w->port);
		play_clients(t);
	}
	for (i = 0; i < PUBS + SUBS; i++)
		close(t[i].c);
	return pid;
}

/* Encryption takes the debug kernel minutes. */
static unsigned int few(unsigned int rounds, bool tls)
{
	return tls && kernel_is_debug() ? 1 : rounds;
}

/* mqttctl drain && rmmod mqtt, while everything is in motion. */
TEST_F_TIMEOUT(under_load, drain_under_load, 3000)
{
	const int rounds = scale(few(3, variant->tls), 100);
	int n, status;

	for (n = 0; n < rounds; n++) {
		struct tcp t[PUBS + SUBS];
		uint32_t id[PUBS + SUBS];
		struct mqtt_nl *nl;
		struct world w;
		pid_t clients, drainer;

		clients = start_load(&w, t, id, variant->tls);
		drainer = fork();
		if (!drainer) {
			mqtt_nl_close(w.nl);
			close(w.port);
			for (int i = 0; i < PUBS + SUBS; i++)
				close(t[i].s);
			if (mqtt_nl_open(&nl))
				_exit(1);
			/* Some messages first. */
			while (sysfs_stat("deliver_fast") < 2000)
				usleep(1000);
			/* Not while they are attached. */
			if (module_remove() != -EWOULDBLOCK)
				_exit(3);
			if (mqtt_nl_drain(nl, true))
				_exit(2);
			mqtt_nl_close(nl);
			_exit(0);
		}
		play_daemon(&w, t, id);
		ASSERT_EQ(drainer, waitpid(drainer, &status, 0));
		ASSERT_EQ(0, status);
		close(w.port);
		w.port = -1;
		/* The owner itself goes on. */
		remove_soon();
		mqtt_nl_close(w.nl);
		ASSERT_EQ(clients, waitpid(clients, &status, 0));
		EXPECT_EQ(0, status);
		ASSERT_EQ(0, module_insert(self->m.ko));
		if (n % 10 == 9)
			TH_LOG("drained and unloaded %d times", n + 1);
	}
}

/* The owner is killed under load, and delete_module() spins on another CPU meanwhile. */
TEST_F_TIMEOUT(under_load, tight_race, 3000)
{
	const int rounds = scale(few(2, variant->tls), 50);
	unsigned long tries = 0;
	int n, status;

	for (n = 0; n < rounds; n++) {
		uint64_t start = sysfs_stat("deliver_fast");
		struct tcp t[PUBS + SUBS];
		uint32_t id[PUBS + SUBS];
		struct world w;
		pid_t clients, daemon;
		int pipes[2], err;
		char c;

		ASSERT_EQ(0, pipe(pipes));
		daemon = fork();
		if (!daemon) {
			close(pipes[0]);
			clients = start_load(&w, t, id, variant->tls);
			if (write(pipes[1], &clients, sizeof(clients)) != sizeof(clients))
				_exit(1);
			play_daemon(&w, t, id);
			_exit(0);
		}
		close(pipes[1]);
		ASSERT_EQ(sizeof(clients), read(pipes[0], &clients, sizeof(clients)));
		while (sysfs_stat("deliver_fast") < start + 2000)
			usleep(1000);
		kill(daemon, SIGKILL);
		while ((err = module_remove()) == -EWOULDBLOCK || err == -EBUSY)
			tries++;
		ASSERT_EQ(0, err) TH_LOG("%s", strerror(-err));
		ASSERT_EQ(daemon, waitpid(daemon, &status, 0));
		/* The clients ended with their parent. */
		while (read(pipes[0], &c, 1) > 0)
			;
		close(pipes[0]);
		ASSERT_EQ(0, module_insert(self->m.ko));
		if (n % 10 == 9)
			TH_LOG("unloaded %d times", n + 1);
	}
	TH_LOG("%lu refusals before", tries);
}

TEST_HARNESS_MAIN
