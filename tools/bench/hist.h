/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS	6
#define HIST_SUB	(1 << HIST_SUB_BITS)
#define HIST_BUCKETS	((64 - HIST_SUB_BITS + 1) * HIST_SUB)

/**
 * struct hist - log-linear histogram of 64-bit values, about 1.5 % wide buckets
 * @bucket: how many values fell into each bucket
 * @count: values recorded
 * @max: largest value recorded
 */
struct hist {
	uint64_t bucket[HIST_BUCKETS];
	uint64_t count;
	uint64_t max;
};

void hist_reset(struct hist *h);
void hist_add(struct hist *h, uint64_t value);
uint64_t hist_quantile(const struct hist *h, double q);

#endif
