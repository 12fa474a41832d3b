// SPDX-License-Identifier: GPL-2.0
/*
 * The measuring agent: inside the guest it answers "stat" with the machine's CPU times and
 * "sh COMMAND" with what the command printed; the generator asks it for a snapshot before and
 * after the steady part of a workload.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "clock.h"
#include "client.h"
#include "list.h"

static bool read_snap(struct cpu_snap *snap)
{
	unsigned long long v[8] = { 0 };
	uint64_t unit = 1000000000ull / sysconf(_SC_CLK_TCK);
	FILE *f = fopen("/proc/stat", "re");
	int n;

	if (!f)
		return false;
	n = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3],
		   &v[4], &v[5], &v[6], &v[7]);
	fclose(f);
	snap->clock = now_ns();
	snap->idle = (v[3] + v[4]) * unit;
	snap->ticks = (v[0] + v[1] + v[2] + v[5] + v[6] + v[7]) * unit;
	return n == 8;
}

static void answer_stat(FILE *out)
{
	struct cpu_snap snap;

	if (!read_snap(&snap)) {
		fprintf(out, "error\n");
		return;
	}
	fprintf(out, "%llu %llu %llu\n", (unsigned long long)snap.clock,
		(unsigned long long)snap.ticks, (unsigned long long)snap.idle);
}

static void answer_sh(FILE *out, const char *command)
{
	char line[4096];
	FILE *p;
	int rc;

	/* The command may leave daemons behind: they must not hold the connection open. */
	p = popen(command, "re");
	if (!p) {
		fprintf(out, "rc 127\n");
		return;
	}
	while (fgets(line, sizeof(line), p))
		fprintf(out, " %s%s", line, strchr(line, '\n') ? "" : "\n");
	rc = pclose(p);
	fprintf(out, "rc %d\n", WIFEXITED(rc) ? WEXITSTATUS(rc) : 128 + WTERMSIG(rc));
}

static void serve_one(int fd)
{
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	char line[4096];

	while (in && out && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "stat"))
			answer_stat(out);
		else if (!strncmp(line, "sh ", 3))
			answer_sh(out, line + 3);
		else
			fprintf(out, "error\n");
		if (fflush(out))
			break;
	}
	exit(0);
}

/**
 * agent_serve() - run the agent; does not return while it works
 * @port: TCP port to listen on, all addresses
 *
 * Anybody who reaches the port can run commands: it is for guests whose only network is a
 * tap in a namespace made for the test.
 *
 * Return: 1 on failure.
 */
int agent_serve(uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 8)) {
		perror("mqload agent");
		return 1;
	}
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (conn < 0)
			continue;
		setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (fork() == 0) {
			close(fd);
			signal(SIGCHLD, SIG_DFL);
			serve_one(conn);
		}
		close(conn);
	}
}

/**
 * agent_open() - connect to an agent
 * @ag: the agent
 * @dst: its address
 * @len: length of @dst
 */
void agent_open(struct agent *ag, const struct sockaddr_storage *dst, socklen_t len)
{
	int one = 1;

	ag->fd = socket(dst->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ag->fd < 0 || connect(ag->fd, (const struct sockaddr *)dst, len)) {
		perror("mqload: agent");
		exit(1);
	}
	setsockopt(ag->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

/**
 * agent_map_insns() - have the instructions that QEMU's plugin counts in every snapshot
 * @ag: the agent
 * @file: what the plugin writes
 *
 * Return: 0 or -errno.
 */
int agent_map_insns(struct agent *ag, const char *file)
{
	int fd = open(file, O_RDWR | O_CLOEXEC);
	void *map;

	if (fd < 0)
		return -errno;
	map = mmap(NULL, sizeof(*ag->insns), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return -errno;
	ag->insns = map;
	return 0;
}

/**
 * agent_begin() - forget the snapshots of the workload before
 * @ag: the agent
 * @counter: what is kept with every snapshot, %NULL for none to come
 */
void agent_begin(struct agent *ag, const uint64_t *counter)
{
	ag->counter = counter;
	ag->asked = 0;
	ag->have = 0;
}

/**
 * agent_ask() - ask for a snapshot; ring_wait() sees the answer
 * @ag: the agent
 */
void agent_ask(struct agent *ag)
{
	ag->asked++;
	if (send(ag->fd, "stat\n", 5, MSG_NOSIGNAL) != 5) {
		fprintf(stderr, "mqload: the agent is gone\n");
		exit(1);
	}
}

static void agent_receive(struct agent *ag)
{
	unsigned long long clock, ticks, idle;
	unsigned int i;
	ssize_t n = recv(ag->fd, ag->buf + ag->len, sizeof(ag->buf) - 1 - ag->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fprintf(stderr, "mqload: the agent is gone\n");
		exit(1);
	}
	ag->len += n;
	ag->buf[ag->len] = 0;
	if (!strchr(ag->buf, '\n'))
		return;
	if (ag->counter && ag->have < 2 &&
	    sscanf(ag->buf, "%llu %llu %llu", &clock, &ticks, &idle) == 3) {
		ag->snap[ag->have].clock = clock;
		ag->snap[ag->have].ticks = ticks;
		ag->snap[ag->have].idle = idle;
		for (i = 0; i < INSNS_CPUS; i++)
			ag->snap[ag->have].insns[i] = ag->insns ?
				__atomic_load_n(&ag->insns->cpu[i].count, __ATOMIC_RELAXED) : 0;
		ag->mark[ag->have++] = *ag->counter;
	}
	ag->len = 0;
}

static void agent_done(struct ring_op *op, int res, const uint8_t *data)
{
	struct agent *ag = container_of(op, struct agent, op);

	(void)res;
	(void)data;
	agent_receive(ag);
	agent_listen(ag);
}

/**
 * agent_listen() - have what the agent sends read
 * @ag: the agent
 */
void agent_listen(struct agent *ag)
{
	if (ag->op.busy)
		return;
	ag->op.done = agent_done;
	ring_poll(&ag->op, ag->fd, POLLIN);
}
