/* SPDX-License-Identifier: GPL-2.0 */
/* Diverting: what the worker leaves to the daemon, and how it learns of it. */
#ifndef _MQTT_RX_DIVERT_H
#define _MQTT_RX_DIVERT_H

#include <net/tcp_states.h>

#include "alias.h"
#include "conn.h"
#include "parse.h"

struct mqtt_flow;

/* Bytes consumed from one conn before others' turn. */
#define MQTT_RX_BUDGET		(256 * 1024)
/* Bytes the daemon may be given with one wake-up, if packets are small. */
#define MQTT_DIVERT_RUN_MAX	(64 * 1024)
/*
 * After so many packets in a row without a flow it is looked for one in eight on
 * average, and the others are diverted as misses.
 */
#define MQTT_MISSED_MAX		64

/**
 * struct mqtt_rx_pass - one turn of a conn's receive side
 *
 * @conn: conn
 * @acl_class: the conn's, for the whole turn
 * @level: MQTT_MEMBER_LEVEL5 at protocol level 5, otherwise 0
 * @fast_max: limit, for the whole turn; 0: no PUBLISH is for the fast path
 * @topic_max: limit, for the whole turn
 * @pingresp: PINGREQ is answered here
 * @limited: there is a limit to how fast the client may publish
 * @now: if so, the time in ns
 * @stop: leave the rest where it is
 * @again: stopped for the budget
 * @divert: stopped at a packet for the daemon
 * @open: the gate has been seen open
 * @avail: bytes in the receive queue at the start
 * @used: bytes consumed
 * @publishes: publishes consumed
 * @bytes: their bytes
 * @denied: of them on deny flows
 * @unsubscribed: of them on flows without groups
 */
struct mqtt_rx_pass {
	struct mqtt_conn *conn;
	u32 acl_class;
	u32 level;
	u32 fast_max;
	u32 topic_max;
	bool pingresp;
	bool limited;
	u64 now;
	bool stop;
	bool again;
	bool divert;
	bool open;
	u32 avail;
	u32 used;
	u32 publishes;
	u32 bytes;
	u32 denied;
	u32 unsubscribed;
};

/**
 * mqtt_rx_input() - consume a block of the stream
 * @pass: turn
 * @p: bytes
 * @n: number of them
 *
 * Context: the conn's worker; may sleep.
 * Return: bytes consumed; less than @n only with pass->stop.
 */
u32 mqtt_rx_input(struct mqtt_rx_pass *pass, const u8 *p, u32 n);

/**
 * mqtt_rx_tcp_feed() - parse what is in the queue of a TCP socket
 * @pass: the turn; what the fast path takes is taken out of the queue
 *
 * Context: process, socket locked. May sleep.
 */
