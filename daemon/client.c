// SPDX-License-Identifier: GPL-2.0
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alias.h"
#include "auth.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "handle.h"
#include "keepalive.h"
#include "log.h"
#include "packet.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "util.h"
#include "will.h"

/* Shortest CONNECT: everything about it is known after these bytes. */
#define CONNECT_MIN	14u
/* Longest CONNECT: variable header and five fields with two byte lengths. */
#define CONNECT_MAX	(PACKET_HEADER_MAX + 10 + 5 * (2 + 65535u))
/* With the properties of 5.0, which have no limit of their own. */
#define CONNECT5_MAX	(1u << 20)
#define RX_KEEP		4096u

static LIST_HEAD(clients);
static LIST_HEAD(dirty);
/* Above max_connections, so many may wait to be told. */
#define REFUSED_MAX	64u

/* Connections, and of these the ones that are closing, or else refused. */
static uint32_t count;
static uint32_t closing;
static uint32_t refused;

static void client_connect_rx(struct op *op, int res, uint32_t flags);
static void client_rx(struct op *op, int res, uint32_t flags);
static void client_tx(struct op *op, int res, uint32_t flags);

uint32_t clients_count(void)
{
	return count - closing - refused;
}

uint32_t client_window(void)
{
	uint32_t max = config.max_inflight_messages;

	return max ? max : UINT16_MAX;
}

void client_dirty(struct client *c)
{
	if (list_empty(&c->dirty_node))
		list_add_tail(&c->dirty_node, &dirty);
}

static void client_address(struct client *c)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[INET6_ADDRSTRLEN] = "";

	strcpy(c->address, "?");
	if (getpeername(c->fd, (struct sockaddr *)&ss, &len))
		return;
	if (ss.ss_family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)&ss;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(c->address, sizeof(c->address), "%s:%u", host,
			 ntohs(in->sin_port));
	} else if (ss.ss_family == AF_INET6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(c->address, sizeof(c->address), "[%s]:%u", host,
			 ntohs(in6->sin6_port));
	}
}

static void rx_reserve(struct client *c, uint32_t cap)
{
	if (cap <= c->rx_cap)
		return;
	c->rx = xrealloc(c->rx, cap);
	c->rx_cap = cap;
}

/*
 * CONNECT is received by exact lengths, so that not a byte behind it is taken
 * from a socket that is about to be attached to the kernel data path.
 */
static void connect_arm(struct client *c)
{
	uint32_t want = c->rx_total ? c->rx_total : CONNECT_MIN;
	uint32_t step = max_t(uint32_t, 1024, c->rx_len);

	want = min_t(uint32_t, want - c->rx_len, step);
	rx_reserve(c, c->rx_len + want);
	c->rx_armed = true;
	loop_recv(&c->rx_op, c->fd, c->rx + c->rx_len, want);
}

