/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mutex in four bytes, for what every conn has: struct mutex takes 32. Nearly
 * always it is free, so those who wait need no order and no list of their own:
 * they wait where wait_var_event() does. lockdep knows it as a mutex.
 */
#ifndef _MQTT_LOCK_H
#define _MQTT_LOCK_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>

/* States of a lock. */
enum {
	MQTT_LOCK_FREE,
	MQTT_LOCK_HELD,
	MQTT_LOCK_AWAITED,	/* held, and somebody may wait for it */
};

/**
 * struct mqtt_lock - a small mutex
 *
 * @state: MQTT_LOCK_*
 * @dep_map: for lockdep
 */
struct mqtt_lock {
	atomic_t state;
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	struct lockdep_map dep_map;
#endif
};

/**
 * mqtt_lock_init() - make a lock, which is free
 * @lock: lock
 *
 * One call in the source is one class for lockdep.
 */
#define mqtt_lock_init(lock)						\
	do {								\
		static struct lock_class_key key;			\
									\
		atomic_set(&(lock)->state, MQTT_LOCK_FREE);		\
		lockdep_init_map(&(lock)->dep_map, #lock, &key, 0);	\
	} while (0)

/**
 * mqtt_lock_wait() - wait for a lock, and take it
 * @lock: lock
 *
 * Context: process; called by mqtt_lock_take().
 */
void mqtt_lock_wait(struct mqtt_lock *lock);

/**
 * mqtt_lock_wait_interruptible() - the same until there is a signal
 * @lock: lock
 *
 * Context: process; called by mqtt_lock_take_interruptible().
 * Return: 0 or -ERESTARTSYS.
 */
int mqtt_lock_wait_interruptible(struct mqtt_lock *lock);

/**
 * mqtt_lock_wake() - wake those who wait for a lock that is free now
 * @lock: lock; may be gone already
 *
 * Context: process; called by mqtt_lock_drop().
 */
void mqtt_lock_wake(struct mqtt_lock *lock);

static inline bool mqtt_lock_try(struct mqtt_lock *lock)
{
	return atomic_cmpxchg_acquire(&lock->state, MQTT_LOCK_FREE,
				      MQTT_LOCK_HELD) == MQTT_LOCK_FREE;
}

/**
 * mqtt_lock_take() - take a lock
 * @lock: lock
 *
 * Context: process; may sleep.
 */
static inline void mqtt_lock_take(struct mqtt_lock *lock)
{
	might_sleep();
	mutex_acquire(&lock->dep_map, 0, 0, _RET_IP_);
	if (unlikely(!mqtt_lock_try(lock)))
		mqtt_lock_wait(lock);
}

/**
 * mqtt_lock_take_interruptible() - take a lock unless there is a signal
 * @lock: lock
 *
 * Context: process; may sleep.
 * Return: 0 or -ERESTARTSYS.
 */
static inline int mqtt_lock_take_interruptible(struct mqtt_lock *lock)
{
	int err = 0;

	might_sleep();
	mutex_acquire(&lock->dep_map, 0, 0, _RET_IP_);
	if (unlikely(!mqtt_lock_try(lock)))
		err = mqtt_lock_wait_interruptible(lock);
	if (err)
		mutex_release(&lock->dep_map, _RET_IP_);
	return err;
}

/**
 * mqtt_lock_drop() - give a lock back
 * @lock: lock that the caller holds
 *
 * Context: process.
 */
static inline void mqtt_lock_drop(struct mqtt_lock *lock)
{
	mutex_release(&lock->dep_map, _RET_IP_);
	/* Fully ordered: who waits has said so, or sees that it is free. */
	if (unlikely(atomic_xchg(&lock->state, MQTT_LOCK_FREE) ==
		     MQTT_LOCK_AWAITED))
		mqtt_lock_wake(lock);
}

#endif /* _MQTT_LOCK_H */
