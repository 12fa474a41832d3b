// SPDX-License-Identifier: GPL-2.0
#include "auth_worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "password.h"
#include "thread.h"

/* Of them the last waits seconds on a gateway; a client gives up sooner. */
#define JOBS_MAX	1024u

static LIST_HEAD(waiting);
static LIST_HEAD(finished);
static unsigned int pending;
static bool stopping;
/* Protects the four above; a job under way is on neither list. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct thread thread;
static bool started;

void auth_job_free(struct auth_job *job)
{
	if (job->password)
		explicit_bzero(job->password, job->len);
	free(job->password);
	free(job->hash);
	free(job);
}

static void *auth_thread(void *arg)
{
	pthread_mutex_lock(&lock);
	for (;;) {
		struct auth_job *job;

		while (list_empty(&waiting) && !stopping)
			pthread_cond_wait(&changed, &lock);
		if (stopping)
			break;
		job = list_first_entry(&waiting, struct auth_job, node);
		list_del_init(&job->node);
		pthread_mutex_unlock(&lock);
		job->good = password_verify(job->hash, job->password, job->len);
		pthread_mutex_lock(&lock);
		list_add_tail(&job->node, &finished);
		thread_call(&thread);
	}
	pthread_mutex_unlock(&lock);
	return arg;
}

static struct auth_job *take_finished(void)
{
	struct auth_job *job = NULL;

	pthread_mutex_lock(&lock);
	if (!list_empty(&finished)) {
		job = list_first_entry(&finished, struct auth_job, node);
		list_del_init(&job->node);
		pending--;
	}
	pthread_mutex_unlock(&lock);
	return job;
}

static void jobs_done(void)
{
	struct auth_job *job;

	while ((job = take_finished()))
		job->done(job);
}

int auth_worker_start(void)
{
	int rc;

	stopping = false;
	thread.called = jobs_done;
	rc = thread_start(&thread, auth_thread);
	started = !rc;
	return rc;
}

bool auth_worker_submit(struct auth_job *job)
{
	bool room;

	pthread_mutex_lock(&lock);
	room = pending < JOBS_MAX;
	if (room) {
		pending++;
		list_add_tail(&job->node, &waiting);
		pthread_cond_signal(&changed);
	}
	pthread_mutex_unlock(&lock);
	return room;
}

static void free_jobs(struct list_head *jobs)
{
	struct auth_job *job, *tmp;

	list_for_each_entry_safe(job, tmp, jobs, node)
		auth_job_free(job);
	INIT_LIST_HEAD(jobs);
}

void auth_worker_stop(void)
{
	if (!started)
		return;
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	thread_join(&thread);
	free_jobs(&waiting);
	free_jobs(&finished);
	pending = 0;
	started = false;
}
