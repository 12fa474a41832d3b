/* SPDX-License-Identifier: GPL-2.0 */
/* The transmit side: one queue for module frames and the daemon's bytes. */
#ifndef _MQTT_TX_H
#define _MQTT_TX_H

#include <linux/types.h>

struct mqtt_conn;
struct mqtt_frame;
struct msghdr;

/**
 * enum mqtt_tx_kind - where a module frame comes from
 *
 * @MQTT_TX_FAST: from another conn
 * @MQTT_TX_OUT: from the port
 */
enum mqtt_tx_kind {
	MQTT_TX_FAST,
	MQTT_TX_OUT,
};

/**
 * struct mqtt_tx_sum - deliveries made
 *
 * @nr: messages
 * @bytes: their bytes
 * @called: conns whose worker was called to send
 */
struct mqtt_tx_sum {
	u64 nr;
	u64 bytes;
	u32 called;
};

/**
 * mqtt_tx_frame() - queue a frame on a member
 * @conn: member's conn, found under RCU
 * @frame: frame; a reference is taken
 * @kind: where it comes from
 * @sum: what was queued is added
 *
 * What does not fit is dropped and counted.
 *
 * Context: process, RCU read side.
 */
void mqtt_tx_frame(struct mqtt_conn *conn, struct mqtt_frame *frame,
		   enum mqtt_tx_kind kind, struct mqtt_tx_sum *sum);

/**
 * mqtt_tx_offer() - queue a frame on a member if it takes it
 * @conn: member's conn, found under RCU
 * @frame: frame with one message; a reference is taken
 * @kind: where it comes from
 * @sum: what was queued is added
 *
 * Nothing is counted as dropped: another may take it.
 *
 * Context: process, RCU read side.
 * Return: 0, -EMSGSIZE (too long for the client), -ENOBUFS (full), -EPIPE
 * (ended), -ENOMEM.
 */
int mqtt_tx_offer(struct mqtt_conn *conn, struct mqtt_frame *frame,
		  enum mqtt_tx_kind kind, struct mqtt_tx_sum *sum);

/**
 * mqtt_tx_pingresp() - queue a PINGRESP
 * @conn: conn that cannot go away during the call
 *
 * Context: process.
 */
void mqtt_tx_pingresp(struct mqtt_conn *conn);

/**
 * mqtt_tx_sendmsg() - the daemon's send()
 * @conn: conn whose descriptor is held
 * @msg: message; only MSG_DONTWAIT, MSG_NOSIGNAL and MSG_MORE may be set
 * @len: its length
 *
 * Context: process; may sleep unless MSG_DONTWAIT.
 * Return: bytes taken, or -errno.
 */
int mqtt_tx_sendmsg(struct mqtt_conn *conn, struct msghdr *msg, size_t len);

/**
 * mqtt_tx_writable() - is there room for the daemon?
 * @conn: conn whose descriptor is held
 *
 * If not, pollers are woken once there is.
 *
 * Context: process. Return: whether send() would take a byte.
 */
bool mqtt_tx_writable(struct mqtt_conn *conn);

/**
 * mqtt_tx_hold() - keep others from sending
 * @conn: conn
 *
 * What is in the queue stays there until mqtt_tx_release(). Plain TCP's socket
 * is locked by it; that of kTLS is not, for kTLS does.
 *
 * Context: process; may sleep.
 */
void mqtt_tx_hold(struct mqtt_conn *conn);

/**
 * mqtt_tx_release() - end what mqtt_tx_hold() began
 * @conn: conn
 *
 * Context: process.
 */
void mqtt_tx_release(struct mqtt_conn *conn);

/**
 * mqtt_tx_send_record() - the daemon sends a record of TLS that is not data
 * @conn: conn over kTLS whose descriptor is held
 * @msg: the record
 * @len: its length
 * @type: its type
 *
 * It comes after all that is queued, whatever packet that ends in. Nothing of
 * the module follows an alert that ends the connection, or waits before it.
 *
 * Context: process; may sleep.
 * Return: @len, or -errno.
 */
int mqtt_tx_send_record(struct mqtt_conn *conn, struct msghdr *msg, size_t len,
			u8 type);

/**
 * mqtt_tx_flush() - send what TCP takes
 * @conn: conn
 *
 * Context: process; takes the socket lock, or that of kTLS's flush.
 */
void mqtt_tx_flush(struct mqtt_conn *conn);

/**
 * mqtt_tx_flush_short() - send what little is queued, without sleeping
 * @conn: conn
 * @done: what was sent is added to it, for mqtt_tx_free_list()
 *
 * Context: process with softirqs disabled; takes the socket's spinlock.
 * Return: true if that was all there is to do; false: mqtt_tx_flush() has to,
 * because a process has the socket, much is queued, or it takes sleeping.
 */
bool mqtt_tx_flush_short(struct mqtt_conn *conn, struct list_head *done);

/**
 * mqtt_tx_unblock() - TCP has room again, or has failed
 * @conn: conn
 *
 * Context: any, socket locked (softirq included).
 */
void mqtt_tx_unblock(struct mqtt_conn *conn);

/**
 * mqtt_tx_end() - take no new module frames and drop those not begun
 * @conn: conn
 *
 * Context: process, mqtt_tx_hold().
 */
void mqtt_tx_end(struct mqtt_conn *conn);

/**
 * mqtt_tx_close() - a last attempt to send the daemon's bytes, then forget all
 * @conn: conn
 *
 * Context: process, mqtt_tx_hold().
 */
void mqtt_tx_close(struct mqtt_conn *conn);

/**
 * mqtt_tx_init() - make the cache of queue items
 *
 * Context: module init. Return: 0 or -ENOMEM.
 */
int mqtt_tx_init(void);

/**
 * mqtt_tx_exit() - free it
 *
 * Context: module exit.
 */
void mqtt_tx_exit(void);

#endif /* _MQTT_TX_H */
