/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_TIMER_H
#define MQTTD_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct timer - something to be done at a point in time
 * @fn: called once when the deadline has passed; may arm the timer again
 * @index: place in the heap plus one, 0 while not armed
 */
struct timer {
	void (*fn)(struct timer *timer);
	uint32_t index;
};

/**
 * timer_arm() - set or move a timer's deadline
 * @timer: timer with its function set
 * @deadline: in ms of loop_now()
 */
void timer_arm(struct timer *timer, uint64_t deadline);

/**
 * timer_deadline() - when is it due?
 * @timer: timer that is armed
 *
 * Return: its deadline, in ms of loop_now().
 */
uint64_t timer_deadline(const struct timer *timer);

/**
 * timer_cancel() - disarm a timer; harmless when it is not armed
 * @timer: timer
 */
void timer_cancel(struct timer *timer);

/**
 * timers_next() - when is the next timer due?
 * @deadline: set to the earliest deadline
 *
 * Return: false when no timer is armed.
 */
bool timers_next(uint64_t *deadline);

/**
 * timers_run() - call all timers that are due
 * @now: present time in ms
 */
void timers_run(uint64_t now);

/**
 * timers_free() - release the heap
 */
void timers_free(void);

#endif /* MQTTD_TIMER_H */
