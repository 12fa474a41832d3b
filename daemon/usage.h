/* SPDX-License-Identifier: GPL-2.0 */
/* What takes memory, as mqttctl status shows it. */
#ifndef MQTTD_USAGE_H
#define MQTTD_USAGE_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct usage - things of one kind
 * @count: their number
 * @bytes: what was allocated for them, without the allocator's own
 */
struct usage {
	uint64_t count;
	uint64_t bytes;
};

static inline void usage_add(struct usage *usage, size_t bytes)
{
	usage->count++;
	usage->bytes += bytes;
}

static inline void usage_del(struct usage *usage, size_t bytes)
{
	usage->count--;
	usage->bytes -= bytes;
}

#endif /* MQTTD_USAGE_H */
