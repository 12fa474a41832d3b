/* SPDX-License-Identifier: GPL-2.0 */
/* One worker a CPU receives for its conns, fans out, and sends. */
#ifndef _MQTT_WORKER_H
#define _MQTT_WORKER_H

struct mqtt_conn;

/* Conns that one fan-out has sent to at once: the rest takes its time. */
#define MQTT_WORKER_MANY	128

/**
 * mqtt_worker_rx() - have a conn's receive side looked at
 * @conn: conn that cannot go away during the call
 *
 * Context: any, softirq included.
 */
void mqtt_worker_rx(struct mqtt_conn *conn);

/**
 * mqtt_worker_tx() - have a conn's queue sent
 * @conn: conn found under RCU, or that cannot go away during the call
 *
 * Context: any, softirq included.
 */
void mqtt_worker_tx(struct mqtt_conn *conn);

/**
 * mqtt_worker_tx_many() - have the queue of one of many conns sent
 * @conn: conn
 * @nr: how many others have been queued for the same message
 *
 * After the first ones, what others have to send goes first.
 *
 * Context: any.
 */
void mqtt_worker_tx_many(struct mqtt_conn *conn, u32 nr);

/**
 * mqtt_worker_hold() - have a conn's queue sent, not at once
 * @conn: conn found under RCU
 * @due: when at the latest, by CLOCK_MONOTONIC in ns
 *
 * Context: process.
 */
void mqtt_worker_hold(struct mqtt_conn *conn, u64 due);

/**
 * mqtt_worker_barrier() - wait for all fan-out that has begun
 *
 * Returns when every message whose fan-out had begun before the call is queued
 * on its members, and no worker uses table entries removed before it.
 *
 * Context: process; may sleep.
 * Return: 0 or -ENOMEM.
 */
int mqtt_worker_barrier(void);

/**
 * mqtt_worker_cpu() - find a CPU that has a worker
 * @cpu: the one that would be best, or any number
 *
 * Context: process. Return: it, or the one we are on.
 */
int mqtt_worker_cpu(int cpu);

/**
 * mqtt_worker_init() - make the workers
 *
 * Context: module init. Return: 0 or -errno.
 */
int mqtt_worker_init(void);

/**
 * mqtt_worker_exit() - let them finish and free them
 *
 * Context: module exit; no socket is attached any more.
 */
void mqtt_worker_exit(void);

#endif /* _MQTT_WORKER_H */
