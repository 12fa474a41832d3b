/* SPDX-License-Identifier: GPL-2.0 */
#ifndef QEMU_INSNS_H
#define QEMU_INSNS_H

#include <stdint.h>

#define INSNS_CPUS	8

/**
 * struct insns - what the plugin counted for one CPU
 * @count: instructions executed
 * @pad: a cache line for each CPU
 */
struct insns {
	uint64_t count;
	uint64_t pad[7];
};

#endif
