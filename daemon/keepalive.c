// SPDX-License-Identifier: GPL-2.0
#include "keepalive.h"

#include <sys/socket.h>

#include "client.h"
#include "conf.h"
#include "publish_limit.h"
#include "stats.h"

#define LINGER_MS	2000

static void connect_expired(struct timer *timer)
{
	struct client *c = container_of(timer, struct client, timer);

	stats.connect_timeouts++;
	client_close(c, END_LOST, "no CONNECT in time");
}

/* One and a half times the keep alive, MQTT-3.1.2-24. */
static uint64_t keepalive_deadline(const struct client *c)
{
	uint64_t now = loop_now();

	return now - ((uint32_t)now - c->last_rx) + c->keepalive * 1500ull;
}

void keepalive_over(struct client *c)
{
	/* [MQTT-3.1.2-22]; nobody may be there, so others get no more output */
	if (c->protocol >= 5)
		client_fail(c, REASON_KEEP_ALIVE_TIMEOUT, "keep alive expired");
	else
		client_close(c, END_LOST, "keep alive expired");
}

/* The timer is not moved with every packet: it looks when it fires. */
static void keepalive_expired(struct timer *timer)
{
	struct client *c = container_of(timer, struct client, timer);
	uint64_t deadline = keepalive_deadline(c);

	if (c->rare->hold || (c->rare->publish_limit && c->rare->publish_limit->waiting))
		timer_arm(timer, loop_now() + c->keepalive * 1500ull);
	else if (deadline > loop_now())
		timer_arm(timer, deadline);
	else
		keepalive_over(c);
}

static void linger_expired(struct timer *timer)
{
	struct client *c = container_of(timer, struct client, timer);

	shutdown(c->fd, SHUT_RDWR);
	/* nor does it wait any longer for the durable store */
	c->flush = false;
	client_dirty(c);
}

void keepalive_connect(struct client *c)
{
	c->timer.fn = connect_expired;
	timer_arm(&c->timer, loop_now() + config.connect_timeout * 1000ull);
}

void keepalive_start(struct client *c)
{
	timer_cancel(&c->timer);
	if (!c->keepalive || c->conn)
		return;
	c->timer.fn = keepalive_expired;
	timer_arm(&c->timer, keepalive_deadline(c));
}

void keepalive_linger(struct client *c)
{
	c->timer.fn = linger_expired;
	timer_arm(&c->timer, loop_now() + LINGER_MS);
}

void keepalive_stop(struct client *c)
{
	timer_cancel(&c->timer);
}
