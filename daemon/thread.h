/* SPDX-License-Identifier: GPL-2.0 */
/* Threads beside the event loop, and how they call it. */
#ifndef MQTTD_THREAD_H
#define MQTTD_THREAD_H

#include <pthread.h>
#include <stdint.h>

#include "loop.h"

/**
 * struct thread - a thread with work that the event loop must not wait for
 * @called: called in the event loop after thread_call(), once for one or more
 * @thread: the thread
 * @fd: eventfd, by which it calls
 * @count: what is read from it
 * @op: the read in flight
 */
struct thread {
	void (*called)(struct thread *t);
	pthread_t thread;
	int fd;
	uint64_t count;
	struct op op;
};

/**
 * thread_start() - start a thread, with all signals left to the event loop
 * @t: thread, @t->called set
 * @fn: what it runs, with @t as its argument
 *
 * Return: 0 or -errno.
 */
int thread_start(struct thread *t, void *(*fn)(void *arg));

/**
 * thread_call() - have the event loop run @t->called
 * @t: thread; called by it, with any locks held
 */
void thread_call(struct thread *t);

/**
 * thread_join() - wait for the thread to end; it calls no more
 * @t: thread that has been told to end
 */
void thread_join(struct thread *t);

#endif /* MQTTD_THREAD_H */
