// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "list.h"

#define MQTT_CONNECT	0x10
#define MQTT_CONNACK	0x20
#define MQTT_PUBLISH	0x30
#define MQTT_PUBACK	0x40
#define MQTT_SUBSCRIBE	0x82
#define MQTT_SUBACK	0x90
#define MQTT_PINGREQ	0xc0
#define MQTT_PINGRESP	0xd0
#define MQTT_DISCONNECT	0xe0

#define MQTT_PROP_SESSION_EXPIRY_INTERVAL	0x11
#define MQTT_PROP_RECEIVE_MAXIMUM		0x21

#define RX_CHUNK	(256 * 1024)

/* Those that have bytes to be sent before the next wait. */
static struct client *queue;

static void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		perror("mqload: realloc");
		exit(1);
	}
	return p;
}

/**
 * client_reserve() - room for bytes at the end of the transmit buffer
 * @cl: the client
 * @len: how many bytes
 *
 * Return: where to write them; client_commit() makes them part of the stream.
 */
uint8_t *client_reserve(struct client *cl, size_t len)
{
	struct client_bytes *tx = &cl->tx;

	if (tx->off == tx->len) {
		tx->off = 0;
		tx->len = 0;
	}
	if (tx->len + len > tx->size) {
		tx->size = 2 * (tx->len + len) + 256;
		tx->p = xrealloc(tx->p, tx->size);
	}
	return tx->p + tx->len;
}

/**
 * client_commit() - queue what was written to the reserved room
 * @cl: the client
 * @len: how many bytes
 */
void client_commit(struct client *cl, size_t len)
{
	cl->tx.len += len;
}

static void client_fail(struct client *cl, const char *why)
{
	if (cl->fd >= 0) {
		/* What is under way holds the socket open, and ends by this. */
		shutdown(cl->fd, SHUT_RDWR);
		close(cl->fd);
	}
	cl->fd = -1;
	tls_free(cl->tls, false);
	cl->tls = NULL;
	cl->state = CLIENT_CLOSED;
	cl->ops->closed(cl, why);
}

/* Has what comes received, or waited for, unless that is under way. */
static void client_read(struct client *cl)
{
	if (cl->paused || cl->fd < 0 || cl->in_op.busy)
		return;
	if (cl->to->tls.cafile)
		ring_poll(&cl->in_op, cl->fd, POLLIN | POLLRDHUP);
	else
		ring_recv(&cl->in_op, cl->fd);
}

/**
 * client_pause() - stop or resume reading
 * @cl: the client
 * @pause: stop reading
 */
void client_pause(struct client *cl, bool pause)
{
	if (cl->paused == pause || cl->fd < 0)
		return;
	cl->paused = pause;
	if (pause)
		ring_cancel(&cl->in_op);
	else
		client_read(cl);
}

/* What errno is about, once the session itself has failed. */
static const char *client_error(const struct client *cl)
{
	return cl->tls && errno == EPROTO ? tls_error(cl->tls) : strerror(errno);
}

/* Makes what is to be written next what is being written, when that is done. */
static bool client_next_bytes(struct client *cl)
{
	struct client_bytes out = cl->out;

	if (out.off < out.len)
		return true;
	if (cl->tx.off == cl->tx.len)
		return false;
	out.off = 0;
	out.len = 0;
	cl->out = cl->tx;
	cl->tx = out;
	return true;
}

static void client_write_tls(struct client *cl)
{
	while (client_next_bytes(cl)) {
		ssize_t n = tls_send(cl->tls, cl->out.p + cl->out.off, cl->out.len - cl->out.off);

		if (n < 0 && errno == EAGAIN) {
			ring_poll(&cl->out_op, cl->fd, POLLOUT);
			return;
		}
		if (n < 0) {
			client_fail(cl, client_error(cl));
			return;
		}
		cl->out.off += n;
	}
}

static void client_write(struct client *cl)
{
	if (cl->out_op.busy || cl->state <= CLIENT_HANDSHAKE || cl->state == CLIENT_CLOSED)
		return;
	if (cl->tls)
		client_write_tls(cl);
	else if (client_next_bytes(cl))
		ring_send(&cl->out_op, cl->fd, cl->out.p + cl->out.off, cl->out.len - cl->out.off);
}

