/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_AGENT_H
#define BENCH_AGENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "../qemu/insns.h"
#include "ring.h"

/**
 * struct cpu_snap - CPU time of a machine since boot, in nanoseconds of its own clock
 * @clock: CLOCK_MONOTONIC
 * @ticks: busy time of /proc/stat (tick accounting: every field but idle and iowait)
 * @idle: idle and iowait of /proc/stat
 * @insns: instructions executed by each CPU, as QEMU counts them
 */
struct cpu_snap {
	uint64_t clock;
	uint64_t ticks;
	uint64_t idle;
	uint64_t insns[INSNS_CPUS];
};

/**
 * struct agent - the generator's connection to the agent in the guest
 * @fd: the socket, -1 without an agent
 * @insns: where QEMU's plugin counts, %NULL without
 * @asked: snapshots asked for
 * @have: snapshots received
 * @snap: the snapshots
 * @mark: caller's counter at the moment each snapshot arrived
 * @counter: the caller's counter
 * @op: waiting for a reply
 * @len: bytes of an incomplete reply
 * @buf: the incomplete reply
 */
struct agent {
	int fd;
	struct insns_file *insns;
	unsigned int asked;
	unsigned int have;
	struct cpu_snap snap[2];
	uint64_t mark[2];
	const uint64_t *counter;
	struct ring_op op;
	unsigned int len;
	char buf[256];
};

int agent_serve(uint16_t port);
void agent_open(struct agent *ag, const struct sockaddr_storage *dst, socklen_t len);
int agent_map_insns(struct agent *ag, const char *file);
void agent_listen(struct agent *ag);
void agent_begin(struct agent *ag, const uint64_t *counter);
void agent_ask(struct agent *ag);

#endif
