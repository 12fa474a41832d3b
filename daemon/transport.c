// SPDX-License-Identifier: GPL-2.0
#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "client_input.h"
#include "tls_session.h"
#include "util.h"

/*
 * What layers send on their own account, like the answers to pings, while the
 * socket takes nothing.
 */
#define OUT_MAX		(1u << 20)
/* Above the MQTT in the receive buffers that may be on their way already. */
#define KEPT_MAX	(8u << 20)
/* So much room is not given back. */
#define BUF_SMALL	512u

static size_t buf_bytes(const struct transport_buf *b)
{
	return b->len - b->off;
}

static void buf_put(struct transport_buf *b, const void *p, size_t len)
{
	if (b->cap - b->len < len) {
		b->cap = max_t(size_t, 2 * b->cap, b->len + len);
		b->data = xrealloc(b->data, b->cap);
	}
	memcpy(b->data + b->len, p, len);
	b->len += len;
}

static void buf_advance(struct transport_buf *b, size_t len)
{
	b->off += len;
	if (b->off < b->len)
		return;
	b->off = 0;
	b->len = 0;
	if (b->cap <= BUF_SMALL)
		return;
	free(b->data);
	b->data = NULL;
	b->cap = 0;
}

static void resume_expired(struct timer *timer)
{
	struct transport *t = container_of(timer, struct transport, resume);
	struct transport_buf kept = t->kept;

	memset(&t->kept, 0, sizeof(t->kept));
	if (kept.len)
		client_plaintext(t->client, kept.data, kept.len);
	free(kept.data);
	client_receive(t->client);
}

void transport_push(struct client *c, struct transport_layer *l)
{
	struct transport *t = c->rare->transport;

	if (!t) {
		t = xcalloc(1, sizeof(*t));
		t->client = c;
		t->resume.fn = resume_expired;
		t->bottom = l;
		client_rare(c)->transport = t;
	} else {
		t->top->above = l;
	}
	l->client = c;
	l->below = t->top;
	l->above = NULL;
	t->top = l;
}

void transport_start(struct client *c)
{
	struct transport_layer *l = c->rare->transport->bottom;

	if (l->ops->start)
		l->ops->start(l);
	else
		client_receive(c);
}

void transport_ready(struct transport_layer *l)
{
	client_receive(l->client);
}

void transport_deliver(struct transport_layer *l, const uint8_t *p, size_t len)
{
	if (l->client->state == CLIENT_CLOSING)
		return;
	if (l->above)
		l->above->ops->input(l->above, p, len);
	else
		client_plaintext(l->client, p, len);
}

void transport_pass(struct transport_layer *l, const struct iovec *iov,
		    unsigned int n)
{
	struct client *c = l->client;
	struct transport *t = c->rare->transport;
	unsigned int i;

	if (l->below) {
		l->below->ops->output(l->below, iov, n);
		return;
	}
	for (i = 0; i < n; i++)
		buf_put(&t->out, iov[i].iov_base, iov[i].iov_len);
	client_dirty(c);
	if (buf_bytes(&t->out) > OUT_MAX)
		client_close(c, END_LOST, "takes no answers");
}

void transport_end(struct transport_layer *l)
{
	client_close(l->client, END_ABNORMAL, "connection closed by client");
}

void transport_input(struct client *c, const uint8_t *p, size_t len)
{
	struct transport_layer *l = c->rare->transport->bottom;

	l->ops->input(l, p, len);
}

void transport_output(struct client *c, unsigned int n)
{
	struct transport_layer *l = c->rare->transport->top;
	struct iovec *iov = outq_pieces.iov;
	size_t total = 0;
	unsigned int i;

	for (i = 0; i < n && total < TRANSPORT_CHUNK; i++) {
		iov[i].iov_len = min_t(size_t, iov[i].iov_len,
				       TRANSPORT_CHUNK - total);
		total += iov[i].iov_len;
	}
	l->ops->output(l, iov, i);
	outq_advance(client_out(c), total);
}

bool transport_pending(const struct client *c)
{
	return buf_bytes(&c->rare->transport->tx) || buf_bytes(&c->rare->transport->out);
}

bool transport_peek(struct client *c, struct iovec *iov)
{
	struct transport *t = c->rare->transport;

	if (!buf_bytes(&t->tx)) {
		struct transport_buf empty = t->tx;

		t->tx = t->out;
		t->out = empty;
	}
	iov->iov_base = t->tx.data + t->tx.off;
	iov->iov_len = buf_bytes(&t->tx);
	return iov->iov_len;
}

void transport_sent(struct client *c, size_t len)
{
	buf_advance(&c->rare->transport->tx, len);
}

void transport_keep(struct transport *t, const uint8_t *p, size_t len)
{
	if (buf_bytes(&t->kept) + len > KEPT_MAX)
		client_close(t->client, END_ABNORMAL, "sends too far ahead");
	else
		buf_put(&t->kept, p, len);
}

bool transport_kept(const struct client *c)
{
	return c->rare->transport && buf_bytes(&c->rare->transport->kept);
}

/* In a turn of its own: this may be called while output is being sent. */
void transport_resume(struct client *c)
{
	timer_arm(&c->rare->transport->resume, loop_now());
}

void transport_close(struct client *c)
{
	struct transport *t = c->rare->transport;
	struct transport_layer *l;

	if (t->closed)
		return;
	t->closed = true;
	for (l = t->top; l; l = l->below) {
		if (l->ops->close)
			l->ops->close(l);
	}
}

void transport_free(struct client *c)
{
	struct transport *t = c->rare->transport;
	struct transport_layer *l, *below;

	if (!t)
		return;
	for (l = t->top; l; l = below) {
		below = l->below;
		l->ops->free(l);
	}
	timer_cancel(&t->resume);
	free(t->out.data);
	free(t->tx.data);
	free(t->kept.data);
	free(t);
	c->rare->transport = NULL;
}

void transport_describe(const struct client *c, char *buf, size_t size)
{
	const struct transport_layer *l = c->rare->transport ? c->rare->transport->top :
					  NULL;
	size_t used = 0;

	for (*buf = '\0'; l && used < size; l = l->below) {
		if (l->ops != &tls_transport)
			used += snprintf(buf + used, size - used, "%s%s",
					 l->ops->name,
					 l->below || c->rare->tls ? ", " : "");
	}
	if (c->rare->tls && used < size)
		tls_describe(c, buf + used, size - used);
}