/**
 * client_flush() - have what is queued sent with what others have, before the next wait
 * @cl: the client
 */
void client_flush(struct client *cl)
{
	if (cl->queued || !client_backlog(cl))
		return;
	cl->queued = true;
	cl->next = queue;
	queue = cl;
}

/**
 * client_flush_queued() - prepare the sends of all that have something to send
 */
void client_flush_queued(void)
{
	while (queue) {
		struct client *cl = queue;

		queue = cl->next;
		cl->queued = false;
		client_write(cl);
	}
}

static size_t put_length(uint8_t *p, size_t len)
{
	size_t n = 0;

	do {
		p[n] = len & 0x7f;
		len >>= 7;
		if (len)
			p[n] |= 0x80;
		n++;
	} while (len);
	return n;
}

static uint8_t *put_string(uint8_t *p, const char *s)
{
	size_t len = strlen(s);

	*p++ = len >> 8;
	*p++ = len;
	memcpy(p, s, len);
	return p + len;
}

static void client_send_connect(struct client *cl, const struct target *to)
{
	bool stored = to->stored && cl->filter, v5 = cl->level == 5;
	size_t body = 10 + 2 + strlen(cl->id) + (v5 ? 1 + (stored ? 5 : 0) : 0);
	uint8_t *start = client_reserve(cl, body + 5), *p = start;

	*p++ = MQTT_CONNECT;
	p += put_length(p, body);
	p = put_string(p, "MQTT");
	*p++ = cl->level;
	*p++ = stored ? 0 : 0x02;
	*p++ = to->keepalive >> 8;
	*p++ = to->keepalive;
	if (v5)
		*p++ = stored ? 5 : 0;
	if (v5 && stored) {
		*p++ = MQTT_PROP_SESSION_EXPIRY_INTERVAL;
		memset(p, 0xff, 4);
		p += 4;
	}
	p = put_string(p, cl->id);
	client_commit(cl, p - start);
}

static void client_send_subscribe(struct client *cl)
{
	size_t body = 2 + (cl->level == 5) + 2 + strlen(cl->filter) + 1;
	uint8_t *start = client_reserve(cl, body + 5), *p = start;

	*p++ = MQTT_SUBSCRIBE;
	p += put_length(p, body);
	*p++ = 0;
	*p++ = 1;
	if (cl->level == 5)
		*p++ = 0;
	p = put_string(p, cl->filter);
	*p++ = cl->qos;
	client_commit(cl, p - start);
}

/**
 * client_ping() - queue a PINGREQ
 * @cl: the client
 */
void client_ping(struct client *cl)
{
	uint8_t *p = client_reserve(cl, 2);

	p[0] = MQTT_PINGREQ;
	p[1] = 0;
	client_commit(cl, 2);
}

static void client_send_puback(struct client *cl, uint16_t pid)
{
	uint8_t *p = client_reserve(cl, 4);

	p[0] = MQTT_PUBACK;
	p[1] = 2;
	p[2] = pid >> 8;
	p[3] = pid;
	client_commit(cl, 4);
}

static void bind_source(int fd, const struct target *to, unsigned int serial)
{
	struct sockaddr_storage src = to->src;
	unsigned int step = serial % to->src_count;
	int one = 1;

	/* Without this every bind would use up a port on its own. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (src.ss_family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)&src;

		in->sin_addr.s_addr = htonl(ntohl(in->sin_addr.s_addr) + step);
	} else {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&src;
		uint32_t low;

		memcpy(&low, &in6->sin6_addr.s6_addr[12], 4);
		low = htonl(ntohl(low) + step);
		memcpy(&in6->sin6_addr.s6_addr[12], &low, 4);
	}
	if (bind(fd, (struct sockaddr *)&src, to->src_len)) {
		perror("mqload: bind");
		exit(1);
	}
}

/**
 * client_connect() - start the connection and queue its CONNECT packet
 * @cl: the client
 * @to: where to
 * @serial: running number, picks the source address
 *
 * Return: 0, or -errno when the socket could not even be made.
 */
int client_connect(struct client *cl, const struct target *to, unsigned int serial)
{
	int one = 1, fd = socket(to->dst.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (to->rcvbuf)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &to->rcvbuf, sizeof(to->rcvbuf));
	if (to->src.ss_family)
		bind_source(fd, to, serial);
	cl->fd = fd;
	cl->to = to;
	cl->state = CLIENT_CONNECTING;
	client_send_connect(cl, to);
	ring_connect(&cl->in_op, fd, &to->dst, to->dst_len);
	return 0;
}

/* A variable byte integer; returns the bytes it takes, 0 when it is cut or too long. */
static size_t get_varint(const uint8_t *p, size_t len, size_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < len && i < 4; i++) {
		*value |= (size_t)(p[i] & 0x7f) << (7 * i);
		if (!(p[i] & 0x80))
			return i + 1;
	}
	return 0;
}

