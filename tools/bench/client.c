// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "../qemu/insns.h"
#include "client.h"

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

/* One receive buffer for all: only the tail of a cut packet is kept per client. */
static uint8_t *rx_buf;
static size_t rx_buf_size;

/* What the guest's clock is read from, %NULL to go by the host's. */
static const struct insns *guest_clock;

/**
 * clock_of_guest() - go by the clock of a guest that runs in instruction time and is never idle
 * @insns: what QEMU's plugin counts for its only CPU
 */
void clock_of_guest(const struct insns *insns)
{
	guest_clock = insns;
}

/**
 * clock_is_guests() - whether time passes as the guest's instructions do
 *
 * Return: true if so; there is nothing to sleep by then.
 */
bool clock_is_guests(void)
{
	return guest_clock;
}

/**
 * now_ns() - the clock that all intended send times are taken from
 *
 * Return: CLOCK_MONOTONIC in nanoseconds, or the guest's time: one nanosecond an instruction.
 */
uint64_t now_ns(void)
{
	struct timespec ts;

	if (guest_clock)
		return __atomic_load_n(&guest_clock->count, __ATOMIC_RELAXED);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

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
	cl->ops = ops;
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
	if (cl->tx_off == cl->tx_len) {
		cl->tx_off = 0;
		cl->tx_len = 0;
	}
	if (cl->tx_len + len > cl->tx_size) {
		cl->tx_size = 2 * (cl->tx_len + len) + 256;
		cl->tx = xrealloc(cl->tx, cl->tx_size);
	}
	return cl->tx + cl->tx_len;
}

/**
 * client_commit() - queue what was written to the reserved room
 * @cl: the client
 * @len: how many bytes
 */
void client_commit(struct client *cl, size_t len)
{
	cl->tx_len += len;
}

static void client_fail(struct client *cl, const char *why)
{
	if (cl->fd >= 0)
		close(cl->fd);
	cl->fd = -1;
	tls_free(cl->tls, false);
	cl->tls = NULL;
	cl->state = CLIENT_CLOSED;
	cl->ops->closed(cl, why);
}

static void client_arm(struct client *cl, int epfd, int op)
{
	struct epoll_event ev = { .data.ptr = cl };

	if (!cl->paused)
		ev.events |= EPOLLIN | EPOLLRDHUP;
	if (cl->want_out)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(epfd, op, cl->fd, &ev)) {
		perror("mqload: epoll_ctl");
		exit(1);
	}
}

/**
 * client_pause() - stop or resume reading
 * @cl: the client
 * @epfd: the epoll descriptor
 * @pause: stop reading
 */
void client_pause(struct client *cl, int epfd, bool pause)
{
	if (cl->paused == pause || cl->fd < 0)
		return;
	cl->paused = pause;
	client_arm(cl, epfd, EPOLL_CTL_MOD);
}

