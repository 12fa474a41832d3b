// SPDX-License-Identifier: GPL-2.0
#include "deliver.h"

#include <stdlib.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "message.h"
#include "packet.h"
#include "parse.h"
#include "retain.h"
#include "rights.h"
#include "run.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "subid.h"
#include "util.h"

/* What a short packet counts as: queues are limited in packets, too. */
#define AHEAD_MIN	64u

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
		uint32_t n = run_next(run->frames + *len, run->len - *len);

		if (n > room - *len)
			break;
		*len += n;
		count++;
	}
	return count;
}

/* Packet by packet, without those that the client does not take. */
static uint32_t deliver_fitting(struct client *c, const struct run *run)
{
	const uint8_t *p = run->frames;
	uint32_t left = run->len;
	uint32_t count = 0;

	while (left) {
		struct run one = {
			.frames = p,
			.len = run_next(p, left),
			.count = 1,
			.expires = run->expires,
		};

		if (one.len <= c->max_packet)
			count += deliver_run(c, &one);
		else
			dropped(c->session, 1);
		p += one.len;
		left -= one.len;
	}
	return count;
}

/* How long they live counts while they wait for the client, too. */
static void mark_run(struct client *c, const struct run *run, uint32_t count,
		     size_t queued)
{
	const uint8_t *p = run->frames;
	uint32_t left = run->len;
	uint64_t at = c->busy->out.taken + queued;

	while (count--) {
		struct outq_mark mark = {
			.at = at,
			.expires = run->expires,
			.len = run_next(p, left),
			/* what comes later may have its alias alone */
			.keep = c->alias_max,
		};

		if (c->protocol >= 5)
			mark.off = mqtt_parse_expiry(p, mark.len);
		outq_mark(client_out(c), &mark);
		at += mark.len;
		p += mark.len;
		left -= mark.len;
	}
}

static size_t run_limit(const struct client *c)
{
	size_t limit = outq_limit();
	size_t marked = outq_marked(&c->busy->out);

	return limit > marked ? limit - marked : 0;
}

uint32_t deliver_run(struct client *c, struct run *run)
{
	struct session *s = c->session;
	struct outq *out = client_out(c);
	size_t limit = run_limit(c);
	size_t queued = out->bytes;
	uint32_t room;
	uint32_t count;
	uint32_t len;

	if (unlikely(run->len > c->max_packet))
		return deliver_fitting(c, run);
	if (out->bytes + run->len <= limit ||
	    (!out->bytes && run->count == 1)) {
		/* what waits for many is in memory once */
		if (run->len < OUTQ_REF_MIN && !run->many) {
			outq_put(out, run->frames, run->len);
		} else {
			if (run->share && !run->msg)
				run->msg = message_new_run(run->frames,
							   run->len);
			if (run->msg)
				outq_ref(out, run->msg, 0, run->len);
			else
				outq_put(out, run->frames, run->len);
		}
		count = run->count;
	} else {
		/*
		 * Copied, not referred to: a reference to a few bytes of a long
		 * run would hold memory that is not accounted for.
		 */
		room = out->bytes < limit ? limit - out->bytes : 0;
		count = run_prefix(run, room, &len);
		outq_put(out, run->frames, len);
		dropped(s, run->count - count);
		if (!count) {
			client_settle(c);
			return 0;
		}
	}
	if (unlikely(run->expires))
		mark_run(c, run, count, queued);
	s->publish_sent += count;
	stats.publish_sent += count;
	client_dirty(c);
	return count;
}

/* As with mosquitto, the message that reaches the limit is taken. */
static bool bytes_full(const struct queue *q)
{
	return config.max_queued_bytes && q->bytes >= config.max_queued_bytes;
}

static bool out_room(const struct client *c)
{
	return c->busy->out.bytes < outq_limit();
}

bool deliver_room(const struct session *s, uint8_t qos)
{
	return out_room(s->client) &&
	       (!qos || (!s->msgs->queue.len && !inflight_full(&s->msgs->inflight)));
}

/*
 * To an attached client, through the data path: what goes that way later must
 * not overtake it while a send of ours is in flight.
 */
