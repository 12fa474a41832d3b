// SPDX-License-Identifier: GPL-2.0
/* The worker's thread: it gives way, and outlives its CPU. */
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "lib_cpu.h"
#include "lib_test.h"

/* The CPU whose worker it is about, and the one of those who keep it busy. */
enum { CPU = 1, OTHER = 0 };

FIXTURE(worker) {
	struct world w;
	uint64_t *rounds;
};

FIXTURE_SETUP(worker)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "one CPU");
	self->rounds = mmap(NULL, sizeof(*self->rounds), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->rounds);
	world_open(&self->w);
}

FIXTURE_TEARDOWN(worker)
{
	if (self->w.nl)
		world_close(&self->w);
}

/* A client whose worker is that of CPU. */
static uint32_t client_of_cpu(struct world *w, struct tcp *t)
{
	uint32_t id;

	cpu_pin(CPU);
	id = world_client(w, t);
	if (world_conn(w, id).cpu != CPU)
		die("the conn is CPU %u's", world_conn(w, id).cpu);
	return id;
}

/* Publishes to one topic after the other, so that each is a fan-out of its own, until killed. */
static void flood(int fd, int topics)
{
	struct buf b = {};
	char topic[16];
	int i;

	for (i = 0; i < topics; i++) {
		snprintf(topic, sizeof(topic), "t%d", i);
		buf_publish(&b, topic, 1000, i);
	}
	for (;;)
		sock_send(fd, b.p, b.len);
}

static double cpu_seconds(void)
{
	struct rusage usage;

	/* The debug kernel has no clock of a process. */
	if (getrusage(RUSAGE_SELF, &usage))
		die("getrusage");
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Its share and no more, however much there is to do. */
TEST_F(worker, a_flood_leaves_others_their_share)
{
	enum { TOPICS = 8, MEMBERS = 16 };
	struct tcp pub, sub[MEMBERS];
	uint32_t group, start;
	double ours, its;
	char topic[16];
	pid_t pid, child;
	int i;

	client_of_cpu(&self->w, &pub);
	group = world_group(&self->w, "+");
	for (i = 0; i < MEMBERS; i++)
		world_member(&self->w, group, client_of_cpu(&self->w, &sub[i]), 0, 0);
	for (i = 0; i < TOPICS; i++) {
		snprintf(topic, sizeof(topic), "t%d", i);
		world_flow(&self->w, topic, group);
	}
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		cpu_pin(OTHER);
		flood(pub.c, TOPICS);
	}
	pid = worker_pid(CPU);
	ASSERT_LT(0, pid);
	/* Until its credit is gone. */
	start = worker_runs(pid);
	while (worker_runs(pid) < start + sysconf(_SC_CLK_TCK) / 5)
		;
	while (sched_getscheduler(pid) != SCHED_OTHER &&
	       worker_runs(pid) < start + 2 * sysconf(_SC_CLK_TCK))
		;
	EXPECT_EQ(SCHED_OTHER, sched_getscheduler(pid));
	start = worker_runs(pid);
	ours = cpu_seconds();
	while (worker_runs(pid) < start + sysconf(_SC_CLK_TCK) / 2)
		;
	ours = cpu_seconds() - ours;
	its = (worker_runs(pid) - start) / (double)sysconf(_SC_CLK_TCK);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	TH_LOG("%.2f s of the CPU for us, %.2f s for the worker", ours, its);
	EXPECT_GT(ours, its / 4);
}

/* One message to all of them, which all of them get. */
static void message_to_all(struct tcp *pub, struct tcp *sub, int nr)
{
	struct buf b = {};
	int i;

	buf_publish(&b, "t", 100, 0);
	sock_send(pub->c, b.p, b.len);
	for (i = 0; i < nr; i++)
		sock_expect(sub[i].c, b.p, b.len);
	buf_free(&b);
}

/* What is sent to very many is not the worker's to send, so nobody waits for it. */
TEST_F(worker, leaves_very_many_to_another_thread)
{
	enum { FEW = 128, MORE = 40 };
	struct tcp pub, sub[FEW + MORE];
	uint32_t group, id;
	uint64_t sleeps;
	pid_t sender;
	int i;

	id = client_of_cpu(&self->w, &pub);
	group = world_group(&self->w, "t");
	world_flow(&self->w, "t", group);
	sender = worker_sender_pid(CPU);
	ASSERT_LT(0, sender);
	EXPECT_TRUE(worker_is_bound(sender, CPU));
	EXPECT_EQ(SCHED_OTHER, sched_getscheduler(sender));
	for (i = 0; i < FEW; i++)
		world_member(&self->w, group, client_of_cpu(&self->w, &sub[i]), 0, 0);
	sleeps = worker_sleeps(sender);
	message_to_all(&pub, sub, FEW);
	EXPECT_EQ(sleeps, worker_sleeps(sender));
	for (; i < FEW + MORE; i++)
		world_member(&self->w, group, client_of_cpu(&self->w, &sub[i]), 0, 0);
	message_to_all(&pub, sub, FEW + MORE);
	/* It may not have gone to sleep again yet. */
	message_to_all(&pub, sub, FEW + MORE);
	EXPECT_LT(sleeps, worker_sleeps(sender));
	EXPECT_EQ(2 * MORE + 3 * FEW,
		  world_stats(&self->w).deliver_fast);
	EXPECT_EQ(3, world_conn(&self->w, id).publish_fast);
}

/* Sends and receives numbered messages for ever, on no CPU in particular. */
static void play_client(int pub, int sub, uint64_t *rounds)
{
	struct buf b = {};
	uint32_t seq = 0;
	int i;

	for (;;) {
		b.len = 0;
		for (i = 0; i < 16; i++)
			buf_publish(&b, "t", 20, seq++);
		sock_send(pub, b.p, b.len);
		sock_expect(sub, b.p, b.len);
		__atomic_fetch_add(rounds, 1, __ATOMIC_RELAXED);
	}
}

/* The client gets on. */
static void expect_rounds(uint64_t *rounds, pid_t client)
{
	uint64_t now = __atomic_load_n(rounds, __ATOMIC_RELAXED);

	while (__atomic_load_n(rounds, __ATOMIC_RELAXED) < now + 20) {
		if (waitpid(client, NULL, WNOHANG) == client)
			die("the client gave up");
		usleep(1000);
	}
}

TEST_F(worker, goes_on_without_its_cpu)
{
	struct tcp pub, sub;
	pid_t pid, child;
	int i;

	client_of_cpu(&self->w, &pub);
	world_subscribe(&self->w, "t", client_of_cpu(&self->w, &sub));
	cpu_pin(OTHER);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		play_client(pub.c, sub.c, self->rounds);
	}
	pid = worker_pid(CPU);
	ASSERT_LT(0, pid);
	for (i = 0; i < (int)scale(3, 100); i++) {
		expect_rounds(self->rounds, child);
		EXPECT_TRUE(worker_is_bound(pid, CPU));
		cpu_set_online(CPU, false);
		EXPECT_FALSE(worker_is_bound(pid, CPU));
		expect_rounds(self->rounds, child);
		EXPECT_EQ(0, mqtt_nl_barrier(self->w.nl));
		cpu_set_online(CPU, true);
	}
	EXPECT_EQ(pid, worker_pid(CPU));
	EXPECT_TRUE(worker_is_bound(pid, CPU));
	expect_rounds(self->rounds, child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

TEST_HARNESS_MAIN