void client_new(int fd, bool full)
{
	struct client *c;

	if (full && refused >= REFUSED_MAX) {
		close(fd);
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->refused = full;
	refused += full;
	c->rx_op.fn = client_connect_rx;
	c->tx_op.fn = client_tx;
	INIT_LIST_HEAD(&c->dirty_node);
	INIT_LIST_HEAD(&c->ack_node);
	INIT_LIST_HEAD(&c->fence_node);
	list_add_tail(&c->node, &clients);
	count++;
	c->last_rx = loop_now();
	c->problem_info = true;
	c->receive_max = UINT16_MAX;
	c->max_packet = UINT32_MAX;
	client_address(c);
	keepalive_connect(c);
	connect_arm(c);
}

static void client_free(struct client *c)
{
	keepalive_stop(c);
	close(c->fd);
	outq_clear(&c->out);
	aliases_free(c->aliases);
	free(c->rx);
	free(c->user);
	list_del_init(&c->node);
	list_del_init(&c->dirty_node);
	list_del_init(&c->ack_node);
	list_del_init(&c->fence_node);
	count--;
	refused -= c->refused;
	if (c->state == CLIENT_CLOSING)
		closing--;
	free(c);
}

/* The protocol level decides how long CONNECT can be, and who is told. */
static uint32_t connect_max(struct client *c, int hlen)
{
	static const uint8_t mqtt5[] = { 0, 4, 'M', 'Q', 'T', 'T', 5 };
	uint32_t max = CONNECT_MAX;

	if (c->rx_len >= hlen + sizeof(mqtt5) &&
	    !memcmp(c->rx + hlen, mqtt5, sizeof(mqtt5))) {
		c->protocol = 5;
		max = CONNECT5_MAX;
	}
	return min_t(uint32_t, max, config.max_packet_size);
}

/* A length in more bytes than it needs: forbidden by 5.0 [MQTT-1.5.5-1]. */
static bool padded(struct client *c, int hlen, uint32_t remaining)
{
	if (c->protocol < 5 || (size_t)hlen == packet_header_len(remaining))
		return false;
	client_fail(c, REASON_MALFORMED_PACKET, "padded remaining length");
	return true;
}

static void connect_input(struct client *c)
{
	uint32_t remaining = 0;
	uint32_t total;
	struct reader r;
	int hlen;

	if (c->rx[0] != CONNECT) {
		client_close(c, END_ABNORMAL, "first packet is not CONNECT");
		return;
	}
	hlen = packet_header(c->rx, c->rx_len, &remaining);
	if (!hlen)
		return;
	if (hlen < 0) {
		client_close(c, END_ABNORMAL, "malformed remaining length");
		return;
	}
	total = hlen + remaining;
	if (total > CONNECT5_MAX) {
		client_close(c, END_ABNORMAL, "CONNECT of impossible length");
		return;
	}
	if (c->rx_len < min_t(uint32_t, total, CONNECT_MIN))
		return;
	if (total > connect_max(c, hlen)) {
		client_fail(c, REASON_PACKET_TOO_LARGE,
			    "CONNECT of impossible length");
		return;
	}
	if (padded(c, hlen, remaining))
		return;
	if (c->rx_len < total) {
		c->rx_total = total;
		return;
	}
	r.p = c->rx + hlen;
	r.end = r.p + remaining;
	r.bad = false;
	stats.connects++;
	stats.received[CONNECT >> 4]++;
	handle_connect(c, &r);
}

static void client_connect_rx(struct op *op, int res, uint32_t flags)
{
	struct client *c = container_of(op, struct client, rx_op);

	(void)flags;
	c->rx_armed = false;
	if (c->state == CLIENT_CLOSING) {
		c->rx_eof = c->rx_eof || res <= 0;
		client_dirty(c);
		return;
	}
	if (res > 0) {
		c->rx_len += res;
		stats.bytes_received += res;
		connect_input(c);
	} else if (res != -EINTR && res != -EAGAIN) {
		c->rx_eof = true;
		client_close(c, END_LOST, res ? strerror(-res) :
			     "connection closed by client");
	}
	if (c->state == CLIENT_CONNECTING)
		connect_arm(c);
}

static void client_rx_arm(struct client *c)
{
	c->rx_armed = true;
	loop_recv_multishot(&c->rx_op, c->fd);
}

void client_connected(struct client *c)
{
	struct session *s = c->session;

	c->state = CLIENT_CONNECTED;
	c->last_rx = loop_now();
	c->rx_op.fn = client_rx;
	stats.clients++;
	if (stats.clients > stats.clients_max)
		stats.clients_max = stats.clients;
	free(c->rx);
	c->rx = NULL;
	c->rx_cap = 0;
	c->rx_len = 0;
	c->rx_total = 0;
	keepalive_start(c);
	/* when CONNACK waits for the durable store, what follows it does too */
	if (!c->rx_paused)
		client_rx_arm(c);
	if (!config.connection_messages)
		return;
	log_notice("connect: %s from %s level %u keepalive %u clean %d%s",
		   s->id, c->address, c->protocol, c->keepalive, !s->expiry,
		   c->conn ? " attached" : "");
}

/*
 * The will leaves the durable store together with what becomes of it. When that
 * is nothing, the connection stays open until it has.
 */
static void client_end_will(struct client *c, struct will *will,
			    enum client_end how, struct session *s)
{
	store_client_will_del(will);
	if (how != END_NORMAL && will->delay && s) {
		session_delay_will(s, will);
		return;
	}
	if (how == END_NORMAL)
		store_fence(c);
	else
		will_publish(will, s);
	will_free(will);
}

void client_close(struct client *c, enum client_end how, const char *reason)
{
	struct session *s = c->session;
	struct will *will = c->will;
	bool lives = false;

	if (c->state == CLIENT_CLOSING)
		return;
	if (config.connection_messages)
		log_line(s ? LOG_T_NOTICE : LOG_T_INFORMATION,
			 "disconnect: %s from %s: %s",
			 s ? s->id : "(not connected)", c->address, reason);
	if (s) {
		stats.clients--;
		datapath_detach(c);
		c->session = NULL;
		lives = session_detach(s);
	}
	auth_cancel(c);
	c->will = NULL;
	c->state = CLIENT_CLOSING;
	closing++;
	refused -= c->refused;
	c->refused = false;
	c->flush = how != END_LOST;
	c->cut = false;
	keepalive_linger(c);
	client_dirty(c);
	if (will)
		client_end_will(c, will, how, lives ? s : NULL);
}

void client_fail(struct client *c, enum reason code, const char *what)
{
	if (c->state == CLIENT_CONNECTED)
		send_disconnect(c, code, what);
	else if (c->state != CLIENT_CLOSING && c->protocol >= 5)
		send_refusal(c, code, what);
	client_close(c, END_ABNORMAL, what);
}

/* Keeps a packet of which only the beginning has been received. */
static void input_keep(struct client *c, const uint8_t *p, uint32_t len,
		       uint32_t total)
{
	uint32_t cap = c->rx_len + len;

	if (cap > c->rx_cap) {
		/* Grow as bytes arrive, never on the word of a length. */
		cap = max_t(uint32_t, cap, 2 * c->rx_cap);
		if (total)
			cap = min_t(uint32_t, cap, total);
		cap = max_t(uint32_t, cap, 64);
		rx_reserve(c, cap);
	}
	memcpy(c->rx + c->rx_len, p, len);
	c->rx_len += len;
	c->rx_total = total;
}

static void input_drop_kept(struct client *c)
{
	c->rx_len = 0;
	c->rx_total = 0;
	if (c->rx_cap > RX_KEEP) {
		free(c->rx);
		c->rx = NULL;
		c->rx_cap = 0;
	}
}

/* Returns the packet's length, 0 while it is not known; -1 after closing. */
static int64_t input_length(struct client *c, const uint8_t *p, size_t len,
			    size_t *hlen)
{
	uint32_t remaining = 0;
	int n = packet_header(p, len, &remaining);

	if (!n)
		return 0;
	if (n < 0) {
		client_fail(c, REASON_MALFORMED_PACKET,
			    "malformed remaining length");
		return -1;
	}
	if (n + (uint64_t)remaining > config.max_packet_size + (uint64_t)
	    (config.max_packet_size == MQTT_PACKET_MAX ? PACKET_HEADER_MAX : 0)) {
		client_fail(c, REASON_PACKET_TOO_LARGE,
			    "packet above max_packet_size");
		return -1;
	}
	if (padded(c, n, remaining))
		return -1;
	*hlen = n;
	return (int64_t)n + remaining;
}

/* Handles a whole packet of known length. */
static void input_packet(struct client *c, const uint8_t *p, size_t hlen,
			 size_t total)
{
	c->last_rx = loop_now();
	if (*p == PUBLISH && handle_publish_run(c, p, total))
		return;
	handle_packet(c, p, hlen, total - hlen);
	datapath_handled(c, *p, 1);
}

/* Completes the packet kept from before; returns the bytes it took. */
static size_t input_resume(struct client *c, const uint8_t *p, size_t len)
{
	size_t used = 0;
	size_t hlen = 0;
	size_t n;
	int64_t total = c->rx_total;

	while (!total && used < len) {
		input_keep(c, p + used, 1, 0);
		used++;
		total = input_length(c, c->rx, c->rx_len, &hlen);
		if (total < 0)
			return used;
	}
	if (!total)
		return used;
	n = min_t(size_t, len - used, total - c->rx_len);
	input_keep(c, p + used, n, total);
	used += n;
	if (c->rx_len < total)
		return used;
	input_length(c, c->rx, c->rx_len, &hlen);
	input_packet(c, c->rx, hlen, total);
	input_drop_kept(c);
	return used;
}

/* Packets that are best handled several at a time; returns their length. */
static size_t input_run(struct client *c, const uint8_t *p, size_t len)
{
	switch (*p) {
	case PUBLISH:
		return handle_publish_run(c, p, len);
	case PUBACK:
		return handle_puback_run(c, p, len);
	default:
		return 0;
	}
}

static void client_input(struct client *c, const uint8_t *p, size_t len)
{
	if (c->rx_len) {
		size_t used = input_resume(c, p, len);

		p += used;
		len -= used;
	}
	while (len && c->state == CLIENT_CONNECTED) {
		size_t hlen = 0;
		size_t n;
		int64_t total;

		n = input_run(c, p, len);
		if (n) {
			c->last_rx = loop_now();
			p += n;
			len -= n;
			continue;
		}
		total = input_length(c, p, len, &hlen);
		if (total < 0)
			return;
		if (!total || len < (size_t)total) {
			input_keep(c, p, len, total);
			return;
		}
		input_packet(c, p, hlen, total);
		p += total;
		len -= total;
	}
}

static void client_rx_error(struct client *c, int err)
{
	c->rx_eof = true;
	if (!err)
		client_close(c, END_ABNORMAL, "connection closed by client");
	else if (err == -ETIMEDOUT && c->conn)
		keepalive_over(c);
	else
		client_close(c, END_LOST, strerror(-err));
}

/* A client that sends requests but takes no answers is not read from. */
static void client_pause(struct client *c)
{
	if (c->rx_paused || c->answers < config.max_output_bytes)
		return;
	c->rx_paused = true;
	if (c->rx_armed)
		loop_cancel(&c->rx_op);
}

static void client_rx(struct op *op, int res, uint32_t flags)
{
	struct client *c = container_of(op, struct client, rx_op);
	uint8_t *buf = loop_buf(flags);

	if (!loop_more(flags))
		c->rx_armed = false;
	if (c->state == CLIENT_CLOSING) {
		if (res <= 0 && res != -ENOBUFS)
			c->rx_eof = true;
		client_dirty(c);
	} else if (res > 0) {
		stats.bytes_received += res;
		datapath_before_input(c);
		client_input(c, buf, res);
		client_pause(c);
	} else if (res != -ENOBUFS && res != -EINTR && res != -EAGAIN &&
		   res != -ECANCELED) {
		client_rx_error(c, res);
	}
	if (buf)
		loop_buf_put(flags);
	if (!c->rx_armed && !c->rx_paused && c->state == CLIENT_CONNECTED)
		client_rx_arm(c);
}

/* There is room for more output. */
static void client_drained(struct client *c)
{
	if (!c->out.bytes)
		c->answers = 0;
	if (c->state != CLIENT_CONNECTED)
		return;
	if (c->session->queue.len)
		deliver_pump(c->session);
	if (c->rx_paused && !c->answers) {
		c->rx_paused = false;
		if (!c->rx_armed)
			client_rx_arm(c);
	}
}

static void client_tx(struct op *op, int res, uint32_t flags)
{
	struct client *c = container_of(op, struct client, tx_op);

	(void)flags;
	c->tx_busy = false;
	if (res < 0 && res != -EAGAIN && res != -EINTR) {
		c->flush = false;
		outq_clear(&c->out);
		client_close(c, END_LOST, strerror(-res));
		client_dirty(c);
		return;
	}
	if (res > 0) {
		outq_advance(&c->out, res);
		stats.bytes_sent += res;
	}
	if (c->out.bytes || c->state == CLIENT_CLOSING)
		client_dirty(c);
	client_drained(c);
}

static unsigned int client_peek(struct client *c)
{
	unsigned int n = outq_peek(&c->out);
	uint32_t expired = outq_expired(&c->out);

	if (unlikely(expired)) {
		stats.publish_dropped += expired;
		if (c->session)
			c->session->publish_dropped += expired;
	}
	return n;
}

/* Returns false when all of it has expired meanwhile. */
static bool client_send(struct client *c)
{
	unsigned int n = client_peek(c);

	if (!n) {
		client_drained(c);
		return false;
	}
	c->tx_busy = true;
	if (n == 1)
		loop_send(&c->tx_op, c->fd, c->out.iov[0].iov_base,
			  c->out.iov[0].iov_len);
	else
		loop_sendmsg(&c->tx_op, c->fd, &c->out.msg);
	return true;
}

/*
 * Closing in order: output, FIN, then wait for the peer's FIN. Closing with
 * unread bytes at once would reset the connection, and could take a CONNACK
 * that the peer has not read yet with it.
 */
static void client_closing(struct client *c)
{
	if (!c->shut) {
		shutdown(c->fd, c->flush ? SHUT_WR : SHUT_RDWR);
		c->shut = true;
	}
	if (c->tx_busy || c->rx_armed)
		return;
	if (c->rx_eof) {
		client_free(c);
		return;
	}
	c->rx_op.fn = client_rx;
	client_rx_arm(c);
}

/* Takes back of the pieces gathered what goes beyond @max bytes. */
static void pieces_trim(struct outq *q, size_t max)
{
	size_t i;

	for (i = 0; i < q->msg.msg_iovlen; i++) {
		if (q->iov[i].iov_len > max)
			q->iov[i].iov_len = max;
		max -= q->iov[i].iov_len;
	}
}

static bool send_now(struct client *c, size_t keep)
{
	while (!c->tx_busy && outq_ready(&c->out) > keep) {
		ssize_t n;

		client_peek(c);
		if (outq_ready(&c->out) <= keep)
			break;
		pieces_trim(&c->out, outq_ready(&c->out) - keep);
		n = sendmsg(c->fd, &c->out.msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return false;
		outq_advance(&c->out, n);
		stats.bytes_sent += n;
	}
	return true;
}

bool client_cut(struct client *c)
{
	c->cut = true;
	return send_now(c, 1);
}

bool client_mend(struct client *c)
{
	c->cut = false;
	client_dirty(c);
	return send_now(c, 0);
}

bool clients_flush(void)
{
	LIST_HEAD(now);
	bool any = false;

	/* Take the list: closing clients may become dirty again meanwhile. */
	while (!list_empty(&dirty)) {
		struct list_head *node = dirty.next;

		list_del_init(node);
		list_add_tail(node, &now);
	}
	while (!list_empty(&now)) {
		struct client *c = list_first_entry(&now, struct client,
						    dirty_node);

		list_del_init(&c->dirty_node);
		if ((c->state != CLIENT_CLOSING || c->flush) && !c->tx_busy &&
		    !c->cut && outq_ready(&c->out) && client_send(c))
			any = true;
		else if (c->state == CLIENT_CLOSING &&
			 (!c->flush || (!c->out.bytes && !c->out.holds)))
			client_closing(c);
	}
	return any;
}

void clients_farewell(void)
{
	struct client *c, *tmp;

	list_for_each_entry_safe(c, tmp, &clients, node) {
		if (!c->session || c->protocol < 5)
			continue;
		send_disconnect(c, REASON_SERVER_SHUTTING_DOWN,
				"server shutting down");
		send_now(c, 0);
	}
}

void clients_close_all(void)
{
	struct client *c, *tmp;

	list_for_each_entry_safe(c, tmp, &clients, node) {
		will_free(c->will);
		c->will = NULL;
		if (c->session) {
			datapath_detach(c);
			session_detach(c->session);
		}
		shutdown(c->fd, SHUT_RDWR);
		client_free(c);
	}
}

void clients_each(void (*fn)(struct client *c, void *arg), void *arg)
{
	struct client *c, *tmp;

	list_for_each_entry_safe(c, tmp, &clients, node)
		fn(c, arg);
}
