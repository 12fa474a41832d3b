// SPDX-License-Identifier: GPL-2.0
#include "client_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "fan_out.h"
#include "handle.h"
#include "keepalive.h"
#include "packet.h"
#include "pool.h"
#include "publish_limit.h"
#include "stats.h"
#include "tls.h"
#include "transport.h"
#include "util.h"

/* Shortest CONNECT: everything about it is known after these bytes. */
#define CONNECT_MIN	14u
/* Longest CONNECT: variable header and five fields with two byte lengths. */
#define CONNECT_MAX	(PACKET_HEADER_MAX + 10 + 5 * (2 + 65535u))
/* With the properties of 5.0, which have no limit of their own. */
#define CONNECT5_MAX	(1u << 20)
/* Shortest packet. */
#define PACKET_MIN	2u
/* No authentication method has more to say. */
#define AUTH_MAX	8192u

/* Of packets that were completed, for the next. */
#define RX_KEEP		64u
#define RX_KEEP_MAX	16384u

static struct pool rx_pool;

static void rx_reserve(struct client *c, uint32_t cap)
{
	struct client_rx *rx = c->rx;

	if (cap <= rx->cap)
		return;
	if (rx == &client_no_rx) {
		rx = pool_get(&rx_pool);
		if (!rx) {
			rx = xmalloc(sizeof(*rx) + cap);
			rx->cap = cap;
		}
		rx->len = 0;
		rx->connect_len = 0;
		rx->total = 0;
	}
	if (cap > rx->cap) {
		rx = xrealloc(rx, sizeof(*rx) + cap);
		rx->cap = cap;
	}
	c->rx = rx;
}

void client_input_free(struct client *c)
{
	if (c->rx == &client_no_rx)
		return;
	if (c->rx->cap > RX_KEEP_MAX || !pool_put(&rx_pool, c->rx, RX_KEEP))
		free(c->rx);
	c->rx = (struct client_rx *)&client_no_rx;
}

void client_input_exit(void)
{
	pool_exit(&rx_pool);
}

/* How much of CONNECT, or of AUTH after it, may be taken before it has been looked at again. */
static uint32_t connect_want(const struct client *c)
{
	uint32_t have = c->rx->len - c->rx->connect_len;
	uint32_t step = max_t(uint32_t, 1024, have);
	uint32_t want = c->rx->total;

	if (!want && !c->rx->connect_len)
		want = CONNECT_MIN;
	else if (!want)
		want = max_t(uint32_t, PACKET_MIN, have + 1);
	return min_t(uint32_t, want - have, step);
}

/*
 * CONNECT is received by exact lengths, so that not a byte behind it is taken
 * from a socket that is about to be attached to the kernel data path.
 */
static void connect_arm(struct client *c)
{
	uint32_t want = connect_want(c);

	rx_reserve(c, c->rx->len + want);
	c->rx_armed = true;
	loop_recv(&c->rx_op, c->fd, c->rx->bytes + c->rx->len, want);
}

