/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conns over kTLS. The module imports nothing of tls.ko: it calls what the socket
 * had when it was attached.
 */
#ifndef _MQTT_TLS_H
#define _MQTT_TLS_H

#include <linux/uio.h>

#include "conn.h"

struct mqtt_rx_pass;

/* Types of records, and what an alert says; the kernel's names are newer. */
#define MQTT_TLS_ALERT		21
#define MQTT_TLS_DATA		23
#define MQTT_TLS_FATAL		2
#define MQTT_TLS_CLOSE_NOTIFY	0

/* Bytes of plaintext in the longest record. */
#define MQTT_TLS_RECORD_MAX	16384

/**
 * mqtt_tls_is_on() - is it a conn over kTLS?
 * @conn: conn
 *
 * Context: any. Return: whether it is.
 */
static inline bool mqtt_tls_is_on(const struct mqtt_conn *conn)
{
	return unlikely(conn->is_tls);
}

/**
 * mqtt_tls_conn() - the whole of a conn over kTLS
 * @ptr: the conn
 *
 * Return: what it is part of.
 */
#define mqtt_tls_conn(ptr)	container_of(ptr, struct mqtt_tls_conn, conn)

/**
 * mqtt_tls() - kTLS below a conn
 * @conn: conn over kTLS
 *
 * Return: its struct mqtt_tls.
 */
#define mqtt_tls(conn)		(&mqtt_tls_conn(conn)->tls)

/**
 * mqtt_tls_version() - the version of TLS on a socket
 * @sk: socket, locked
 *
 * Context: process.
 * Return: the version as in records if kTLS does both directions in software,
 * otherwise 0.
 */
u16 mqtt_tls_version(const struct sock *sk);

/**
 * mqtt_tls_readable() - is there something that recvmsg() could take?
 * @conn: conn over kTLS; some of what comes is the daemon's
 *
 * Context: process, the descriptor is held. Return: whether there is.
 */
bool mqtt_tls_readable(const struct mqtt_conn *conn);

/**
 * mqtt_tls_recv() - give the daemon decrypted bytes, or a record
 * @conn: conn over kTLS
 * @msg: where to; with room for control data it learns the type of a record
 * @len: most bytes to take
 * @flags: of recvmsg()
 * @addr_len: of recvmsg()
 * @record: set if it was a record that is not data
 *
 * Context: process, readers' lock held and mqtt_rx.slow_left not 0.
 * Return: as recvmsg() of kTLS.
 */
int mqtt_tls_recv(struct mqtt_conn *conn, struct msghdr *msg, size_t len,
		  int flags, int *addr_len, bool *record);

/**
 * mqtt_tls_put_data() - say that what is received comes from data records
 * @msg: where to
 *
 * Context: process.
 */
void mqtt_tls_put_data(struct msghdr *msg);

/**
 * mqtt_tls_set_type() - the type of record that the daemon wants to send
 * @msg: with control data
 *
 * Context: process. Return: the type, or -errno.
 */
int mqtt_tls_set_type(struct msghdr *msg);

/**
 * mqtt_rx_tls_feed() - read and parse what there is
 * @pass: turn of a conn over kTLS
 *
 * Context: the conn's worker, readers' lock held.
 */
void mqtt_rx_tls_feed(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_tls_divert() - mqtt_rx_divert_run() for decrypted bytes
 * @pass: turn that stopped at a packet for the daemon
 *
 * Context: the conn's worker, readers' lock held.
 */
void mqtt_rx_tls_divert(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_tls_drop() - give the buffer up, with what is in it
 * @conn: conn
 *
 * Context: process; the buffer's owner, or nobody works on the conn any more.
 */
void mqtt_rx_tls_drop(struct mqtt_conn *conn);

/**
 * mqtt_rx_tls_exit() - free the buffers that no conn has
 *
 * Context: the module goes, there are no conns.
 */
void mqtt_rx_tls_exit(void);

/**
 * mqtt_tx_tls_give() - send through kTLS
 * @conn: conn over kTLS
 * @vec: pieces
 * @nr: number of them
 * @bytes: their bytes; lowered to what was offered
 * @type: type of record, 0: data
 *
 * Context: process, flusher's mutex held.
 * Return: bytes taken; -EAGAIN; -EINTR: the worker has been called to do it;
 * or another -errno.
 */
int mqtt_tx_tls_give(struct mqtt_conn *conn, struct kvec *vec, u32 nr,
		     u32 *bytes, u8 type);

/**
 * mqtt_tx_tls_again() - did room come while kTLS said that there is none?
 * @conn: conn over kTLS
 *
 * Context: process, flusher's mutex held, socket locked.
 * Return: true if it is to be tried again at once.
 */
bool mqtt_tx_tls_again(struct mqtt_conn *conn);

#endif /* _MQTT_TLS_H */
