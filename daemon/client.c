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
#include "client_input.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "enhanced_auth.h"
#include "keepalive.h"
#include "log.h"
#include "peer.h"
#include "pool.h"
#include "publish_limit.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "tls.h"
#include "transport.h"
#include "unix_socket.h"
#include "util.h"
#include "websocket.h"
#include "will.h"

static LIST_HEAD(clients);
static LIST_HEAD(dirty);
/* How many have been put there so far. */
static uint64_t nr_dirty;
/* Clients with output that others need not wait for. */
static LIST_HEAD(later);
/* Above max_connections, so many may wait to be told. */
#define REFUSED_MAX	64u

/* Connections, and of these the ones that are closing, or else refused. */
static uint32_t count;
static uint32_t closing;
static uint32_t refused;

/* Of as many clients as are likely to be busy at a time. */
#define BUSY_KEEP	1024u

static struct pool busy_pool;
/* Memory of what only some of them have. */
static size_t extra_bytes;

const struct client_rare client_not_rare;

const struct client_busy client_idle = {
	.dirty_node = LIST_HEAD_INIT(*(struct list_head *)&client_idle.dirty_node),
	.fence_node = LIST_HEAD_INIT(*(struct list_head *)&client_idle.fence_node),
	.ack_node = LIST_HEAD_INIT(*(struct list_head *)&client_idle.ack_node),
};

const struct client_rx client_no_rx;

static void client_tx(struct op *op, int res, uint32_t flags);

struct client_rare *client_rare(struct client *c)
{
	if (c->rare == &client_not_rare) {
		c->rare = xcalloc(1, sizeof(*c->rare));
		extra_bytes += sizeof(*c->rare);
	}
	return c->rare;
}

static void rare_free(struct client_rare *rare)
{
	tls_info_delete(rare->tls);
	aliases_free(rare->aliases);
	free(rare->user);
	free(rare);
	extra_bytes -= sizeof(*rare);
}

void client_make_busy(struct client *c)
{
	struct client_busy *busy = pool_get(&busy_pool);

	if (!busy) {
		busy = xcalloc(1, sizeof(*busy));
		INIT_LIST_HEAD(&busy->dirty_node);
		INIT_LIST_HEAD(&busy->fence_node);
		INIT_LIST_HEAD(&busy->ack_node);
	}
	extra_bytes += sizeof(*busy);
	busy->client = c;
	c->busy = busy;
}

/* Output that there may be is dropped. */
static void busy_free(struct client_busy *busy)
{
	list_del_init(&busy->dirty_node);
	list_del_init(&busy->ack_node);
	list_del_init(&busy->fence_node);
	outq_clear(&busy->out);
	free(busy);
}

void client_settle(struct client *c)
{
	struct client_busy *busy = c->busy;

	if (busy == &client_idle || busy->out.bytes || busy->out.holds ||
	    c->tx_busy || !list_empty(&busy->dirty_node) ||
	    !list_empty(&busy->fence_node) || !list_empty(&busy->ack_node))
		return;
	c->busy = (struct client_busy *)&client_idle;
	extra_bytes -= sizeof(*busy);
	outq_settle(&busy->out);
	busy->answers = 0;
	if (!pool_put(&busy_pool, busy, BUSY_KEEP))
		busy_free(busy);
}

uint32_t clients_count(void)
{
	return count - closing - refused;
}

struct usage clients_usage(void)
{
	return (struct usage){ count, count * sizeof(struct client) + extra_bytes };
}

uint32_t client_window(void)
{
	uint32_t max = config.max_inflight_messages;

	return max ? max : UINT16_MAX;
}

void client_dirty(struct client *c)
{
	struct client_busy *busy = client_busy(c);

	if (!list_empty(&busy->dirty_node))
		return;
	list_add_tail(&busy->dirty_node, &dirty);
	nr_dirty++;
}

