// SPDX-License-Identifier: GPL-2.0
/*
 * A binary heap. Timers that are only ever postponed (keep alive) are not moved
 * on every packet: they look at the time of the last packet when they fire.
 */
#include "timer.h"

#include <stdlib.h>

#include "util.h"

static struct timer **heap;
static uint32_t heap_len;
static uint32_t heap_cap;

static void heap_set(uint32_t i, struct timer *timer)
{
	heap[i] = timer;
	timer->index = i + 1;
}

static void heap_up(uint32_t i)
{
	struct timer *timer = heap[i];

	while (i) {
		uint32_t parent = (i - 1) / 2;

		if (heap[parent]->deadline <= timer->deadline)
			break;
		heap_set(i, heap[parent]);
		i = parent;
	}
	heap_set(i, timer);
}

static void heap_down(uint32_t i)
{
	struct timer *timer = heap[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= heap_len)
			break;
		if (child + 1 < heap_len &&
		    heap[child + 1]->deadline < heap[child]->deadline)
			child++;
		if (timer->deadline <= heap[child]->deadline)
			break;
		heap_set(i, heap[child]);
		i = child;
	}
	heap_set(i, timer);
}

void timer_arm(struct timer *timer, uint64_t deadline)
{
	if (!timer->index) {
		if (heap_len == heap_cap) {
			heap_cap = heap_cap ? heap_cap * 2 : 64;
			heap = xrealloc(heap, heap_cap * sizeof(*heap));
		}
		heap_set(heap_len++, timer);
	}
	timer->deadline = deadline;
	heap_up(timer->index - 1);
	heap_down(timer->index - 1);
}

void timer_cancel(struct timer *timer)
{
	struct timer *last;
	uint32_t i;

	if (!timer->index)
		return;
	i = timer->index - 1;
	timer->index = 0;
	last = heap[--heap_len];
	if (last == timer)
		return;
	heap_set(i, last);
	heap_up(i);
	heap_down(last->index - 1);
}

bool timers_next(uint64_t *deadline)
{
	if (!heap_len)
		return false;
	*deadline = heap[0]->deadline;
	return true;
}

void timers_run(uint64_t now)
{
	while (heap_len && heap[0]->deadline <= now) {
		struct timer *timer = heap[0];

		timer_cancel(timer);
		timer->fn(timer);
	}
}

void timers_free(void)
{
	free(heap);
	heap = NULL;
	heap_len = 0;
	heap_cap = 0;
}
