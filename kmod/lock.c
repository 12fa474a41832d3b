// SPDX-License-Identifier: GPL-2.0
#include <linux/wait_bit.h>

#include "lock.h"

/*
 * Whoever takes it after waiting leaves it awaited, for it cannot tell whether
 * others wait as well: at worst one wakes nobody.
 */
static bool mqtt_lock_try_awaited(struct mqtt_lock *lock)
{
	return atomic_xchg(&lock->state, MQTT_LOCK_AWAITED) == MQTT_LOCK_FREE;
}

void mqtt_lock_wait(struct mqtt_lock *lock)
{
	wait_var_event(&lock->state, mqtt_lock_try_awaited(lock));
}

int mqtt_lock_wait_interruptible(struct mqtt_lock *lock)
{
	return wait_var_event_interruptible(&lock->state,
					    mqtt_lock_try_awaited(lock));
}

void mqtt_lock_wake(struct mqtt_lock *lock)
{
	wake_up_var(&lock->state);
}