/* Bytes that the value of a property of CONNACK takes, 0 when unknown or cut. */
static size_t connack_property(const uint8_t *p, size_t len)
{
	size_t n, i;

	switch (p[0]) {
	case 0x11: /* Session Expiry Interval */
	case 0x27: /* Maximum Packet Size */
		n = 4;
		break;
	case 0x13: /* Server Keep Alive */
	case 0x21: /* Receive Maximum */
	case 0x22: /* Topic Alias Maximum */
		n = 2;
		break;
	case 0x24: /* Maximum QoS */
	case 0x25: /* Retain Available */
	case 0x28: /* Wildcard Subscription Available */
	case 0x29: /* Subscription Identifiers Available */
	case 0x2a: /* Shared Subscription Available */
		n = 1;
		break;
	case 0x12: /* Assigned Client Identifier */
	case 0x1a: /* Response Information */
	case 0x1c: /* Server Reference */
	case 0x1f: /* Reason String */
	case 0x26: /* User Property: two strings */
		for (n = 0, i = 0; i < (p[0] == 0x26 ? 2 : 1); i++) {
			if (len < 1 + n + 2)
				return 0;
			n += 2 + (p[1 + n] << 8 | p[2 + n]);
		}
		break;
	default:
		return 0;
	}
	return 1 + n <= len ? n : 0;
}

static bool handle_connack(struct client *cl, const uint8_t *p, size_t len)
{
	size_t n, off, left;

	if (cl->state != CLIENT_CONNACK || len < 2 || p[1])
		return false;
	if (cl->level == 4)
		return len == 2;
	n = get_varint(p + 2, len - 2, &left);
	if (!n || 2 + n + left != len)
		return false;
	for (off = 2 + n; left; off += 1 + n, left -= 1 + n) {
		n = connack_property(p + off, left);
		if (!n)
			return false;
		if (p[off] == MQTT_PROP_RECEIVE_MAXIMUM)
			cl->receive_max = p[off + 1] << 8 | p[off + 2];
	}
	return true;
}

static bool handle_publish(struct client *cl, uint8_t first, const uint8_t *p, size_t len)
{
	struct publish pb = { .flags = first & 0x0f, .topic = p + 2 };
	size_t head, pid = 0, value;

	if (len < 2)
		return false;
	pb.topic_len = p[0] << 8 | p[1];
	head = 2 + pb.topic_len;
	if (first & 0x06) {
		pid = head;
		head += 2;
	}
	if (head > len)
		return false;
	if (cl->level == 5) {
		size_t n = get_varint(p + head, len - head, &value);

		if (!n || value > len - head - n)
			return false;
		pb.properties = value;
		head += n + value;
	}
	if ((first & 0x06) == 0x02)
		client_send_puback(cl, p[pid] << 8 | p[pid + 1]);
	pb.payload = p + head;
	pb.len = len - head;
	cl->ops->publish(cl, &pb);
	return true;
}

/* One filter was asked for; MQTT 5.0 has properties, none as a rule, before the reason code. */
static bool handle_suback(struct client *cl, const uint8_t *p, size_t len)
{
	if (cl->state != CLIENT_SUBACK || len < 3 || p[len - 1] != cl->qos)
		return false;
	return cl->level == 5 || len == 3;
}

