/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_CLIENT_H
#define MQTTD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "list.h"
#include "loop.h"
#include "outq.h"
#include "reason.h"
#include "timer.h"
#include "usage.h"

struct aliases;
struct enhanced_auth;
struct input_hold;
struct peer;
struct publish_limit;
struct session;
struct tls_info;
struct transport;
struct verification;
struct will;

/**
 * enum client_state - where a connection is
 *
 * @CLIENT_CONNECTING: CONNECT has not been received, or not all of it
 * @CLIENT_VERIFYING: the password in its CONNECT is being verified
 * @CLIENT_CONNECTED: it has a session
 * @CLIENT_CLOSING: closed for everybody else, and freed soon
 */
enum client_state {
	CLIENT_CONNECTING,
	CLIENT_VERIFYING,
	CLIENT_CONNECTED,
	CLIENT_CLOSING,
};

/* Topic aliases that a 5.0 client may set. */
#define CLIENT_ALIAS_MAX	TOPIC_ALIAS_MAX

/**
 * enum client_end - how a connection ends
 *
 * @END_NORMAL: the client sent DISCONNECT: its will is discarded
 * @END_ABNORMAL: its will is published
 * @END_LOST: its will is published, and there is no point in sending what is
 *	queued
 */
enum client_end {
	END_NORMAL,
	END_ABNORMAL,
	END_LOST,
};

/**
 * struct client_address - where a client connected from
 * @family: AF_INET, AF_INET6, AF_UNIX, or AF_UNSPEC when it is not known
 * @port: its port
 * @ip: its address
 * @uid: user at the other end of a local socket
 * @pid: process there
 */
struct client_address {
	uint16_t family;
	uint16_t port;
	union {
		uint8_t ip[16];
		struct {
			uint32_t uid;
			int32_t pid;
		};
	};
};

/**
 * struct client_rare - what few connections have
 * @transport: between the socket and MQTT, NULL if nothing is
 * @tls: about its TLS, after the handshake
 * @verification: of its password, while CLIENT_VERIFYING
 * @enhanced_auth: exchange of AUTH packets under way
 * @publish_limit: how fast it may publish, NULL for any rate
 * @hold: input that waits, NULL when none does
 * @aliases: topic aliases, NULL while there are none
 * @user: user name, verified where there is a password file; NULL for none
 * @will: its will, if it has one
 */
struct client_rare {
	struct transport *transport;
	struct tls_info *tls;
	struct verification *verification;
	struct enhanced_auth *enhanced_auth;
	struct publish_limit *publish_limit;
	struct input_hold *hold;
	struct aliases *aliases;
	char *user;
	struct will *will;
};

/**
 * struct client_busy - what connections have while there is something to do
 * @client: the connection
 * @dirty_node: in the list of those with output to send this turn
 * @fence_node: in the list of those whose output waits for the durable store
 * @ack_node: in the data path's list of conns with packets to acknowledge
 * @out: output
 * @answers: bytes of it that answer the client's packets, since it was empty
 */
struct client_busy {
	struct client *client;
	struct list_head dirty_node;
	struct list_head fence_node;
	struct list_head ack_node;
	struct outq out;
	uint32_t answers;
};

/**
 * struct client_rx - a packet received in part
 * @len: bytes of it; this and the next are the pool's while it is kept for reuse
 * @connect_len: of these, the CONNECT that stays while AUTH packets follow it
 * @cap: room in @bytes
 * @total: its whole length, 0 while not known
 * @bytes: what was received
 */
struct client_rx {
	uint32_t len;
	uint32_t connect_len;
	uint32_t cap;
	uint32_t total;
	uint8_t bytes[];
};

/* What the others have instead, all of them the same: nothing, to be read only. */
extern const struct client_rare client_not_rare;
extern const struct client_busy client_idle;
extern const struct client_rx client_no_rx;

/**
 * struct client - a network connection
 * @rx_op: receive in flight
 * @tx_op: send in flight
 * @node: in the list of all connections
 * @timer: for CONNECT, then for keep alive, then for the last output
 * @session: its session, once connected
 * @listener: where it came in
 * @peer: address it came from, NULL where that has no limits
 * @rare: see there, or client_not_rare
 * @busy: see there, or client_idle
 * @rx: packet received in part, or client_no_rx
 * @diverted: packets received since the socket was attached
 * @conn: the data path's conn, 0 when not attached
 * @fd: socket
 * @last_rx: time of the last whole packet received, in ms, modulo 2^32
 * @max_packet: longest packet that it takes
 * @unacked: QoS 1 and 2 messages from it that are not acknowledged, of 5.0
 * @keepalive: seconds between packets, 0 for any time
 * @receive_max: QoS 1 and 2 messages that it takes at a time
 * @alias_max: topic aliases that it takes
 * @protocol: protocol level: 3, 4, or 5 for MQTT 5.0; 0 before CONNECT
 * @state: where the connection is
 * @rx_armed: @rx_op is in flight
 * @rx_paused: not received from, since it takes no output
 * @tx_busy: @tx_op is in flight
 * @cut: the end of its output is held back, see client_cut()
 * @flush: its output is sent before it closes
 * @shut: shut down already, on the way to close
 * @rx_eof: nothing more can be received
 * @connack_held: CONNACK waits for the durable store
 * @session_made: so does the session that it is about
 * @refused: it is one too many
 * @problem_info: takes reason strings
 * @auth_method: its CONNECT named the authentication method
 * @identified: it was not verified, but is known from the connection
 * @store_request: waits for something to be stored that the client asked for
 * @address: where the client connected from
 */