static ssize_t client_send(struct client *cl, const void *p, size_t len)
{
	if (cl->tls)
		return tls_send(cl->tls, p, len);
	return send(cl->fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* What errno is about, once the session itself has failed. */
static const char *client_error(const struct client *cl)
{
	return cl->tls && errno == EPROTO ? tls_error(cl->tls) : strerror(errno);
}

/**
 * client_flush() - write what is queued, as far as the socket takes it
 * @cl: the client
 * @epfd: the epoll descriptor, for EPOLLOUT
 */
void client_flush(struct client *cl, int epfd)
{
	bool want = false;

	if (cl->fd < 0 || cl->state <= CLIENT_HANDSHAKE)
		return;
	while (cl->tx_off < cl->tx_len) {
		ssize_t n = client_send(cl, cl->tx + cl->tx_off, cl->tx_len - cl->tx_off);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN) {
				want = true;
				break;
			}
			client_fail(cl, client_error(cl));
			return;
		}
		cl->tx_off += n;
	}
	if (want != cl->want_out) {
		cl->want_out = want;
		client_arm(cl, epfd, EPOLL_CTL_MOD);
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
 * @epfd: the epoll descriptor
 * @to: where to
 * @serial: running number, picks the source address
 *
 * Return: 0, or -errno when the socket could not even be made.
 */
int client_connect(struct client *cl, int epfd, const struct target *to, unsigned int serial)
{
	int one = 1, fd, err;

	fd = socket(to->dst.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (to->rcvbuf)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &to->rcvbuf, sizeof(to->rcvbuf));
	if (to->src.ss_family)
		bind_source(fd, to, serial);
	if (connect(fd, (const struct sockaddr *)&to->dst, to->dst_len) && errno != EINPROGRESS) {
		err = -errno;
		close(fd);
		return err;
	}
	cl->fd = fd;
	cl->state = CLIENT_CONNECTING;
	cl->want_out = true;
	client_send_connect(cl, to);
	client_arm(cl, epfd, EPOLL_CTL_ADD);
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

static void client_receive(struct client *cl)
{
	size_t have, off = 0, head = 0;
	ssize_t n, size = 0;

	if (rx_buf_size < cl->rx_len + RX_CHUNK) {
		rx_buf_size = cl->rx_len + RX_CHUNK;
		rx_buf = xrealloc(rx_buf, rx_buf_size);
	}
	n = cl->tls ? tls_recv(cl->tls, rx_buf + cl->rx_len, RX_CHUNK) :
		      recv(cl->fd, rx_buf + cl->rx_len, RX_CHUNK, MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			client_fail(cl, client_error(cl));
		return;
	}
	if (n == 0) {
		client_fail(cl, "end of stream");
		return;
	}
	if (cl->rx_len)
		memcpy(rx_buf, cl->rx, cl->rx_len);
	have = cl->rx_len + n;
	while (off < have) {
		size = packet_length(rx_buf + off, have - off, &head);
		if (size <= 0 || (size_t)size > have - off)
			break;
		if (!handle_packet(cl, rx_buf[off], rx_buf + off + head, size - head)) {
			size = -1;
			break;
		}
		off += size;
	}
	if (size < 0) {
		client_fail(cl, "malformed or unexpected packet");
		return;
	}
	cl->rx_len = have - off;
	if (cl->rx_len > cl->rx_size) {
		cl->rx_size = 2 * cl->rx_len;
		cl->rx = xrealloc(cl->rx, cl->rx_size);
	}
	if (cl->rx_len)
		memcpy(cl->rx, rx_buf + off, cl->rx_len);
}

static void client_connected(struct client *cl, const struct target *to)
{
	cl->state = CLIENT_CONNACK;
	if (!to->tls.cafile)
		return;
	cl->state = CLIENT_HANDSHAKE;
	cl->tls = tls_new(cl->fd, &to->tls);
	if (!cl->tls)
		client_fail(cl, "no TLS session");
}

static void client_handshake(struct client *cl, int epfd)
{
	bool want_out;
	int done = tls_handshake(cl->tls, &want_out);

	if (done < 0) {
		client_fail(cl, tls_error(cl->tls));
		return;
	}
	if (done)
		cl->state = CLIENT_CONNACK;
	if (want_out != cl->want_out) {
		cl->want_out = want_out;
		client_arm(cl, epfd, EPOLL_CTL_MOD);
	}
}

/**
 * client_event() - handle what epoll reported
 * @cl: the client
 * @epfd: the epoll descriptor
 * @to: where it connects to
 * @events: the reported events
 */
void client_event(struct client *cl, int epfd, const struct target *to, uint32_t events)
{
	if (cl->fd < 0)
		return;
	if (cl->state == CLIENT_CONNECTING) {
		socklen_t len = sizeof(int);
		int err = 0;

		getsockopt(cl->fd, SOL_SOCKET, SO_ERROR, &err, &len);
		if (err) {
			client_fail(cl, strerror(err));
			return;
		}
		if (!(events & EPOLLOUT))
			return;
		client_connected(cl, to);
	}
	if (cl->state == CLIENT_HANDSHAKE)
		client_handshake(cl, epfd);
	else if (events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))
		client_receive(cl);
	if (cl->fd >= 0 && (cl->tx_off < cl->tx_len || cl->want_out) &&
	    cl->state > CLIENT_HANDSHAKE)
		client_flush(cl, epfd);
}

/**
 * client_end() - end the connection and free the buffers
 * @cl: the client
 * @how: with a DISCONNECT, a FIN or a RST
 */
void client_end(struct client *cl, enum client_end how)
{
	if (cl->fd >= 0) {
		struct linger hard = { .l_onoff = 1, .l_linger = 0 };
		static const uint8_t disconnect[2] = { MQTT_DISCONNECT, 0 };

		/* A DISCONNECT only makes sense at a packet boundary. */
		if (how == END_DISCONNECT && !client_backlog(cl) &&
		    client_send(cl, disconnect, 2) != 2)
			how = END_FIN;
		if (how == END_RST)
			setsockopt(cl->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		tls_free(cl->tls, how != END_RST && cl->state > CLIENT_HANDSHAKE);
		cl->tls = NULL;
		close(cl->fd);
	}
	cl->fd = -1;
	cl->state = CLIENT_CLOSED;
	free(cl->rx);
	free(cl->tx);
	cl->rx = NULL;
	cl->tx = NULL;
	cl->rx_len = 0;
	cl->rx_size = 0;
	cl->tx_off = 0;
	cl->tx_len = 0;
	cl->tx_size = 0;
}
