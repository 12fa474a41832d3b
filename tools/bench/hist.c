// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "hist.h"

/**
 * hist_reset() - forget every recorded value
 * @h: the histogram
 */
void hist_reset(struct hist *h)
{
	memset(h, 0, sizeof(*h));
}

static unsigned int hist_index(uint64_t value)
{
	unsigned int msb, shift;

	if (value < HIST_SUB)
		return value;
	msb = 63 - __builtin_clzll(value);
	shift = msb - HIST_SUB_BITS;
	return (shift + 1) * HIST_SUB + (value >> shift) - HIST_SUB;
}

static uint64_t hist_upper(unsigned int index)
{
	unsigned int shift;

	if (index < HIST_SUB)
		return index;
	shift = index / HIST_SUB - 1;
	return ((uint64_t)(index % HIST_SUB + HIST_SUB + 1) << shift) - 1;
}

/**
 * hist_add() - record one value
 * @h: the histogram
 * @value: what to record
 */
void hist_add(struct hist *h, uint64_t value)
{
	h->bucket[hist_index(value)]++;
	h->count++;
	if (value > h->max)
		h->max = value;
}

/**
 * hist_quantile() - the value below which a share of all values lies
 * @h: the histogram
 * @q: the share, 0 to 1
 *
 * Return: the upper edge of the bucket that holds the quantile, 0 when empty.
 */
uint64_t hist_quantile(const struct hist *h, double q)
{
	uint64_t want = (uint64_t)(q * (double)h->count + 0.5);
	uint64_t seen = 0;
	unsigned int i;

	if (!h->count)
		return 0;
	if (!want)
		want = 1;
	for (i = 0; i < HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= want) {
			uint64_t edge = hist_upper(i);

			return edge < h->max ? edge : h->max;
		}
	}
	return h->max;
}