static bool deliver_attached(struct client *c, const struct message *msg,
			     bool retain, const struct subids *ids)
{
	struct datapath_packets what = {
		.frames = msg->frame,
		.len = msg->frame_len,
		.retain = retain,
		.ids = c->protocol >= 5 ? ids : NULL,
	};
	uint8_t *packet = NULL;
	bool taken;

	if (c->protocol >= 5 && (msg->props_len || msg->expires)) {
		packet = message_encode5(msg, &what.len);
		what.frames = packet;
		what.v5 = true;
		what.expires = msg->expires;
	}
	taken = what.frames && datapath_send(c, &what);
	free(packet);
	return taken;
}

void deliver_qos0(struct client *c, struct message *msg, bool retain,
		  const struct subids *ids)
{
	if (c->conn && deliver_attached(c, msg, retain, ids))
		return;
	if ((c->busy->out.bytes &&
	     c->busy->out.bytes + publish_length(c, msg, ids) > outq_limit()) ||
	    !send_publish(c, msg, retain ? PUBLISH_RETAIN : 0, 0, ids))
		dropped(c->session, 1);
}

static bool send_delivery(struct client *c, const struct delivery *d,
			  uint8_t flags)
{
	return send_publish(c, d->msg, flags | d->qos << PUBLISH_QOS_SHIFT |
			    (d->retain ? PUBLISH_RETAIN : 0), d->mid, d->ids);
}

static void too_long(struct session *s, struct delivery *d)
{
	store_delivery_del(s, d);
	inflight_done(&s->msgs->inflight, d);
	dropped(s, 1);
}

/* One too long for the client counts as delivered [MQTT-3.1.2-25]. */
static void send_first(struct client *c, struct delivery *d)
{
	struct session *s = c->session;

	inflight_add(&session_msgs(s)->inflight, d);
	d->state = d->qos == 1 ? DELIVERY_WAIT_PUBACK : DELIVERY_WAIT_PUBREC;
	store_delivery(s, d);
	/*
	 * After a crash an identifier that the client has seen must not stand
	 * for another message.
	 */
	if (d->qos == 2 && d->store_id)
		store_fence(c);
	if (!send_delivery(c, d, 0)) {
		too_long(s, d);
		session_settle(s);
	}
}

static struct delivery *delivery_make(struct message *msg,
				      const struct delivery_to *to)
{
	struct delivery *d = delivery_new(msg, to->qos, to->retain);

	d->ids = subids_get(to->ids);
	d->share = to->share;
	return d;
}

static void queue_delivery(struct session *s, struct delivery *d,
			   uint32_t limit)
{
	if (queue_add(&session_msgs(s)->queue, d, limit)) {
		store_delivery(s, d);
		return;
	}
	delivery_free(d);
	dropped(s, 1);
	session_settle(s);
}

void deliver_message(struct session *s, struct message *msg,
		     const struct delivery_to *to)
{
	struct client *c = s->client;

	if (!to->qos) {
		if (c)
			deliver_qos0(c, msg, to->retain, to->ids);
		return;
	}
	if (c && !s->msgs->queue.len && !inflight_full(&s->msgs->inflight) && out_room(c))
		send_first(c, delivery_make(msg, to));
	else if (bytes_full(&s->msgs->queue))
		dropped(s, 1);
	else
		queue_delivery(s, delivery_make(msg, to),
			       config.max_queued_messages);
}

bool deliver_ahead(struct client *c, struct message *msg,
		   const struct subids *ids, uint32_t *room)
{
	size_t len = max_t(size_t, publish_length(c, msg, ids), AHEAD_MIN);

	if (len > *room || !deliver_attached(c, msg, true, ids))
		return false;
	*room -= len;
	return true;
}

void deliver_retained(struct session *s, struct message *msg, uint8_t qos,
		      struct subids *ids)
{
	struct delivery_to to = { .qos = qos, .retain = true, .ids = ids };
	struct client *c = s->client;
	uint32_t limit = config.max_queued_messages;