/* The protocol level decides how long CONNECT can be, and who is told. */
static uint32_t connect_max(struct client *c, int hlen)
{
	static const uint8_t mqtt5[] = { 0, 4, 'M', 'Q', 'T', 'T', 5 };
	uint32_t max = CONNECT_MAX;

	if (c->rx->len >= hlen + sizeof(mqtt5) &&
	    !memcmp(c->rx->bytes + hlen, mqtt5, sizeof(mqtt5))) {
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

/* AUTH, behind the CONNECT that it belongs to; DISCONNECT may come as well. */
static void auth_input(struct client *c)
{
	const uint8_t *p = c->rx->bytes + c->rx->connect_len;
	uint32_t have = c->rx->len - c->rx->connect_len;
	uint32_t remaining = 0;
	struct reader r;
	int hlen;

	if (p[0] != AUTH && p[0] != DISCONNECT) {
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "packet other than AUTH before CONNACK");
		return;
	}
	hlen = packet_header(p, have, &remaining);
	if (!hlen)
		return;
	if (hlen < 0 || hlen + remaining > AUTH_MAX) {
		client_fail(c, REASON_MALFORMED_PACKET,
			    "AUTH of impossible length");
		return;
	}
	if (padded(c, hlen, remaining))
		return;
	c->rx->total = hlen + remaining;
	if (have < c->rx->total)
		return;
	stats.received[*p >> 4]++;
	if (*p == DISCONNECT) {
		client_close(c, END_NORMAL, "client disconnected");
		return;
	}
	r.p = p + hlen;
	r.end = r.p + remaining;
	r.bad = false;
	/* what comes next begins behind CONNECT again */
	c->rx->len = c->rx->connect_len;
	c->rx->total = 0;
	handle_auth(c, AUTH, &r);
}

static void connect_input(struct client *c)
{
	uint32_t remaining = 0;
	uint32_t total;
	struct reader r;
	int hlen;

	if (c->rx->connect_len) {
		auth_input(c);
		return;
	}
	if (c->rx->bytes[0] != CONNECT) {
		client_close(c, END_ABNORMAL, "first packet is not CONNECT");
		return;
	}
	hlen = packet_header(c->rx->bytes, c->rx->len, &remaining);
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
	if (c->rx->len < min_t(uint32_t, total, CONNECT_MIN))
		return;
	if (total > connect_max(c, hlen)) {
		client_fail(c, REASON_PACKET_TOO_LARGE,
			    "CONNECT of impossible length");
		return;
	}
	if (padded(c, hlen, remaining))
		return;
	if (c->rx->len < total) {
		c->rx->total = total;
		return;
	}
	r.p = c->rx->bytes + hlen;
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
		c->rx->len += res;
		stats.bytes_received += res;
		connect_input(c);
	} else if (res != -EINTR && res != -EAGAIN &&
		   !(res == -EIO && c->rare->tls && tls_control(c))) {
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

/* Keeps a packet of which only the beginning has been received. */
static void input_keep(struct client *c, const uint8_t *p, uint32_t len,
		       uint32_t total)
{
	uint32_t cap = c->rx->len + len;

	if (cap > c->rx->cap) {
		/* Grow as bytes arrive, never on the word of a length. */
		cap = max_t(uint32_t, cap, 2 * c->rx->cap);
		if (total)
			cap = min_t(uint32_t, cap, total);
		cap = max_t(uint32_t, cap, 64);
		rx_reserve(c, cap);
	}
	memcpy(c->rx->bytes + c->rx->len, p, len);
	c->rx->len += len;
	c->rx->total = total;
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
	if (unlikely(c->rare->publish_limit) && (*p & PACKET_TYPE_MASK) == PUBLISH &&
	    !publish_limit_charge(c, total))
		return;
	if (*p == PUBLISH && handle_publish_run(c, p, total))
		return;
	handle_packet(c, p, hlen, total - hlen);
	/* otherwise it is not, yet */
	if (likely(!c->rare->hold))
		datapath_handled(c, *p, 1);
}

/* Completes the packet kept from before; returns the bytes it took. */
static size_t input_resume(struct client *c, const uint8_t *p, size_t len)
{
	size_t used = 0;
	size_t hlen = 0;
	size_t n;
	int64_t total = c->rx->total;

	while (!total && used < len) {
		input_keep(c, p + used, 1, 0);
		used++;
		total = input_length(c, c->rx->bytes, c->rx->len, &hlen);
		if (total < 0)
			return used;
	}
	if (!total)
		return used;
	n = min_t(size_t, len - used, total - c->rx->len);
	input_keep(c, p + used, n, total);
	used += n;
	if (c->rx->len < total)
		return used;
	input_length(c, c->rx->bytes, c->rx->len, &hlen);
	input_packet(c, c->rx->bytes, hlen, total);
	client_input_free(c);
	return used;
}

/* Packets that are best handled several at a time; returns their length. */
static size_t input_run(struct client *c, const uint8_t *p, size_t len)
{
	switch (*p) {
	case PUBLISH:
		/* each by itself, to stop at any of them */
		if (unlikely(c->rare->publish_limit))
			return 0;
		return handle_publish_run(c, p, len);
	case PUBACK:
		return handle_puback_run(c, p, len);
	default:
		return 0;
	}
}

/**
 * struct input_hold - input that waits: until what came before it is delivered, or
 *	for others that end
 * @node: in the list of those that end, if it waits for these
 * @client: whose it is
 * @bytes: what was received
 * @len: their number
 * @ended: nothing more will be
 * @end: why, 0 or -errno
 */
struct input_hold {
	struct list_head node;
	struct client *client;
	uint8_t *bytes;
	size_t len;
	bool ended;
	int end;
};

/*
 * Connections that end in a turn of the loop: with thousands at once others
 * would wait for all of them. The rest of them ends in later turns.
 */
#define ENDS_MAX	16u

static LIST_HEAD(ending);
static uint32_t ends;

static bool input_waits(const struct client *c)
{
	return unlikely(c->rare->hold) ||
	       (unlikely(c->rare->publish_limit) && c->rare->publish_limit->waiting);
}

static void input_stop(struct client *c)
{
	if (c->rx_armed)
		loop_cancel(&c->rx_op);
}

void client_input_hold(struct client *c)
{
	struct input_hold *hold = xcalloc(1, sizeof(*hold));

	INIT_LIST_HEAD(&hold->node);
	hold->client = c;
	client_rare(c)->hold = hold;
	input_stop(c);
}

/* Is the end of a connection to wait? Then its input is held. */
static bool end_waits(struct client *c)
{
	if (ends++ < ENDS_MAX)
		return false;
	client_input_hold(c);
	list_add_tail(&c->rare->hold->node, &ending);
	loop_again();
	return true;
}

/* No more than a few buffers: nothing more is received meanwhile. */
static void hold_keep(struct input_hold *hold, const uint8_t *p, size_t len)
{
	hold->bytes = xrealloc(hold->bytes, hold->len + len);
	memcpy(hold->bytes + hold->len, p, len);
	hold->len += len;
}

static void hold_free(struct input_hold *hold)
{
	list_del_init(&hold->node);
	free(hold->bytes);
	free(hold);
}

void client_input_drop(struct client *c)
{
	if (likely(!c->rare->hold))
		return;
	fan_outs_forget(c);
	hold_free(c->rare->hold);
	c->rare->hold = NULL;
}

static void client_input(struct client *c, const uint8_t *p, size_t len)
{
	if (unlikely(c->rare->hold)) {
		hold_keep(c->rare->hold, p, len);
		return;
	}
	if (input_waits(c)) {
		publish_limit_keep(c, p, len);
		return;
	}
	if (c->rx->len) {
		size_t used = input_resume(c, p, len);

		p += used;
		len -= used;
	}
	while (len && c->state == CLIENT_CONNECTED) {
		size_t hlen = 0;
		size_t n;
		int64_t total;

		if (unlikely(c->rare->hold) ||
		    (unlikely(*p == DISCONNECT) && !c->rare->transport &&
		     end_waits(c))) {
			hold_keep(c->rare->hold, p, len);
			return;
		}
		if (unlikely(c->rare->publish_limit) && (*p & PACKET_TYPE_MASK) == PUBLISH &&
		    publish_limit_wait(c)) {
			publish_limit_keep(c, p, len);
			input_stop(c);
			return;
		}
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
	if (err == -EIO && c->rare->tls && tls_control(c))
		return;
	c->rx_eof = true;
	if (!err)
		client_close(c, END_ABNORMAL, "connection closed by client");
	else if (err == -ETIMEDOUT && c->conn)
		keepalive_over(c);
	else if (err == -EDQUOT && c->conn)
		publish_limit_over(c);
	else
		client_close(c, END_LOST, strerror(-err));
}

/* A client that sends requests but takes no answers is not read from. */
static void client_pause(struct client *c)
{
	if (c->rx_paused || c->busy->answers < config.max_output_bytes)
		return;
	c->rx_paused = true;
	input_stop(c);
}

static void client_take(struct client *c, const uint8_t *p, size_t len)
{
	datapath_before_input(c);
	client_input(c, p, len);
	client_pause(c);
}

/* A client that published too fast may go on. */
static void publish_limit_expired(struct timer *timer)
{
	struct publish_limit *l = container_of(timer, struct publish_limit,
					       timer);
	struct client *c = l->client;
	uint8_t *kept = l->kept;
	size_t len = l->len;

	l->waiting = false;
	l->kept = NULL;
	l->len = 0;
	l->cap = 0;
	if (c->state == CLIENT_CONNECTED) {
		/* it did not say nothing, it was not listened to */
		c->last_rx = loop_now();
		client_take(c, kept, len);
	}
	free(kept);
	if (c->state == CLIENT_CONNECTED)
		client_receive(c);
}

void client_input_release(struct client *c)
{
	struct input_hold *hold = c->rare->hold;

	/* closed meanwhile */
	if (!hold)
		return;
	c->rare->hold = NULL;
	/* it did not say nothing, it was not listened to */
	c->last_rx = loop_now();
	if (hold->len)
		client_take(c, hold->bytes, hold->len);
	if (hold->ended && c->rare->hold) {
		c->rare->hold->ended = true;
		c->rare->hold->end = hold->end;
	} else if (hold->ended && c->state != CLIENT_CLOSING) {
		client_rx_error(c, hold->end);
	}
	hold_free(hold);
	if (c->state == CLIENT_CONNECTED)
		client_receive(c);
}

void client_inputs_run(void)
{
	uint32_t n;

	ends = 0;
	for (n = 0; n < ENDS_MAX && !list_empty(&ending); n++) {
		struct input_hold *hold = list_first_entry(&ending,
							   struct input_hold,
							   node);

		list_del_init(&hold->node);
		client_input_release(hold->client);
		ends = 0;
	}
	if (list_empty(&ending))
		return;
	/* those that end now are behind them */
	ends = ENDS_MAX;
	loop_again();
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
		if (unlikely(c->rare->transport))
			transport_input(c, buf, res);
		else
			client_take(c, buf, res);
	} else if (res != -ENOBUFS && res != -EINTR && res != -EAGAIN &&
		   res != -ECANCELED) {
		if (unlikely(c->rare->hold) || end_waits(c)) {
			c->rare->hold->ended = true;
			c->rare->hold->end = res;
		} else {
			client_rx_error(c, res);
		}
	}
	if (buf)
		loop_buf_put(flags);
	if (c->state != CLIENT_CLOSING)
		client_receive(c);
}

void client_plaintext(struct client *c, const uint8_t *p, size_t len)
{
	while (len && c->state == CLIENT_CONNECTING) {
		size_t n = min_t(size_t, connect_want(c), len);

		rx_reserve(c, c->rx->len + n);
		memcpy(c->rx->bytes + c->rx->len, p, n);
		c->rx->len += n;
		p += n;
		len -= n;
		connect_input(c);
	}
	if (!len || c->state == CLIENT_CLOSING)
		return;
	if (c->state == CLIENT_CONNECTED && !c->rx_paused &&
	    !transport_kept(c)) {
		client_take(c, p, len);
	} else {
		transport_keep(c->rare->transport, p, len);
	}
}

/*
 * Before CONNECT has been answered, what a transport receives may not be taken
 * by anybody for a while: one buffer of it is enough.
 */
static void transport_arm(struct client *c)
{
	c->rx_op.fn = client_rx;
	if (c->state == CLIENT_CONNECTED) {
		client_rx_arm(c);
		return;
	}
	c->rx_armed = true;
	loop_recv_select(&c->rx_op, c->fd);
}

void client_receive(struct client *c)
{
	if (c->rx_armed)
		return;
	switch (c->state) {
	case CLIENT_CONNECTING:
		if (c->rare->transport) {
			transport_arm(c);
			break;
		}
		c->rx_op.fn = client_connect_rx;
		connect_arm(c);
		break;
	case CLIENT_VERIFYING:
		break;
	case CLIENT_CONNECTED:
		if (c->rx_paused || input_waits(c))
			break;
		if (transport_kept(c)) {
			transport_resume(c);
			break;
		}
		if (c->rare->transport) {
			transport_arm(c);
			break;
		}
		c->rx_op.fn = client_rx;
		client_rx_arm(c);
		break;
	case CLIENT_CLOSING:
		c->rx_op.fn = client_rx;
		client_rx_arm(c);
		break;
	}
}

void client_input_connected(struct client *c)
{
	client_input_free(c);
	publish_limit_start(c, publish_limit_expired);
}

void client_input_drained(struct client *c)
{
	if (!c->rx_paused || c->busy->answers)
		return;
	c->rx_paused = false;
	client_receive(c);
}
