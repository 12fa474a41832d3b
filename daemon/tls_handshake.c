// SPDX-License-Identifier: GPL-2.0
/*
 * Handshakes cost milliseconds of arithmetic each, so threads do them, step by
 * step. Between two steps the event loop watches the socket, so that a client
 * that takes its time keeps no thread.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "client_input.h"
#include "log.h"
#include "stats.h"
#include "tls_credentials.h"
#include "tls_session.h"
#include "transport.h"
#include "util.h"
#include "work.h"

static struct work_pool pool;

static void step(struct tls *t)
{
	t->layer.client->rx_armed = true;
	work_submit(&pool, &t->step);
}

static void polled(struct op *op, int res, uint32_t flags)
{
	struct client *c = container_of(op, struct client, rx_op);
	struct tls *t = container_of(c->rare->transport->bottom, struct tls, layer);

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
	client_rare(c)->tls = t->info;
	log_debug("TLS %s with %s from %s by the %s", t->info->version,
		  t->info->cipher, client_address(c),
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

static void step_run(struct work *work)
{
	tls_session_handshake(container_of(work, struct tls, step));
}

static void step_done(struct work *work)
{
	struct tls *t = container_of(work, struct tls, step);
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

void tls_handshake(struct tls *t)
{
	t->step.run = step_run;
	t->step.done = step_done;
	step(t);
}

/* As many as the machine can run at a time. */
static unsigned int threads_wanted(void)
{
	cpu_set_t set;
	unsigned int n = 1;

	if (!sched_getaffinity(0, sizeof(set), &set))
		n = CPU_COUNT(&set);
	return min_t(unsigned int, n, WORK_THREADS_MAX);
}

int tls_handshake_start(void)
{
	return work_pool_start(&pool, threads_wanted());
}

void tls_handshake_stop(void)
{
	work_pool_stop(&pool, NULL);
}
