// SPDX-License-Identifier: GPL-2.0
#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "list.h"
#include "log.h"

static void thread_event(struct op *op, int res, uint32_t flags)
{
	struct thread *t = container_of(op, struct thread, op);

	(void)flags;
	if (res != sizeof(t->count)) {
		log_err("eventfd: %s", strerror(res < 0 ? -res : EIO));
		abort();
	}
	loop_read(op, t->fd, &t->count, sizeof(t->count));
	t->called(t);
}

int thread_start(struct thread *t, void *(*fn)(void *arg))
{
	sigset_t all;
	sigset_t old;
	int rc;

	t->fd = eventfd(0, EFD_CLOEXEC);
	if (t->fd < 0)
		return -errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&t->thread, NULL, fn, t);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc) {
		close(t->fd);
		return -rc;
	}
	t->op.fn = thread_event;
	loop_read(&t->op, t->fd, &t->count, sizeof(t->count));
	return 0;
}

void thread_call(struct thread *t)
{
	uint64_t one = 1;

	/* never blocks: there are not 2^64 calls, and the loop reads them */
	if (write(t->fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

void thread_join(struct thread *t)
{
	pthread_join(t->thread, NULL);
	close(t->fd);
}
