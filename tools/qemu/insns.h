/* SPDX-License-Identifier: GPL-2.0 */
#ifndef QEMU_INSNS_H
#define QEMU_INSNS_H

#include <stdint.h>

#define INSNS_CPUS	8
#define INSNS_LOADS	4

/**
 * struct insns - what the plugin counted for one CPU
 * @count: instructions executed
 * @pad: a cache line for each CPU
 */
struct insns {
	uint64_t count;
	uint64_t pad[7];
};

/**
 * struct insns_load - a process that the guest's only CPU waits for
 * @until: what the CPU may count to, the process's to raise
 * @pid: the process, 0 for none
 * @pad: what is left of 16 bytes
 */
struct insns_load {
	uint64_t until;
	int32_t pid;
	uint32_t pad;
};

/**
 * struct insns_file - what the plugin and those who measure have in common
 * @cpu: what was counted
 * @stop: where the CPU is to look at @load again
 * @load: who is waited for; the CPU goes on once all @until are above its count
 * @stops: how often it stopped to wait; a futex
 * @raised: how often an @until was raised, or one left; a futex
 * @qemu: process of the emulator, whose first thread does its input and output
 */
struct insns_file {
	struct insns cpu[INSNS_CPUS];
	uint64_t stop;
	struct insns_load load[INSNS_LOADS];
	uint32_t stops;
	uint32_t raised;
	int32_t qemu;
};

#endif
