// SPDX-License-Identifier: GPL-2.0
/*
 * A token bucket each for messages and bytes, kept as the time at which all that
 * was taken is paid for: a message goes when that is less than a burst away, of
 * any size, and moves it.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/sock.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "net.h"
#include "rate.h"
#include "rx_divert.h"
#include "worker.h"

/* Nanoseconds that @n cost; a bucket without a rate costs nothing. */
static u64 mqtt_rate_cost(u32 n, u32 rate)
{
	return rate ? div_u64((u64)n * NSEC_PER_SEC, rate) : 0;
}

/* Nanoseconds until a bucket has something in it. */
static u64 mqtt_rate_left(u64 paid, u64 now, u32 burst, u32 rate)
{
	u64 most = mqtt_rate_cost(burst ?: rate, rate);

	if (!rate || paid < now + most)
		return 0;
	return paid - (now + most) + 1;
}

static u64 mqtt_rate_wait(const struct mqtt_rate *rate, u64 now)
{
	const struct mqtt_rate_limits *l = &rate->limits;

	return max(mqtt_rate_left(rate->messages_paid, now,
				  READ_ONCE(l->publish_burst),
				  READ_ONCE(l->publish_rate)),
		   mqtt_rate_left(rate->bytes_paid, now,
				  READ_ONCE(l->bytes_burst),
				  READ_ONCE(l->bytes_rate)));
}

int mqtt_rate_set(struct mqtt_conn *conn,
		  const struct mqtt_rate_limits *limits)
{
	struct mqtt_rate *rate = conn->rate;

	if (!rate && !memchr_inv(limits, 0, sizeof(*limits)))
		return 0;
	if (!rate) {
		rate = kzalloc(sizeof(*rate), GFP_KERNEL_ACCOUNT);
		if (!rate)
			return -ENOMEM;
		/* Pairs with the dependency of those who read it. */
		smp_store_release(&conn->rate, rate);
	}
	WRITE_ONCE(rate->limits.publish_rate, limits->publish_rate);
	WRITE_ONCE(rate->limits.publish_burst, limits->publish_burst);
	WRITE_ONCE(rate->limits.bytes_rate, limits->bytes_rate);
	WRITE_ONCE(rate->limits.bytes_burst, limits->bytes_burst);
	WRITE_ONCE(rate->on, limits->publish_rate || limits->bytes_rate);
	return 0;
}

bool mqtt_rate_may(const struct mqtt_rx_pass *pass, u8 first)
{
	return first >> 4 != MQTT_PUBLISH ||
	       !mqtt_rate_wait(pass->conn->rate, pass->now);
}

bool mqtt_rate_stops(struct mqtt_rx_pass *pass, u8 first)
{
	struct mqtt_conn *conn = pass->conn;
	struct mqtt_rate *rate = conn->rate;
	u64 wait;

	if (first >> 4 != MQTT_PUBLISH)
		return false;
	wait = mqtt_rate_wait(rate, pass->now);
	if (!wait) {
		WRITE_ONCE(rate->waits, false);
		return false;
	}
	pass->stop = true;
	if (READ_ONCE(conn->flags) & MQTT_CONN_F_RATE_END) {
		mqtt_stat_inc(conn->mn, RATE_ENDS);
		WRITE_ONCE(conn->rx.over_rate, true);
		mqtt_conn_wake(conn);
		return true;
	}
	if (!rate->waits)
		mqtt_stat_inc(conn->mn, RATE_WAITS);
	WRITE_ONCE(rate->waits, true);
	mqtt_conn_touch_timer(conn, nsecs_to_jiffies(wait) + 1);
	return true;
}

void mqtt_rate_charge(struct mqtt_rx_pass *pass, u32 len)
{
	struct mqtt_rate *rate = pass->conn->rate;

	rate->messages_paid = max(rate->messages_paid, pass->now) +
		mqtt_rate_cost(1, READ_ONCE(rate->limits.publish_rate));
	rate->bytes_paid = max(rate->bytes_paid, pass->now) +
		mqtt_rate_cost(len, READ_ONCE(rate->limits.bytes_rate));
}
