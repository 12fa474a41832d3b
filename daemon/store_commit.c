// SPDX-License-Identifier: GPL-2.0
#include "store_commit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "store_batch.h"
#include "store_db.h"
#include "thread.h"

/**
 * struct job - a commit, handed to the thread and back
 * @db: store
 * @batch: batch to commit
 * @seq: its number
 * @rc: result
 * @spare: the disk has space for more
 * @busy: under way: the fields above are the thread's
 * @stop: no more is to come
 */
static struct {
	struct store_db *db;
	struct store_batch *batch;
	uint64_t seq;
	int rc;
	bool spare;
	bool busy;
	bool stop;
} job;

static struct thread thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static void (*commit_done)(uint64_t seq, int rc, bool spare);

/*
 * A write or an fsync that failed is not tried again: the kernel may have
 * dropped the pages it could not write, and a second fsync would succeed. What
 * was not acknowledged is not on disk, and the next start knows what is.
 */
static void commit(void)
{
	job.rc = store_db_write(job.db, job.batch, &job.spare);
	if (!job.rc || job.rc == ENOSPC)
		return;
	log_err("%s", job.db->error);
	log_err("the durable store failed: ending at once");
	abort();
}

static void *commit_thread(void *arg)
{
	pthread_mutex_lock(&lock);
	for (;;) {
		while (!job.busy && !job.stop)
			pthread_cond_wait(&changed, &lock);
		if (!job.busy)
			break;
		pthread_mutex_unlock(&lock);
		commit();
		pthread_mutex_lock(&lock);
		job.busy = false;
		pthread_cond_broadcast(&changed);
		thread_call(&thread);
	}
	pthread_mutex_unlock(&lock);
	return arg;
}

static void commit_event(struct thread *t)
{
	uint64_t seq;
	bool spare;
	int rc;

	(void)t;
	pthread_mutex_lock(&lock);
	seq = job.seq;
	rc = job.rc;
	spare = job.spare;
	pthread_mutex_unlock(&lock);
	commit_done(seq, rc, spare);
}

int store_commit_start(struct store_db *db,
		       void (*done)(uint64_t seq, int rc, bool spare))
{
	memset(&job, 0, sizeof(job));
	job.db = db;
	commit_done = done;
	thread.called = commit_event;
	return thread_start(&thread, commit_thread);
}

void store_commit_submit(struct store_batch *batch, uint64_t seq)
{
	pthread_mutex_lock(&lock);
	job.batch = batch;
	job.seq = seq;
	job.busy = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void store_commit_wait(int *rc, uint64_t *seq)
{
	pthread_mutex_lock(&lock);
	while (job.busy)
		pthread_cond_wait(&changed, &lock);
	*rc = job.rc;
	*seq = job.seq;
	pthread_mutex_unlock(&lock);
}

void store_commit_stop(void)
{
	pthread_mutex_lock(&lock);
	job.stop = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	thread_join(&thread);
}
