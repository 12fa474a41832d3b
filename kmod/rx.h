/* SPDX-License-Identifier: GPL-2.0 */
/* The receive side: what is consumed, what is left to the daemon. */
#ifndef _MQTT_RX_H
#define _MQTT_RX_H

#include <linux/types.h>

struct mqtt_conn;
struct mqtt_rx;

/**
 * enum mqtt_rx_verdict - what a worker does with a conn next
 *
 * @MQTT_RX_IDLE: nothing until somebody calls mqtt_worker_rx()
 * @MQTT_RX_AGAIN: there is more to read, its turn is over
 * @MQTT_RX_RESUME: fan-out is not complete; nothing is read until it is
 */
enum mqtt_rx_verdict {
	MQTT_RX_IDLE,
	MQTT_RX_AGAIN,
	MQTT_RX_RESUME,
};

/**
 * mqtt_rx_run() - read, parse, fan out, divert
 * @conn: conn
 *
 * Context: the conn's worker; takes the socket lock.
 * Return: what to do next.
 */
enum mqtt_rx_verdict mqtt_rx_run(struct mqtt_conn *conn);

/**
 * mqtt_rx_ack() - the daemon has handled diverted packets
 * @conn: conn found under RCU
 * @seq: number of the last one
 *
 * Context: process, RCU read side.
 */
void mqtt_rx_ack(struct mqtt_conn *conn, u64 seq);

/**
 * mqtt_rx_greeted() - the daemon has sent its first bytes, CONNACK
 * @conn: conn; its tx.greeted is set
 *
 * Context: process.
 */
void mqtt_rx_greeted(struct mqtt_conn *conn);

/**
 * mqtt_rx_head_drop() - forget the head
 * @rx: receive side
 *
 * Context: process; the conn's worker, or the reader who has handed it out.
 */
void mqtt_rx_head_drop(struct mqtt_rx *rx);

/**
 * mqtt_rx_release() - free what the receive side holds
 * @conn: conn nobody works on any more
 *
 * Context: process.
 */
void mqtt_rx_release(struct mqtt_conn *conn);

#endif /* _MQTT_RX_H */
