// SPDX-License-Identifier: GPL-2.0
/*
 * A binary heap. Timers that are only ever postponed (keep alive) are not moved
 * on every packet: they look at the time of the last packet when they fire.
 */
#include "timer.h"

#include <stdlib.h>

#include "util.h"

/**
 * struct due - a timer that is armed
 * @deadline: in ms of loop_now()
 * @timer: the timer
 */
struct due {
	uint64_t deadline;
	struct timer *timer;
};

static struct due *heap;
static uint32_t heap_len;
static uint32_t heap_cap;

static void heap_set(uint32_t i, struct due due)
{
	heap[i] = due;
	due.timer->index = i + 1;
}

static void heap_up(uint32_t i)
{
	struct due due = heap[i];

	while (i) {
		uint32_t parent = (i - 1) / 2;

		if (heap[parent].deadline <= due.deadline)
			break;
		heap_set(i, heap[parent]);
		i = parent;
	}
	heap_set(i, due);
}

static void heap_down(uint32_t i)
{
	struct due due = heap[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= heap_len)
			break;
		if (child + 1 < heap_len &&
		    heap[child + 1].deadline < heap[child].deadline)
			child++;
		if (due.deadline <= heap[child].deadline)
			break;
		heap_set(i, heap[child]);
		i = child;
	}
	heap_set(i, due);
}

void timer_arm(struct timer *timer, uint64_t deadline)
{
	if (!timer->index) {
		if (heap_len == heap_cap) {
			heap_cap = heap_cap ? heap_cap * 2 : 64;
			heap = xrealloc(heap, heap_cap * sizeof(*heap));
		}
		heap_set(heap_len++, (struct due){ deadline, timer });
	}
	heap[timer->index - 1].deadline = deadline;
	heap_up(timer->index - 1);
	heap_down(timer->index - 1);
}

uint64_t timer_deadline(const struct timer *timer)
{
	return heap[timer->index - 1].deadline;
}

void timer_cancel(struct timer *timer)
{
	struct due last;
	uint32_t i;

	if (!timer->index)
		return;
	i = timer->index - 1;
	timer->index = 0;
	last = heap[--heap_len];
	if (last.timer == timer)
		return;
	heap_set(i, last);
	heap_up(i);
	heap_down(last.timer->index - 1);
}

bool timers_next(uint64_t *deadline)
{
	if (!heap_len)
		return false;
	*deadline = heap[0].deadline;
	return true;
}

void timers_run(uint64_t now)
{
	while (heap_len && heap[0].deadline <= now) {
		struct timer *timer = heap[0].timer;

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
