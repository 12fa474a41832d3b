// SPDX-License-Identifier: GPL-2.0
#include "publish_limit.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "conf.h"
#include "loop.h"
#include "stats.h"
#include "util.h"

/* A bucket holds what may be sent in a second, in thousandths. */
#define SCALE	1000ll

bool publish_limited(void)
{
	return config.max_publish_rate || config.max_publish_bytes;
}

void publish_limit_start(struct client *c, void (*resume)(struct timer *timer))
{
	struct publish_limit *l;

	/* the module does it for those that are attached */
	if (!publish_limited() || c->conn)
		return;
	l = xcalloc(1, sizeof(*l));
	l->client = c;
	l->timer.fn = resume;
	l->messages = SCALE * config.max_publish_rate;
	l->bytes = SCALE * config.max_publish_bytes;
	l->last = loop_now();
	client_rare(c)->publish_limit = l;
}

static void refill(struct publish_limit *l)
{
	int64_t ms = (int64_t)min_t(uint64_t, loop_now() - l->last, UINT32_MAX);

	l->messages = min_t(int64_t, SCALE * config.max_publish_rate,
			    l->messages + ms * config.max_publish_rate);
	l->bytes = min_t(int64_t, SCALE * config.max_publish_bytes,
			 l->bytes + ms * config.max_publish_bytes);
	l->last = loop_now();
}

/* Milliseconds until a bucket is above zero. */
static uint64_t until_above(int64_t level, uint32_t rate)
{
	return !rate || level > 0 ? 0 : (uint64_t)(-level / rate + 1);
}

static uint64_t time_left(const struct publish_limit *l)
{
	return max_t(uint64_t,
		     until_above(l->messages, config.max_publish_rate),
		     until_above(l->bytes, config.max_publish_bytes));
}

void publish_limit_over(struct client *c)
{
	stats.publish_rate_disconnects++;
	client_fail(c, REASON_MESSAGE_RATE_TOO_HIGH,
		    "above max_publish_rate or max_publish_bytes");
}

/* A message of any size goes when the last one has been paid for. */
bool publish_limit_charge(struct client *c, size_t len)
{
	struct publish_limit *l = c->rare->publish_limit;

	refill(l);
	if (config.publish_limit_disconnect && time_left(l)) {
		publish_limit_over(c);
		return false;
	}
	l->messages -= SCALE;
	l->bytes -= SCALE * (int64_t)len;
	return true;
}

bool publish_limit_wait(struct client *c)
{
	struct publish_limit *l = c->rare->publish_limit;
	uint64_t left;

	if (l->waiting)
		return true;
	if (config.publish_limit_disconnect)
		return false;
	refill(l);
	left = time_left(l);
	if (!left)
		return false;
	l->waiting = true;
	stats.publish_rate_waits++;
	timer_arm(&l->timer, loop_now() + left);
	return true;
}

void publish_limit_keep(struct client *c, const uint8_t *p, size_t len)
{
	struct publish_limit *l = c->rare->publish_limit;

	if (l->cap - l->len < len) {
		l->cap = l->len + len;
		l->kept = xrealloc(l->kept, l->cap);
	}
	memcpy(l->kept + l->len, p, len);
	l->len += len;
}

void publish_limit_free(struct client *c)
{
	struct publish_limit *l = c->rare->publish_limit;

	if (!l)
		return;
	timer_cancel(&l->timer);
	free(l->kept);
	free(l);
	c->rare->publish_limit = NULL;
}
