/* SPDX-License-Identifier: GPL-2.0 */
/* Work that the event loop must not wait for, done by a pool of threads. */
#ifndef MQTTD_WORK_H
#define MQTTD_WORK_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#include "list.h"
#include "thread.h"

#define WORK_THREADS_MAX	8u

/**
 * struct work - something to do; embedded in what it is about
 * @node: in a list of the pool
 * @run: does it, on a thread of the pool
 * @done: called in the event loop afterwards; the work is its own
 *
 * From work_submit() until @done it belongs to the pool, with all that @run
 * touches.
 */
struct work {
	struct list_head node;
	void (*run)(struct work *work);
	void (*done)(struct work *work);
};

struct work_pool;

/**
 * struct work_thread - a thread of a pool
 * @thread: it, and how it calls the event loop
 * @pool: whose it is
 */
struct work_thread {
	struct thread thread;
	struct work_pool *pool;
};

/**
 * struct work_pool - threads, and the work they share
 * @lock: protects the next three
 * @waiting: work for the first thread that is free
 * @finished: work that the event loop is to have back
 * @stopping: the threads are to end
 * @tasks: counts what waits, and each thread once when @stopping is set
 * @threads: the threads
 * @nr_threads: how many there are; 0: not started
 */
struct work_pool {
	pthread_mutex_t lock;
	struct list_head waiting;
	struct list_head finished;
	bool stopping;
	sem_t tasks;
	struct work_thread threads[WORK_THREADS_MAX];
	unsigned int nr_threads;
};

/**
 * work_pool_start() - start the threads of a pool
 * @pool: pool
 * @threads: how many, 1 to WORK_THREADS_MAX
 *
 * Return: 0 or -errno, with no thread started.
 */
int work_pool_start(struct work_pool *pool, unsigned int threads);

/**
 * work_submit() - have work done; in the order of submission if by one thread
 * @pool: pool that has been started
 * @work: work with both functions set
 */
void work_submit(struct work_pool *pool, struct work *work);

/**
 * work_pool_stop() - end the threads, each after what it is doing
 * @pool: pool; nothing happens if it has not been started
 * @drop: called for all work whose @done has not been called; NULL: nothing is
 */
void work_pool_stop(struct work_pool *pool, void (*drop)(struct work *work));

#endif /* MQTTD_WORK_H */
