/* SPDX-License-Identifier: GPL-2.0 */
/* How much of a CPU a thread may have before all others. */
#ifndef _MQTT_CREDIT_H
#define _MQTT_CREDIT_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <linux/types.h>
#endif

/* Most that is saved, in ns of running. */
#define MQTT_CREDIT_MAX		2000000LL
/* Most that is owed: receiving 256 KiB from one conn takes longer than a tick. */
#define MQTT_CREDIT_OWED	20000000LL
/* Of the time that passes one part in so many. */
#define MQTT_CREDIT_SHARE	2

/**
 * struct mqtt_credit - what a thread may run before others
 *
 * @left: ns of running; less than 0 is owed
 * @at: when that was counted, by any clock in ns
 * @ran: how long the thread had run then, in ns
 * @good: it may go first
 */
struct mqtt_credit {
	__s64 left;
	__u64 at;
	__u64 ran;
	bool good;
};

/**
 * mqtt_credit_count() - may the thread go first?
 * @credit: its credit, zeros at first
 * @now: what time it is
 * @ran: how long the thread has run altogether
 *
 * With all used up it may not until half of the most is there again: changing
 * how a thread is scheduled is not done for every few microseconds.
 *
 * Context: any; no two calls for a credit at once. Return: whether it may.
 */
static inline bool mqtt_credit_count(struct mqtt_credit *credit, __u64 now,
				     __u64 ran)
{
	/* Clocks of two CPUs may differ. */
	__s64 passed = now > credit->at ? now - credit->at : 0;

	credit->left += passed / MQTT_CREDIT_SHARE - (__s64)(ran - credit->ran);
	if (credit->left > MQTT_CREDIT_MAX)
		credit->left = MQTT_CREDIT_MAX;
	if (credit->left < -MQTT_CREDIT_OWED)
		credit->left = -MQTT_CREDIT_OWED;
	credit->at = now;
	credit->ran = ran;
	if (credit->left <= 0)
		credit->good = false;
	else if (credit->left >= MQTT_CREDIT_MAX / 2)
		credit->good = true;
	return credit->good;
}

#endif /* _MQTT_CREDIT_H */
