/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast a client may publish. Every PUBLISH is charged as it is taken or
 * diverted, so there is one bucket for what the module and what the owner handles.
 */
#ifndef _MQTT_RATE_H
#define _MQTT_RATE_H

#include "conn.h"
#include "parse.h"

struct mqtt_rx_pass;

/**
 * mqtt_rate_is_on() - is there a limit?
 * @conn: conn
 *
 * Context: any. Return: whether there is.
 */
static inline bool mqtt_rate_is_on(const struct mqtt_conn *conn)
{
	const struct mqtt_rate *rate = READ_ONCE(conn->rate);

	return unlikely(rate) && READ_ONCE(rate->on);
}

/**
 * mqtt_rate_waits() - does a PUBLISH wait for its turn?
 * @conn: conn
 *
 * Context: any. Return: whether one does.
 */
static inline bool mqtt_rate_waits(const struct mqtt_conn *conn)
{
	const struct mqtt_rate *rate = READ_ONCE(conn->rate);

	return unlikely(rate) && READ_ONCE(rate->waits);
}

/**
 * mqtt_rate_set() - set limits
 * @conn: conn
 * @limits: what to set; a full bucket is begun with if there was no limit
 *
 * Context: process, mqtt_net.lock held, or the conn is not attached yet.
 * Return: 0 or -ENOMEM, which is for the first limit only.
 */
int mqtt_rate_set(struct mqtt_conn *conn,
		  const struct mqtt_rate_limits *limits);

/**
 * mqtt_rate_stops() - is the next packet a PUBLISH over the limit?
 * @pass: turn of a conn with a limit, which is stopped if so
 * @first: first byte of the packet
 *
 * Context: the conn's worker. Return: whether it is.
 */
bool mqtt_rate_stops(struct mqtt_rx_pass *pass, u8 first);

/**
 * mqtt_rate_may() - may a packet be diverted along with others?
 * @pass: turn of a conn with a limit
 * @first: first byte of the packet
 *
 * Context: the conn's worker. Return: false if it is a PUBLISH over the limit.
 */
bool mqtt_rate_may(const struct mqtt_rx_pass *pass, u8 first);

/**
 * mqtt_rate_charge() - a PUBLISH has been taken, or diverted
 * @pass: turn of a conn with a limit
 * @len: length of the packet
 *
 * Context: the conn's worker.
 */
void mqtt_rate_charge(struct mqtt_rx_pass *pass, u32 len);

#endif /* _MQTT_RATE_H */
