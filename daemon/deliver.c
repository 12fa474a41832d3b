// SPDX-License-Identifier: GPL-2.0
#include "deliver.h"

#include "client.h"
#include "conf.h"
#include "packet.h"
#include "retain.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"

static void dropped(struct session *s, uint32_t count)
{
	s->publish_dropped += count;
	stats.publish_dropped += count;
}

/* How many whole packets fit into the room left, and their length together. */
static uint32_t run_prefix(const struct run *run, uint32_t room, uint32_t *len)
{
	uint32_t count = 0;

	*len = 0;
	while (count < run->count) {
		uint32_t remaining = 0;
		int hlen = packet_header(run->frames + *len, run->len - *len,
					 &remaining);

		if (hlen <= 0 || *len + hlen + remaining > room)
			break;
		*len += hlen + remaining;
		count++;
	}
	return count;
}

void deliver_run(struct client *c, struct run *run)
{
	struct session *s = c->session;
	size_t limit = outq_limit();
	uint32_t room;
	uint32_t count;
	uint32_t len;

	if (c->out.bytes + run->len <= limit ||
	    (!c->out.bytes && run->count == 1)) {
		if (run->share && run->len >= OUTQ_REF_MIN && !run->msg)
			run->msg = message_new_run(run->frames, run->len);
		if (run->msg)
			outq_ref(&c->out, run->msg, 0, run->len);
		else
			outq_put(&c->out, run->frames, run->len);
		count = run->count;
	} else {
		/*
		 * Copied, not referred to: a reference to a few bytes of a long
		 * run would hold memory that is not accounted for.
		 */
		room = c->out.bytes < limit ? limit - c->out.bytes : 0;
		count = run_prefix(run, room, &len);
		outq_put(&c->out, run->frames, len);
		dropped(s, run->count - count);
		if (!count)
			return;
	}
	s->publish_sent += count;
	stats.publish_sent += count;
	client_dirty(c);
}

/* As with mosquitto, the message that reaches the limit is taken. */
static bool bytes_full(const struct queue *q)
{
	return config.max_queued_bytes && q->bytes >= config.max_queued_bytes;
}

static bool out_room(const struct client *c)
{
	return c->out.bytes < outq_limit();
}

static void send_first(struct client *c, struct delivery *d)
{
	inflight_add(&c->session->inflight, d);
	d->state = d->qos == 1 ? DELIVERY_WAIT_PUBACK : DELIVERY_WAIT_PUBREC;
	store_delivery(c->session, d);
	/*
	 * After a crash an identifier that the client has seen must not stand
	 * for another message.
	 */
	if (d->qos == 2 && d->store_id)
		store_fence(c);
	send_publish(c, d->msg, d->qos << PUBLISH_QOS_SHIFT |
		     (d->retain ? PUBLISH_RETAIN : 0), d->mid);
}

void deliver_message(struct session *s, struct message *msg, uint8_t qos,
		     bool retain)
{
	struct client *c = s->client;
	struct delivery *d;

	if (c && !s->queue.len && !inflight_full(&s->inflight) && out_room(c)) {
		send_first(c, delivery_new(msg, qos, retain));
		return;
	}
	d = delivery_new(msg, qos, retain);
	if (bytes_full(&s->queue) ||
	    !queue_add(&s->queue, d, config.max_queued_messages)) {
		delivery_free(d);
		dropped(s, 1);
		return;
	}
	store_delivery(s, d);
}

void deliver_retained(struct session *s, struct message *msg, uint8_t qos)
{
	struct client *c = s->client;
	uint32_t limit = config.max_queued_messages;
	struct delivery *d;

	if (!s->queue.len && out_room(c)) {
		if (!qos) {
			send_publish(c, msg, PUBLISH_RETAIN, 0);
			return;
		}
		if (!inflight_full(&s->inflight)) {
			send_first(c, delivery_new(msg, qos, true));
			return;
		}
	}
	/*
	 * A subscriber asked for all of them, so they wait for it without a
	 * limit of their own: the messages are in the store anyway.
	 */
	if (limit)
		limit += retain_count();
	d = delivery_new(msg, qos, true);
	if (!queue_add(&s->queue, d, limit)) {
		delivery_free(d);
		dropped(s, 1);
		return;
	}
	store_delivery(s, d);
}

void deliver_pump(struct session *s)
{
	struct client *c = s->client;
	struct delivery *d;

	while ((d = queue_first(&s->queue)) && out_room(c)) {
		if (d->qos && inflight_full(&s->inflight))
			break;
		queue_del(&s->queue, d);
		if (d->qos) {
			send_first(c, d);
		} else {
			send_publish(c, d->msg, d->retain ? PUBLISH_RETAIN : 0,
				     0);
			delivery_free(d);
		}
	}
}

void deliver_resume(struct session *s)
{
	struct client *c = s->client;
	struct delivery *d;

	/* of a former connection, and perhaps not on disk yet */
	if (s->store_id)
		store_fence(c);
	list_for_each_entry(d, &s->inflight.list, node) {
		if (d->state == DELIVERY_WAIT_PUBCOMP) {
			send_ack(c, PUBREL | PACKET_FLAGS_2, d->mid,
				 REASON_SUCCESS);
			continue;
		}
		send_publish(c, d->msg, PUBLISH_DUP |
			     d->qos << PUBLISH_QOS_SHIFT |
			     (d->retain ? PUBLISH_RETAIN : 0), d->mid);
	}
	deliver_pump(s);
}