/* MQTT 5.0 may have a reason code: no matching subscriber is one that is no error. */
static bool handle_puback(struct client *cl, const uint8_t *p, size_t len)
{
	if (cl->level == 4 ? len != 2 : len < 2 || (len > 2 && p[2] >= 0x80))
		return false;
	cl->ops->puback(cl, p[0] << 8 | p[1]);
	return true;
}

static bool handle_packet(struct client *cl, uint8_t first, const uint8_t *p, size_t len)
{
	switch (first & 0xf0) {
	case MQTT_CONNACK:
		if (!handle_connack(cl, p, len))
			return false;
		if (cl->filter) {
			cl->state = CLIENT_SUBACK;
			client_send_subscribe(cl);
			return true;
		}
		cl->state = CLIENT_READY;
		cl->ops->ready(cl);
		return true;
	case MQTT_SUBACK:
		if (!handle_suback(cl, p, len))
			return false;
		cl->state = CLIENT_READY;
		cl->ops->ready(cl);
		return true;
	case MQTT_PUBLISH:
		return handle_publish(cl, first, p, len);
	case MQTT_PUBACK:
		return handle_puback(cl, p, len);
	case MQTT_PINGRESP:
		return len == 0;
	default:
		return false;
	}
}

/*
 * Length of the packet at p; 0 when more bytes are needed, -1 when malformed.
 * *head is the length of the fixed header.
 */
static ssize_t packet_length(const uint8_t *p, size_t len, size_t *head)
{
	size_t value, n = get_varint(p + 1, len - 1, &value);

	if (!n)
		return len >= 5 ? -1 : 0;
	*head = 1 + n;
	return value + *head;
}

/* Handles the whole packets among the bytes; returns how many bytes that is, -1 on a bad one. */
static ssize_t handle_packets(struct client *cl, const uint8_t *p, size_t len)
{
	size_t off = 0, head = 0;

	while (off < len) {
		ssize_t size = packet_length(p + off, len - off, &head);

		if (size < 0)
			return -1;
		if (!size || (size_t)size > len - off)
			break;
		if (!handle_packet(cl, p[off], p + off + head, size - head))
			return -1;
		off += size;
	}
	return off;
}

/* What came; only the tail of a cut packet is kept. */
static void client_receive(struct client *cl, const uint8_t *p, size_t len)
{
	ssize_t used;

	if (cl->rx_len) {
		if (cl->rx_len + len > cl->rx_size) {
			cl->rx_size = 2 * (cl->rx_len + len);
			cl->rx = xrealloc(cl->rx, cl->rx_size);
		}
		memcpy(cl->rx + cl->rx_len, p, len);
		p = cl->rx;
		len += cl->rx_len;
	}
	used = handle_packets(cl, p, len);
	if (used < 0) {
		client_fail(cl, "malformed or unexpected packet");
		return;
	}
	cl->rx_len = len - used;
	if (cl->rx_len > cl->rx_size) {
		cl->rx_size = 2 * cl->rx_len;
		cl->rx = xrealloc(cl->rx, cl->rx_size);
	}
	if (cl->rx_len)
		memmove(cl->rx, p + used, cl->rx_len);
}

static void client_receive_tls(struct client *cl)
{
	static uint8_t buf[RX_CHUNK];
	ssize_t n;

	/* A full buffer may have left some in the session, where no socket tells of it. */
	do {
		n = tls_recv(cl->tls, buf, sizeof(buf));
		if (n > 0)
			client_receive(cl, buf, n);
	} while (n == sizeof(buf) && cl->fd >= 0);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		client_fail(cl, client_error(cl));
	else if (!n)
		client_fail(cl, "end of stream");
}

static void client_handshake(struct client *cl)
{
	bool want_out;
	int done = tls_handshake(cl->tls, &want_out);

	if (done < 0) {
		client_fail(cl, tls_error(cl->tls));
		return;
	}
	if (done)
		cl->state = CLIENT_CONNACK;
	else if (want_out && !cl->out_op.busy)
		ring_poll(&cl->out_op, cl->fd, POLLOUT);
}

