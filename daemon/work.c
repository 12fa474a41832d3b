// SPDX-License-Identifier: GPL-2.0
/*
 * Threads wait at a semaphore, not at a condition variable: to signal one may wait
 * until the thread that was woken last has run, and the event loop must not.
 */
#include "work.h"

#include <errno.h>

static void *work_thread(void *arg)
{
	struct work_thread *me = container_of(arg, struct work_thread, thread);
	struct work_pool *pool = me->pool;

	for (;;) {
		struct work *work;

		while (sem_wait(&pool->tasks) && errno == EINTR)
			;
		pthread_mutex_lock(&pool->lock);
		if (pool->stopping)
			break;
		work = list_first_entry(&pool->waiting, struct work, node);
		list_del_init(&work->node);
		pthread_mutex_unlock(&pool->lock);
		work->run(work);
		pthread_mutex_lock(&pool->lock);
		list_add_tail(&work->node, &pool->finished);
		pthread_mutex_unlock(&pool->lock);
		thread_call(&me->thread);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static struct work *take_finished(struct work_pool *pool)
{
	struct work *work = NULL;

	pthread_mutex_lock(&pool->lock);
	if (!list_empty(&pool->finished)) {
		work = list_first_entry(&pool->finished, struct work, node);
		list_del_init(&work->node);
	}
	pthread_mutex_unlock(&pool->lock);
	return work;
}

static void work_done(struct thread *thread)
{
	struct work_thread *t = container_of(thread, struct work_thread, thread);
	struct work *work;

	while ((work = take_finished(t->pool)))
		work->done(work);
}

int work_pool_start(struct work_pool *pool, unsigned int threads)
{
	pthread_mutex_init(&pool->lock, NULL);
	sem_init(&pool->tasks, 0, 0);
	INIT_LIST_HEAD(&pool->waiting);
	INIT_LIST_HEAD(&pool->finished);
	pool->stopping = false;
	pool->nr_threads = 0;
	while (pool->nr_threads < threads) {
		struct work_thread *t = &pool->threads[pool->nr_threads];
		int rc;

		t->pool = pool;
		t->thread.called = work_done;
		rc = thread_start(&t->thread, work_thread);
		if (rc) {
			work_pool_stop(pool, NULL);
			return rc;
		}
		pool->nr_threads++;
	}
	return 0;
}

void work_submit(struct work_pool *pool, struct work *work)
{
	pthread_mutex_lock(&pool->lock);
	list_add_tail(&work->node, &pool->waiting);
	pthread_mutex_unlock(&pool->lock);
	sem_post(&pool->tasks);
}

static void drop_all(struct list_head *works, void (*drop)(struct work *work))
{
	while (!list_empty(works)) {
		struct work *work = list_first_entry(works, struct work, node);

		list_del_init(&work->node);
		if (drop)
			drop(work);
	}
}

void work_pool_stop(struct work_pool *pool, void (*drop)(struct work *work))
{
	unsigned int i;

	if (!pool->nr_threads)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_mutex_unlock(&pool->lock);
	for (i = 0; i < pool->nr_threads; i++)
		sem_post(&pool->tasks);
	while (pool->nr_threads)
		thread_join(&pool->threads[--pool->nr_threads].thread);
	drop_all(&pool->waiting, drop);
	drop_all(&pool->finished, drop);
}
