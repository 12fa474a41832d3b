/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_KEEPALIVE_H
#define MQTTD_KEEPALIVE_H

struct client;

/**
 * keepalive_connect() - give a new connection time to send CONNECT
 * @c: client
 */
void keepalive_connect(struct client *c);

/**
 * keepalive_start() - watch a connected client, as CONNECT asked for
 * @c: client; those attached to the kernel data path are watched there
 */
void keepalive_start(struct client *c);

/**
 * keepalive_over() - end a connection that has been silent for too long
 * @c: client
 */
void keepalive_over(struct client *c);

/**
 * keepalive_linger() - give a closing connection time to take its output
 * @c: client
 */
void keepalive_linger(struct client *c);

/**
 * keepalive_stop() - stop watching
 * @c: client
 */
void keepalive_stop(struct client *c);

#endif /* MQTTD_KEEPALIVE_H */