void mqtt_rx_tcp_feed(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_parse5() - mqtt_parse_head5() under a conn's settings
 * @pass: turn
 * @p: bytes from a packet's first one on
 * @n: number of them
 * @h: where to store what was found
 *
 * Context: any. Return: enum mqtt_parse_result.
 */
enum mqtt_parse_result mqtt_rx_parse5(const struct mqtt_rx_pass *pass,
				      const u8 *p, u32 n,
				      struct mqtt_packet_head *h);

/**
 * mqtt_rx_parse() - mqtt_parse_head() under a conn's settings
 * @pass: turn
 * @p: bytes from a packet's first one on
 * @n: number of them
 * @h: where to store what was found
 *
 * Context: any. Return: enum mqtt_parse_result.
 */
static inline enum mqtt_parse_result
mqtt_rx_parse(const struct mqtt_rx_pass *pass, const u8 *p, u32 n,
	      struct mqtt_packet_head *h)
{
	enum mqtt_parse_result result;

	if (pass->level)
		result = mqtt_rx_parse5(pass, p, n, h);
	else
		result = mqtt_parse_head(p, n, pass->fast_max, pass->topic_max,
					 h);
	if (result == MQTT_PARSE_PINGREQ && !pass->pingresp)
		return MQTT_PARSE_SLOW;
	return result;
}

/**
 * mqtt_rx_topic() - the topic of a packet, or what its alias stands for
 * @pass: turn
 * @p: PUBLISH that mqtt_rx_parse() found to be MQTT_PARSE_FAST
 * @h: what it found
 * @len: receives the length of the topic
 *
 * Context: the conn's worker.
 * Return: topic name.
 */
static inline const u8 *mqtt_rx_topic(const struct mqtt_rx_pass *pass,
				      const u8 *p,
				      const struct mqtt_packet_head *h,
				      u32 *len)
{
	const struct mqtt_alias *alias;

	if (pass->level && unlikely(h->alias)) {
		alias = mqtt_alias_find(pass->conn, h->alias);
		*len = alias->len;
		return alias->topic;
	}
	*len = h->topic_len;
	return p + h->fixed_len + 2;
}

/**
 * mqtt_rx_flow() - the flow of a topic, with the conn's last one at hand
 * @pass: turn
 * @topic: topic name
 * @topic_len: its length
 *
 * Context: the conn's worker.
 * Return: flow, referenced by the conn until the next call, or NULL.
 */
struct mqtt_flow *mqtt_rx_flow(struct mqtt_rx_pass *pass, const u8 *topic,
			       u32 topic_len);

/**
 * mqtt_rx_part_done() - the packet at the end of the open frame is complete
 * @pass: turn
 *
 * Context: the conn's worker.
 */
void mqtt_rx_part_done(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_divert() - stop: the packet in the head, or next in the socket, is
 *	for the daemon
 * @pass: turn
 *
 * Context: the conn's worker, socket locked.
 */
static inline void mqtt_rx_divert(struct mqtt_rx_pass *pass)
{
	pass->stop = true;
	pass->divert = true;
}

/**
 * mqtt_rx_divert_all() - from here on everything is for the daemon
 * @pass: turn
 *
 * Context: the conn's worker, socket locked.
 */
void mqtt_rx_divert_all(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_divert_packet() - count a packet in what is for the daemon
 * @pass: turn
 * @result: what mqtt_rx_parse() has made of it
 * @p: the bytes it saw
 * @h: what it found
 *
 * Context: the conn's worker.
 * Return: false if all that follows is the daemon's too.
 */
bool mqtt_rx_divert_packet(struct mqtt_rx_pass *pass,
			   enum mqtt_parse_result result, const u8 *p,
			   const struct mqtt_packet_head *h);

/**
 * mqtt_rx_divert_run() - find how far the daemon may read
 * @pass: turn that stopped at a packet for the daemon
 *
 * Walks over consecutive packets for the daemon, so that it gets them with one
 * wake-up.
 *
 * Context: the conn's worker, socket locked.
 */
void mqtt_rx_divert_run(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_at_hand() - divert what has come without calling the worker
 * @conn: conn
 * @max: bytes to look through
 *
 * Packets of which the first byte says that they are for the daemon, and that
 * the module need not look into: no PUBLISH with QoS 0, none at level 5, and no
 * PINGREQ. Most that come with QoS 1 and 2 are such. PUBLISH with QoS 0 is
 * such while the conn has missed for long.
 *
 * Context: the socket is locked, or its spinlock is held in softirq.
 * Return: true if the daemon has been woken for some; otherwise the worker is
 * to look.
 */
bool mqtt_rx_at_hand(struct mqtt_conn *conn, u32 max);

/**
 * mqtt_rx_taken() - the daemon has read all that was diverted
 * @conn: conn
 *
 * Context: process; takes the socket lock.
 */
void mqtt_rx_taken(struct mqtt_conn *conn);

/**
 * mqtt_rx_at_eof() - will nothing more come?
 * @sk: socket, locked
 *
 * Context: any. Return: true if what is in the receive queue is all.
 */
static inline bool mqtt_rx_at_eof(const struct sock *sk)
{
	return (sk->sk_shutdown & RCV_SHUTDOWN) || sk->sk_err ||
	       sk->sk_state == TCP_CLOSE || sock_flag(sk, SOCK_DONE);
}

/**
 * mqtt_rx_eof() - the stream has ended
 * @pass: turn that consumed everything
 *
 * Context: the conn's worker, socket locked.
 */
void mqtt_rx_eof(struct mqtt_rx_pass *pass);

/**
 * mqtt_rx_publish() - let the daemon see what was diverted
 * @conn: conn whose fan-out is complete
 *
 * Context: the conn's worker while the conn is busy, or the socket is locked.
 */
void mqtt_rx_publish(struct mqtt_conn *conn);

#endif /* _MQTT_RX_DIVERT_H */
