// SPDX-License-Identifier: GPL-2.0
#include "auth_worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "password.h"

/* Of them the last waits seconds on a gateway; a client gives up sooner. */
#define JOBS_MAX	1024u

static LIST_HEAD(waiting);
static LIST_HEAD(finished);
static unsigned int pending;
static bool stopping;
static pthread_t thread;
/* Protects the four above; a job under way is on neither list. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int event_fd = -1;
static uint64_t event_count;
static struct op event_op;

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
	uint64_t one = 1;

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
		/* never blocks: there are not 2^64 jobs */
		if (write(event_fd, &one, sizeof(one)) != sizeof(one))
			abort();
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

static void auth_event(struct op *op, int res, uint32_t flags)
{
	struct auth_job *job;

	(void)flags;
	if (res != sizeof(event_count)) {
		log_err("eventfd: %s", strerror(res < 0 ? -res : EIO));
		abort();
	}
	loop_read(op, event_fd, &event_count, sizeof(event_count));
	while ((job = take_finished()))
		job->done(job);
}

int auth_worker_start(void)
{
	sigset_t all;
	sigset_t old;
	int rc;

	event_fd = eventfd(0, EFD_CLOEXEC);
	if (event_fd < 0)
		return -errno;
	stopping = false;
	/* signals are the event loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, NULL, auth_thread, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc) {
		close(event_fd);
		event_fd = -1;
		return -rc;
	}
	event_op.fn = auth_event;
	loop_read(&event_op, event_fd, &event_count, sizeof(event_count));
	return 0;
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
	if (event_fd < 0)
		return;
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	free_jobs(&waiting);
	free_jobs(&finished);
	pending = 0;
	close(event_fd);
	event_fd = -1;
}