static void read_address(struct client *c)
{
	struct client_address *address = &c->address;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct ucred cred;

	if (getpeername(c->fd, (struct sockaddr *)&ss, &len))
		return;
	if (ss.ss_family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)&ss;

		memcpy(address->ip, &in->sin_addr, sizeof(in->sin_addr));
		address->port = ntohs(in->sin_port);
	} else if (ss.ss_family == AF_INET6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

		memcpy(address->ip, &in6->sin6_addr, sizeof(in6->sin6_addr));
		address->port = ntohs(in6->sin6_port);
	} else if (ss.ss_family == AF_UNIX && unix_peer(c->fd, &cred)) {
		address->uid = cred.uid;
		address->pid = cred.pid;
	} else {
		return;
	}
	address->family = ss.ss_family;
}

const char *client_address(const struct client *c)
{
	const struct client_address *address = &c->address;
	static char text[INET6_ADDRSTRLEN + sizeof("[]:65535")];
	char host[INET6_ADDRSTRLEN] = "";

	if (address->family == AF_UNIX) {
		snprintf(text, sizeof(text), "unix:uid=%u,pid=%d",
			 address->uid, address->pid);
		return text;
	}
	if (!address->family)
		return "?";
	inet_ntop(address->family, address->ip, host, sizeof(host));
	snprintf(text, sizeof(text),
		 address->family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
		 address->port);
	return text;
}