static void client_connected(struct client *cl, int res)
{
	if (res) {
		client_fail(cl, strerror(-res));
		return;
	}
	cl->state = CLIENT_CONNACK;
	if (!cl->to->tls.cafile)
		return;
	/* Its own calls are not to wait; those of the ring would not at such a socket. */
	fcntl(cl->fd, F_SETFL, O_NONBLOCK);
	cl->state = CLIENT_HANDSHAKE;
	cl->tls = tls_new(cl->fd, &cl->to->tls);
	if (!cl->tls)
		client_fail(cl, "no TLS session");
	else
		client_handshake(cl);
}

static void in_done(struct ring_op *op, int res, const uint8_t *data)
{
	struct client *cl = container_of(op, struct client, in_op);

	if (cl->state == CLIENT_CLOSED)
		return;
	if (cl->state == CLIENT_CONNECTING)
		client_connected(cl, res);
	else if (cl->state == CLIENT_HANDSHAKE)
		client_handshake(cl);
	else if (cl->paused && cl->tls)
		return;
	else if (cl->tls)
		client_receive_tls(cl);
	else if (res > 0)
		client_receive(cl, data, res);
	else if (!res)
		client_fail(cl, "end of stream");
	else if (res != -ENOBUFS && res != -ECANCELED && res != -EINTR)
		client_fail(cl, strerror(-res));
	client_read(cl);
	client_flush(cl);
}

static void out_done(struct ring_op *op, int res, const uint8_t *data)
{
	struct client *cl = container_of(op, struct client, out_op);

	(void)data;
	if (cl->state == CLIENT_CLOSED)
		return;
	if (cl->state == CLIENT_HANDSHAKE)
		client_handshake(cl);
	else if (!cl->tls && res < 0 && res != -EINTR && res != -ECANCELED)
		client_fail(cl, strerror(-res));
	else if (!cl->tls && res > 0)
		cl->out.off += res;
	client_flush(cl);
}

/**
 * client_init() - prepare a client; its identity fields are set by the caller
 * @cl: the client
 * @ops: callbacks
 */
void client_init(struct client *cl, const struct client_ops *ops)
{
	memset(cl, 0, sizeof(*cl));
	cl->fd = -1;
	cl->level = 4;
	cl->receive_max = 65535;
	cl->in_op.done = in_done;
	cl->out_op.done = out_done;
	cl->ops = ops;
}

/**
 * client_stop() - end what is under way for a client, before client_end()
 * @cl: the client
 *
 * Return: true when nothing is; otherwise something will be done.
 */
bool client_stop(struct client *cl)
{
	if (cl->state != CLIENT_CLOSED) {
		if (cl->state <= CLIENT_HANDSHAKE) {
			tls_free(cl->tls, false);
			cl->tls = NULL;
		}
		cl->state = CLIENT_CLOSED;
		ring_cancel(&cl->in_op);
		ring_cancel(&cl->out_op);
	}
	return !cl->in_op.busy && !cl->out_op.busy;
}

static void client_bye(struct client *cl, enum client_end how)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };
	static const uint8_t disconnect[2] = { MQTT_DISCONNECT, 0 };

	/* A DISCONNECT only makes sense at a packet boundary. */
	if (how == END_DISCONNECT && !client_backlog(cl)) {
		if (cl->tls)
			tls_send(cl->tls, disconnect, 2);
		else
			send(cl->fd, disconnect, 2, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (how == END_RST)
		setsockopt(cl->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	tls_free(cl->tls, how != END_RST);
	cl->tls = NULL;
	close(cl->fd);
	cl->fd = -1;
}

/**
 * client_end() - end the connection and free the buffers
 * @cl: the client, for which client_stop() has nothing under way
 * @how: with a DISCONNECT, a FIN or a RST
 */
void client_end(struct client *cl, enum client_end how)
{
	if (cl->fd >= 0)
		client_bye(cl, how);
	free(cl->rx);
	free(cl->tx.p);
	free(cl->out.p);
	cl->rx = NULL;
	cl->rx_len = 0;
	cl->rx_size = 0;
	memset(&cl->tx, 0, sizeof(cl->tx));
	memset(&cl->out, 0, sizeof(cl->out));
}
