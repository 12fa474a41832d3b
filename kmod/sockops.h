/* SPDX-License-Identifier: GPL-2.0 */
/* The socket operations that attached sockets have instead of TCP's. */
#ifndef _MQTT_SOCKOPS_H
#define _MQTT_SOCKOPS_H

struct mqtt_conn;
struct sock;
struct socket;

/**
 * mqtt_sockops_prepare() - make the tables for a socket's family
 * @sock: TCP socket over IPv4 or IPv6
 *
 * Context: process, mqtt_net.lock or no lock held; may sleep.
 * Return: 0, -ENOMEM, or another -errno of making a socket.
 */
int mqtt_sockops_prepare(struct socket *sock);

/**
 * mqtt_sockops_save() - let a conn know what its socket has now
 * @conn: conn
 * @sock: the socket, prepared, with kTLS or plain TCP as the conn
 *
 * Context: socket locked.
 * Return: false if it is plain TCP but somebody's callbacks are on it.
 */
bool mqtt_sockops_save(struct mqtt_conn *conn, struct socket *sock);

/**
 * mqtt_sockops_install() - put our operations on a socket
 * @conn: its conn, which knows what the socket has now
 * @sock: the socket, prepared
 *
 * Takes the module reference that the core drops when the socket is released.
 *
 * Context: socket locked.
 */
void mqtt_sockops_install(struct mqtt_conn *conn, struct socket *sock);

/**
 * mqtt_sockops_restore() - give the protocol and the callbacks back
 * @conn: its conn
 *
 * Only on the way to the base protocol's close(): a live socket is never
 * detached.
 *
 * Context: socket locked.
 */
void mqtt_sockops_restore(struct mqtt_conn *conn);

/**
 * mqtt_sockops_exit() - forget the tables
 *
 * Context: module exit.
 */
void mqtt_sockops_exit(void);

#endif /* _MQTT_SOCKOPS_H */
