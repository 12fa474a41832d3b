// SPDX-License-Identifier: GPL-2.0
/*
 * Handshakes cost milliseconds of arithmetic each, so threads do them, step by
 * step. Between two steps the event loop watches the socket, so that a client
 * that takes its time keeps no thread.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "client_input.h"
#include "log.h"
#include "stats.h"
#include "thread.h"
#include "tls_credentials.h"
#include "tls_session.h"
#include "transport.h"
#include "util.h"

#define THREADS_MAX	8

static LIST_HEAD(waiting);
static LIST_HEAD(finished);
static bool stopping;
/* Protects the three above; a step under way is on neither list. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct thread threads[THREADS_MAX];
static unsigned int nr_threads;

static void *handshake_thread(void *arg)
{
	struct thread *me = arg;

	pthread_mutex_lock(&lock);
	for (;;) {
		struct tls *t;

		while (list_empty(&waiting) && !stopping)
			pthread_cond_wait(&changed, &lock);
		if (stopping)
			break;
		t = list_first_entry(&waiting, struct tls, node);
		list_del_init(&t->node);
		pthread_mutex_unlock(&lock);
		tls_session_handshake(t);
		pthread_mutex_lock(&lock);
		list_add_tail(&t->node, &finished);
		thread_call(me);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void step(struct tls *t)
{
	t->layer.client->rx_armed = true;
	pthread_mutex_lock(&lock);
	list_add_tail(&t->node, &waiting);
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static void polled(struct op *op, int res, uint32_t flags)
{
	struct client *c = container_of(op, struct client, rx_op);
	struct tls *t = container_of(c->transport->bottom, struct tls, layer);

	(void)res;
	(void)flags;
	c->rx_armed = false;
	if (c->state == CLIENT_CLOSING)
		client_dirty(c);
	else
		step(t);
}

static void succeeded(struct tls *t)
{
	struct client *c = t->layer.client;

	stats.tls_handshakes++;
	c->tls = t->info;
	log_debug("TLS %s with %s from %s by the %s", t->info->version,
		  t->info->cipher, c->address,
		  t->info->ktls ? "kernel" : "daemon");
	if (t->info->ktls) {
		stats.tls_kernel++;
		t->up = true;
		transport_free(c);
		client_receive(c);
		return;
	}
	stats.tls_daemon++;
	tls_session_layer(t);
	transport_ready(&t->layer);
}

static void stepped(struct tls *t)
{
	struct client *c = t->layer.client;

	c->rx_armed = false;
	if (c->state == CLIENT_CLOSING) {
		client_dirty(c);
	} else if (!t->result) {
		succeeded(t);
	} else if (t->result == GNUTLS_E_AGAIN) {
		c->rx_armed = true;
		c->rx_op.fn = polled;
		loop_poll(&c->rx_op, c->fd, tls_session_events(t));
	} else {
		stats.tls_failures++;
		client_close(c, END_ABNORMAL, t->error);
	}
}

static void steps_done(void)
{
	LIST_HEAD(now);

	pthread_mutex_lock(&lock);
	while (!list_empty(&finished)) {
		struct list_head *node = finished.next;

		list_del_init(node);
		list_add_tail(node, &now);
	}
	pthread_mutex_unlock(&lock);
	while (!list_empty(&now)) {
		struct tls *t = list_first_entry(&now, struct tls, node);

		list_del_init(&t->node);
		stepped(t);
	}
}

void tls_handshake(struct tls *t)
{
	INIT_LIST_HEAD(&t->node);
	step(t);
}

/* As many as the machine can run at a time. */
static unsigned int threads_wanted(void)
{
	cpu_set_t set;
	unsigned int n = 1;

	if (!sched_getaffinity(0, sizeof(set), &set))
		n = CPU_COUNT(&set);
	return min_t(unsigned int, n, THREADS_MAX);
}

int tls_handshake_start(void)
{
	unsigned int wanted = threads_wanted();

	stopping = false;
	while (nr_threads < wanted) {
		struct thread *t = &threads[nr_threads];
		int rc;

		t->called = steps_done;
		rc = thread_start(t, handshake_thread);
		if (rc)
			return rc;
		nr_threads++;
	}
	return 0;
}

void tls_handshake_stop(void)
{
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	while (nr_threads)
		thread_join(&threads[--nr_threads]);
	INIT_LIST_HEAD(&waiting);
	INIT_LIST_HEAD(&finished);
}