struct client {
	struct op rx_op;
	struct op tx_op;
	struct list_head node;
	struct timer timer;
	struct session *session;
	struct conf_listener *listener;
	struct peer *peer;
	struct client_rare *rare;
	struct client_busy *busy;
	struct client_rx *rx;
	uint64_t diverted;
	uint32_t conn;
	int fd;
	uint32_t last_rx;
	uint32_t max_packet;
	uint16_t unacked;
	uint16_t keepalive;
	uint16_t receive_max;
	uint16_t alias_max;
	uint8_t protocol;
	enum client_state state : 2;
	bool rx_armed : 1;
	bool rx_paused : 1;
	bool tx_busy : 1;
	bool cut : 1;
	bool flush : 1;
	bool shut : 1;
	bool rx_eof : 1;
	bool connack_held : 1;
	bool session_made : 1;
	bool refused : 1;
	bool problem_info : 1;
	bool auth_method : 1;
	bool identified : 1;
	bool store_request : 1;
	struct client_address address;
};

/**
 * client_rare() - what few connections have, to be changed
 * @c: client
 *
 * Return: its own, made if it had none.
 */
struct client_rare *client_rare(struct client *c);

/**
 * client_make_busy() - there is something to do
 * @c: client for which there was nothing
 */
void client_make_busy(struct client *c);

/**
 * client_busy() - what there is to do, to be changed
 * @c: client
 *
 * Return: its own, made if it had none.
 */
static inline struct client_busy *client_busy(struct client *c)
{
	if (c->busy == &client_idle)
		client_make_busy(c);
	return c->busy;
}

/**
 * client_out() - output, to be changed
 * @c: client
 *
 * Return: its own queue, made if it had none.
 */
static inline struct outq *client_out(struct client *c)
{
	return &client_busy(c)->out;
}

/**
 * client_settle() - something was done
 * @c: client; nobody holds on to what client_busy() said, which is given back if
 *	there is nothing else to do
 */
void client_settle(struct client *c);

/**
 * client_acked() - the data path has no packets to acknowledge any more
 * @c: client
 */
static inline void client_acked(struct client *c)
{
	/* Of those who have none client_idle is not to be written to. */
	if (!list_empty(&c->busy->ack_node))
		list_del_init(&c->busy->ack_node);
}

/**
 * client_new() - take over a connection that was accepted
 * @fd: socket
 * @listener: where it came in
 * @peer: address it came from, or NULL
 * @full: there are too many: its CONNECT is answered, if not too many of these
 *	wait already, and it is closed
 */
void client_new(int fd, struct conf_listener *listener, struct peer *peer,
		bool full);

/**
 * client_address() - where a client connected from, for people
 * @c: client
 *
 * Return: text that is good until the next call.
 */
const char *client_address(const struct client *c);

/**
 * clients_count() - number of connections
 *
 * Return: all that are not closing, or refused.
 */
uint32_t clients_count(void);

/**
 * clients_usage() - memory of connections
 *
 * Return: all of them, closing ones included; without transports.
 */
struct usage clients_usage(void);

/**
 * client_window() - our receive maximum
 *
 * Return: QoS 1 and 2 messages that a 5.0 client may send at a time.
 */
uint32_t client_window(void);

/**
 * client_connected() - CONNECT was accepted and the session is in place
 * @c: client
 */
void client_connected(struct client *c);

/**
 * client_close() - end a connection
 * @c: client; closed at once for everybody else, freed later
 * @how: what becomes of its will and its output
 * @reason: for the log
 */
void client_close(struct client *c, enum client_end how, const char *reason);

/**
 * client_fail() - end a connection because of an error
 * @c: client; its will is published
 * @code: what a 5.0 client is told, in a CONNACK or DISCONNECT
 * @what: for the log, and for the client
 *
 * Clients of 3.1 and 3.1.1 are just closed.
 */
void client_fail(struct client *c, enum reason code, const char *what);

/**
 * client_dirty() - output was queued
 * @c: client
 */
void client_dirty(struct client *c);

/**
 * client_cut() - send what is queued at once, but for the last byte
 * @c: client with little queued
 *
 * While its packet is incomplete, the data path keeps back what it has for the
 * client. Does nothing while a send is in flight.
 *
 * Return: false when the socket did not take it.
 */
bool client_cut(struct client *c);

/**
 * client_mend() - send the last byte, too
 * @c: client
 *
 * Return: false when the socket did not take it.
 */
bool client_mend(struct client *c);

/* Clients that one message is sent to in the turn it came in. */
#define CLIENTS_MANY	128u
/* And in each later one, which is what others wait. */
#define CLIENTS_FEW	32u

/**
 * clients_mark() - where a message to many begins
 *
 * Return: for clients_put_off().
 */
uint64_t clients_mark(void);

/**
 * clients_put_off() - send to most of many clients later
 * @mark: what clients_mark() said before anything was queued for them
 * @now: so many are sent to in this turn
 *
 * Sending a message to 100,000 clients takes more than a second, which no other
 * message is to wait.
 */
void clients_put_off(uint64_t mark, uint32_t now);

/**
 * clients_flush() - send what was queued during this turn
 * @all: and what was put off, all of it
 *
 * Return: true if there was something to send.
 */
bool clients_flush(bool all);

/**
 * clients_farewell() - tell clients that the broker is about to stop
 *
 * While the data path still takes what is sent to them.
 */
void clients_farewell(void);

/**
 * clients_close_all() - end all connections, at shutdown
 */
void clients_close_all(void);

/**
 * clients_each() - call a function for every connection
 * @fn: function, may close the client it is called with
 * @arg: passed to @fn
 */
void clients_each(void (*fn)(struct client *c, void *arg), void *arg);

#endif /* MQTTD_CLIENT_H */
