/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "ring.h"
#include "tls.h"

enum client_state {
	CLIENT_NEW,		/* no socket yet */
	CLIENT_CONNECTING,	/* connect() in progress */
	CLIENT_HANDSHAKE,	/* of TLS */
	CLIENT_CONNACK,		/* CONNECT sent */
	CLIENT_SUBACK,		/* SUBSCRIBE sent */
	CLIENT_READY,
	CLIENT_CLOSED,		/* the peer ended it, or an error did */
};

enum client_end {
	END_DISCONNECT,		/* DISCONNECT packet, then close */
	END_FIN,		/* plain close */
	END_RST,		/* close with linger 0 */
};

struct client;

/**
 * struct target - where the connections go and where they come from
 * @dst: address and port of the broker
 * @dst_len: length of @dst
 * @src: first local address, unset (family 0) to let the kernel choose
 * @src_len: length of @src
 * @src_count: consecutive local addresses to spread the connections over
 * @keepalive: keep alive of the CONNECT packets in seconds
 * @rcvbuf: SO_RCVBUF of every connection, 0 for the default
 * @stored: subscribers have sessions that outlive their connections
 * @tls: authorities and name for TLS
 */
struct target {
	struct sockaddr_storage dst;
	socklen_t dst_len;
	struct sockaddr_storage src;
	socklen_t src_len;
	unsigned int src_count;
	unsigned int keepalive;
	int rcvbuf;
	bool stored;
	struct tls_target tls;
};

/**
 * struct publish - a PUBLISH that was received; the pointers lead into the receive buffer
 * @flags: of the fixed header
 * @topic: topic name
 * @topic_len: its length
 * @properties: it has any
 * @payload: the application message
 * @len: its length
 */
struct publish {
	uint8_t flags;
	const uint8_t *topic;
	size_t topic_len;
	bool properties;
	const uint8_t *payload;
	size_t len;
};

/**
 * struct client_ops - what the workload wants to hear from its clients
 * @ready: CONNACK (and SUBACK, when there was a filter) arrived
 * @publish: a PUBLISH arrived
 * @puback: a PUBACK arrived
 * @closed: the connection ended without the workload asking for it
 */
struct client_ops {
	void (*ready)(struct client *cl);
	void (*publish)(struct client *cl, const struct publish *pb);
	void (*puback)(struct client *cl, uint16_t pid);
	void (*closed)(struct client *cl, const char *why);
};

/**
 * struct client_bytes - part of a stream
 * @p: the bytes
 * @off: start of those not written yet
 * @len: end of those
 * @size: room at @p
 */
struct client_bytes {
	uint8_t *p;
	size_t off;
	size_t len;
	size_t size;
};

/**
 * struct client - one connection of the generator
 * @fd: the socket, -1 without
 * @tls: its TLS session, %NULL for plain TCP
 * @level: 4 for MQTT 3.1.1, 5 for 5.0
 * @receive_max: QoS 1 messages the broker takes unacknowledged
 * @state: how far the connection has come
 * @paused: a subscriber that stopped reading
 * @queued: it has bytes that are to be sent before the next wait
 * @publisher: it publishes; otherwise it subscribes
 * @index: number among the publishers or subscribers
 * @filter: topic filter to subscribe to, %NULL for none
 * @qos: QoS to ask for
 * @id: client identifier
 * @rx: bytes of an incomplete packet
 * @rx_len: how many
 * @rx_size: room in @rx
 * @tx: bytes to be written when those of @out are
 * @out: bytes that the socket is taking
 * @in_op: the connection being made, then receiving, or for TLS waiting for something to receive
 * @out_op: sending, or for TLS waiting for room to
 * @to: where it connects to
 * @next: next one that is queued
 * @ops: callbacks
 */
struct client {
	int fd;
	struct tls *tls;
	uint8_t level;
	uint16_t receive_max;
	enum client_state state;
	bool paused;
	bool queued;
	bool publisher;
	unsigned int index;
	const char *filter;
	int qos;
	char id[32];
	uint8_t *rx;
	size_t rx_len;
	size_t rx_size;
	struct client_bytes tx;
	struct client_bytes out;
	struct ring_op in_op;
	struct ring_op out_op;
	const struct target *to;
	struct client *next;
	const struct client_ops *ops;
};

void client_init(struct client *cl, const struct client_ops *ops);
int client_connect(struct client *cl, const struct target *to, unsigned int serial);
uint8_t *client_reserve(struct client *cl, size_t len);
void client_commit(struct client *cl, size_t len);
void client_flush(struct client *cl);
void client_flush_queued(void);
void client_pause(struct client *cl, bool pause);
void client_ping(struct client *cl);
bool client_stop(struct client *cl);
void client_end(struct client *cl, enum client_end how);

/**
 * client_backlog() - bytes queued and not yet taken by the socket
 * @cl: the client
 */
static inline size_t client_backlog(const struct client *cl)
{
	return cl->tx.len - cl->tx.off + cl->out.len - cl->out.off;
}

#endif