void client_new(int fd, struct conf_listener *listener, struct peer *peer,
		bool full)
{
	struct client *c;

	if (full && refused >= REFUSED_MAX) {
		peer_closed(peer);
		close(fd);
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->listener = listener;
	c->peer = peer;
	c->refused = full;
	refused += full;
	listener->connections += !full;
	c->tx_op.fn = client_tx;
	c->rare = (struct client_rare *)&client_not_rare;
	c->busy = (struct client_busy *)&client_idle;
	c->rx = (struct client_rx *)&client_no_rx;
	list_add_tail(&c->node, &clients);
	count++;
	c->last_rx = loop_now();
	c->problem_info = true;
	c->receive_max = UINT16_MAX;
	c->max_packet = UINT32_MAX;
	read_address(c);
	keepalive_connect(c);
	if (listener->tls.certfile)
		tls_push(c);
	if (listener->protocol == CONF_PROTOCOL_WEBSOCKETS)
		websocket_push(c);
	if (c->rare->transport)
		transport_start(c);
	else
		client_receive(c);
}

static void client_free(struct client *c)
{
	keepalive_stop(c);
	peer_closed(c->peer);
	close(c->fd);
	transport_free(c);
	publish_limit_free(c);
	enhanced_auth_end(c);
	client_input_free(c);
	client_input_drop(c);
	if (c->busy != &client_idle) {
		busy_free(c->busy);
		extra_bytes -= sizeof(*c->busy);
	}
	if (c->rare != &client_not_rare)
		rare_free(c->rare);
	list_del_init(&c->node);
	count--;
	refused -= c->refused;
	if (c->state == CLIENT_CLOSING)
		closing--;
	free(c);
}

void client_connected(struct client *c)
{
	struct session *s = c->session;

	c->state = CLIENT_CONNECTED;
	c->last_rx = loop_now();
	stats.clients++;
	if (stats.clients > stats.clients_max)
		stats.clients_max = stats.clients;
	client_input_connected(c);
	keepalive_start(c);
	/* when CONNACK waits for the durable store, what follows it does too */
	if (!c->rx_paused)
		client_receive(c);
	if (!config.connection_messages)
		return;
	log_notice("connect: %s from %s level %u keepalive %u clean %d%s",
		   s->id, client_address(c), c->protocol, c->keepalive, !s->expiry,
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
	if (how != END_NORMAL && will->delay && s && !will->denied) {
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
	struct will *will = c->rare->will;
	bool lives = false;

	if (c->state == CLIENT_CLOSING)
		return;
	if (config.connection_messages)
		log_line(s ? LOG_T_NOTICE : LOG_T_INFORMATION,
			 "disconnect: %s from %s: %s",
			 s ? s->id : "(not connected)", client_address(c), reason);
	if (s) {
		will_judge(will, s);
		client_input_drop(c);
		stats.clients--;
		datapath_detach(c);
		c->session = NULL;
		lives = session_detach(s);
	}
	auth_cancel(c);
	enhanced_auth_end(c);
	if (will)
		c->rare->will = NULL;
	c->state = CLIENT_CLOSING;
	closing++;
	refused -= c->refused;
	c->listener->connections -= !c->refused;
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

/* There is room for more output. */
static void client_drained(struct client *c)
{
	if (!c->busy->out.bytes && c->busy->answers)
		c->busy->answers = 0;
	if (c->state != CLIENT_CONNECTED)
		return;
	if (c->session->msgs->queue.len)
		deliver_pump(c->session);
	client_input_drained(c);
}

/* Is there output, or what a transport made of it? */
static bool client_pending(const struct client *c)
{
	return c->busy->out.bytes || (c->rare->transport && transport_pending(c));
}

static void client_tx(struct op *op, int res, uint32_t flags)
{
	struct client *c = container_of(op, struct client, tx_op);

	(void)flags;
	c->tx_busy = false;
	if (res < 0 && res != -EAGAIN && res != -EINTR) {
		c->flush = false;
		outq_clear(client_out(c));
		client_close(c, END_LOST, strerror(-res));
		client_dirty(c);
		return;
	}
	if (res > 0) {
		if (unlikely(c->rare->transport))
			transport_sent(c, res);
		else
			outq_advance(client_out(c), res);
		stats.bytes_sent += res;
	}
	if (client_pending(c) || c->state == CLIENT_CLOSING)
		client_dirty(c);
	client_drained(c);
	client_settle(c);
}

static unsigned int client_peek(struct client *c)
{
	unsigned int n = outq_peek(&c->busy->out);
	uint32_t expired = outq_expired(&c->busy->out);

	if (unlikely(expired)) {
		stats.publish_dropped += expired;
		if (c->session)
			c->session->publish_dropped += expired;
	}
	return n;
}

/* What is to be sent of a client with a transport; false if nothing. */
static bool client_encode(struct client *c, struct iovec *iov)
{
	/* first comes what was encoded and not taken */
	if (!c->rare->transport->tx.len && outq_ready(&c->busy->out)) {
		unsigned int n = client_peek(c);

		if (n)
			transport_output(c, n);
	}
	return transport_peek(c, iov);
}

static bool client_send_encoded(struct client *c)
{
	struct iovec iov;

	if (!client_encode(c, &iov)) {
		client_drained(c);
		return false;
	}
	c->tx_busy = true;
	loop_send(&c->tx_op, c->fd, iov.iov_base, iov.iov_len);
	return true;
}

/* Takes back of the pieces gathered what goes beyond @max bytes. */
static void pieces_trim(size_t max)
{
	struct outq_pieces *p = &outq_pieces;
	size_t i;

	for (i = 0; i < p->msg.msg_iovlen; i++) {
		if (p->iov[i].iov_len > max)
			p->iov[i].iov_len = max;
		max -= p->iov[i].iov_len;
	}
}

/* What is sent at a time is a record: short enough for the other side. */
static void record_trim(struct client *c)
{
	if (unlikely(c->rare->tls) && c->rare->tls->record_limit)
		pieces_trim(c->rare->tls->record_limit);
}

/* Returns false when all of it has expired meanwhile. */
static bool client_send(struct client *c)
{
	unsigned int n;

	if (unlikely(c->rare->transport))
		return client_send_encoded(c);
	n = client_peek(c);
	if (!n) {
		client_drained(c);
		return false;
	}
	record_trim(c);
	c->tx_busy = true;
	if (n == 1)
		loop_send(&c->tx_op, c->fd, outq_pieces.iov[0].iov_base,
			  outq_pieces.iov[0].iov_len);
	else
		loop_sendmsg(&c->tx_op, c->fd, &outq_pieces.msg);
	return true;
}

/* The end of what lies between MQTT and the socket; false when it is on its way. */
static bool client_said_end(struct client *c)
{
	if (!c->flush)
		return true;
	if (!c->rare->transport)
		return !c->rare->tls || !tls_close(c);
	transport_close(c);
	return !c->tx_busy && !client_send_encoded(c);
}

/*
 * Closing in order: output, FIN, then wait for the peer's FIN. Closing with
 * unread bytes at once would reset the connection, and could take a CONNACK
 * that the peer has not read yet with it.
 */
static void client_closing(struct client *c)
{
	if (!c->shut) {
		if (!client_said_end(c))
			return;
		shutdown(c->fd, c->flush ? SHUT_WR : SHUT_RDWR);
		c->shut = true;
	}
	if (c->tx_busy || c->rx_armed)
		return;
	if (c->rx_eof) {
		client_free(c);
		return;
	}
	client_receive(c);
}

static bool send_encoded_now(struct client *c)
{
	struct iovec iov;

	while (!c->tx_busy && client_encode(c, &iov)) {
		ssize_t n = send(c->fd, iov.iov_base, iov.iov_len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return false;
		transport_sent(c, n);
		stats.bytes_sent += n;
	}
	return true;
}

static bool send_now(struct client *c, size_t keep)
{
	/* only what is attached needs to keep something, and this is not */
	if (unlikely(c->rare->transport))
		return send_encoded_now(c);
	while (!c->tx_busy && outq_ready(&c->busy->out) > keep) {
		ssize_t n;

		client_peek(c);
		if (outq_ready(&c->busy->out) <= keep)
			break;
		pieces_trim(outq_ready(&c->busy->out) - keep);
		record_trim(c);
		n = sendmsg(c->fd, &outq_pieces.msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return false;
		outq_advance(client_out(c), n);
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

static bool client_ready(const struct client *c)
{
	return outq_ready(&c->busy->out) || (c->rare->transport && transport_pending(c));
}

uint64_t clients_mark(void)
{
	return nr_dirty;
}

void clients_put_off(uint64_t mark, uint32_t now)
{
	struct list_head *end = later.prev;
	uint64_t n;

	/* Some may have been flushed since, so the list says where it ends. */
	for (n = mark + now; n < nr_dirty && !list_empty(&dirty); n++) {
		struct list_head *node = dirty.prev;

		list_del_init(node);
		list_add(node, end);
	}
}

/* Returns true if there was something to send. */
static bool flush_first(struct list_head *list)
{
	struct client_busy *busy = list_first_entry(list, struct client_busy,
						    dirty_node);
	struct client *c = busy->client;

	list_del_init(&busy->dirty_node);
	if ((c->state != CLIENT_CLOSING || c->flush) && !c->tx_busy &&
	    !c->cut && client_ready(c) && client_send(c))
		return true;
	client_settle(c);
	if (c->state == CLIENT_CLOSING &&
	    (!c->flush || (!client_pending(c) && !c->busy->out.holds)))
		client_closing(c);
	return false;
}

bool clients_flush(bool all)
{
	LIST_HEAD(now);
	bool any = false;
	unsigned int n;

	/* Take the list: closing clients may become dirty again meanwhile. */
	list_splice_tail_init(&dirty, &now);
	while (!list_empty(&now))
		any |= flush_first(&now);
	for (n = 0; (all || n < CLIENTS_FEW) && !list_empty(&later); n++)
		any |= flush_first(&later);
	if (!list_empty(&later))
		loop_again();
	return any;
}

void clients_farewell(void)
{
	struct client *c, *tmp;

	list_for_each_entry_safe(c, tmp, &clients, node) {
		if (!c->session)
			continue;
		if (c->protocol >= 5)
			send_disconnect(c, REASON_SERVER_SHUTTING_DOWN,
					"server shutting down");
		/* with what was put off */
		send_now(c, 0);
	}
}

void clients_close_all(void)
{
	struct client_busy *busy;
	struct client *c, *tmp;

	list_for_each_entry_safe(c, tmp, &clients, node) {
		if (c->rare->will) {
			will_free(c->rare->will);
			c->rare->will = NULL;
		}
		if (c->session) {
			datapath_detach(c);
			session_detach(c->session);
		}
		tls_close_now(c);
		if (c->rare->transport) {
			transport_close(c);
			send_now(c, 0);
		}
		shutdown(c->fd, SHUT_RDWR);
		client_free(c);
	}
	while ((busy = pool_get(&busy_pool)))
		busy_free(busy);
	client_input_exit();
}

void clients_each(void (*fn)(struct client *c, void *arg), void *arg)
{
	struct client *c, *tmp;

	list_for_each_entry_safe(c, tmp, &clients, node)
		fn(c, arg);
}