	if (!s->msgs->queue.len && out_room(c)) {
		if (!qos) {
			if (!send_publish(c, msg, PUBLISH_RETAIN, 0, ids))
				dropped(s, 1);
			return;
		}
		if (!inflight_full(&s->msgs->inflight)) {
			send_first(c, delivery_make(msg, &to));
			return;
		}
	}
	/*
	 * A subscriber asked for all of them, so they wait for it without a
	 * limit of their own: the messages are in the store anyway.
	 */
	if (limit)
		limit += retain_count();
	queue_delivery(s, delivery_make(msg, &to), limit);
}

static bool withdrawn(const struct session *s, const struct delivery *d)
{
	return d->msg && !rights_allow(s, ACL_READ, message_topic(d->msg),
				       d->msg->topic_len);
}

void deliver_withdraw(struct session *s)
{
	struct delivery *d, *tmp;

	/* what a client has begun to get it may complete */
	list_for_each_entry_safe(d, tmp, &s->msgs->inflight.list, node) {
		if (s->client || d->state == DELIVERY_WAIT_PUBCOMP ||
		    !withdrawn(s, d))
			continue;
		store_delivery_del(s, d);
		inflight_done(&s->msgs->inflight, d);
	}
	list_for_each_entry_safe(d, tmp, &s->msgs->queue.list, node) {
		if (!withdrawn(s, d))
			continue;
		store_delivery_del(s, d);
		queue_del(&s->msgs->queue, d);
		delivery_free(d);
	}
	session_settle(s);
}

static bool unsent_room(const struct inflight *in)
{
	return in->unsent && in->count - in->unsent < in->max;
}

static void send_again(struct session *s, struct delivery *d)
{
	d->unsent = false;
	s->msgs->inflight.unsent--;
	if (!send_delivery(s->client, d, PUBLISH_DUP))
		too_long(s, d);
}

/* Goes on with what there was no room for when the client came back. */
static void pump_unsent(struct session *s)
{
	struct delivery *d, *tmp;

	list_for_each_entry_safe(d, tmp, &s->msgs->inflight.list, node) {
		if (!unsent_room(&s->msgs->inflight))
			return;
		if (d->unsent)
			send_again(s, d);
	}
}

void deliver_pump(struct session *s)
{
	struct client *c = s->client;
	struct delivery *d;

	if (s->msgs->inflight.unsent)
		pump_unsent(s);
	while ((d = queue_first(&s->msgs->queue)) && out_room(c)) {
		if (message_expired(d->msg)) {
			store_delivery_del(s, d);
			queue_del(&s->msgs->queue, d);
			delivery_free(d);
			dropped(s, 1);
			continue;
		}
		if (d->qos && inflight_full(&s->msgs->inflight))
			break;
		queue_del(&s->msgs->queue, d);
		if (d->qos) {
			send_first(c, d);
			continue;
		}
		if (!send_delivery(c, d, 0))
			dropped(s, 1);
		delivery_free(d);
	}
	session_settle(s);
}

void deliver_resume(struct session *s)
{
	struct inflight *in = &s->msgs->inflight;
	struct client *c = s->client;
	uint32_t max = config.max_inflight_messages;
	struct delivery *d, *tmp;
	bool qos2 = false;

	s->max_inflight = min_t(uint32_t, max ? max : 65535, c->receive_max);
	if (s->msgs == &session_no_msgs)
		return;
	in->max = s->max_inflight;
	in->unsent = 0;
	list_for_each_entry(d, &in->list, node) {
		d->unsent = d->state != DELIVERY_WAIT_PUBCOMP;
		in->unsent += d->unsent;
		qos2 |= d->qos == 2;
	}
	/* identifiers of a former connection, and perhaps not on disk yet */
	if (s->lasting->store_id && qos2)
		store_fence(c);
	list_for_each_entry_safe(d, tmp, &in->list, node) {
		if (!d->unsent)
			send_ack(c, PUBREL | PACKET_FLAGS_2, d->mid,
				 REASON_SUCCESS);
		else if (unsent_room(in))
			send_again(s, d);
	}
	deliver_pump(s);
}
