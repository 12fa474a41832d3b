// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "alias.h"
#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "fan_out.h"
#include "handle.h"
#include "limit.h"
#include "log.h"
#include "property.h"
#include "route.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "topic.h"

/* A run is copied or shared as one piece: keep the pieces moderate. */
#define RUN_MAX	16384u

static void count_received(struct client *c, uint32_t count)
{
	c->session->publish_received += count;
	stats.publish_received += count;
}

static bool check_topic(const char *topic, uint16_t len)
{
	return route_known(topic, len) ||
	       (utf8_valid((const uint8_t *)topic, len) &&
		topic_name_valid(topic, len) && limit_topic(topic, len));
}

/*
 * A payload that is said to be UTF-8 is checked, so that receivers can rely on
 * it; U+0000 is allowed there.
 */
static bool payload_valid(const struct properties *props, const uint8_t *p,
			  size_t len)
{
	return !props->payload_format || utf8_payload_valid(p, len);
}

/*
 * May a packet of 5.0 be passed on as it is? Then its properties are valid, and
 * none of them is for this connection alone. Sets when its lifetime ends.
 */
static bool run_properties(const uint8_t *p, const uint8_t *end,
			   uint64_t *expires)
{
	struct reader r = { p, end, false };
	struct properties props;

	*expires = 0;
	/* the most frequent case */
	if (p < end && !*p)
		return true;
	if (read_properties(&r, PUBLISH, &props) ||
	    property_present(&props, PROP_TOPIC_ALIAS))
		return false;
	if (property_present(&props, PROP_MESSAGE_EXPIRY))
		*expires = loop_now() + 1000ull * props.message_expiry;
	return payload_valid(&props, r.p, reader_left(&r));
}

static void run_done(const struct publish *pub, int reached)
{
	(void)reached;
	datapath_handled(pub->source, PUBLISH, pub->count);
}

size_t handle_publish_run(struct client *c, const uint8_t *p, size_t len)
{
	struct publish pub = {
		.source = c,
		.v5 = c->protocol >= 5,
		.done = run_done,
	};
	const uint8_t *next = p;
	const uint8_t *end = p + len;
	uint64_t expires = 0;

	while (end - next >= 2 && *next == PUBLISH && next - p < RUN_MAX) {
		uint32_t remaining = 0;
		int hlen = packet_header(next, end - next, &remaining);
		const uint8_t *body = next + hlen;
		uint16_t topic_len;

		if (hlen <= 0 || remaining < 2 ||
		    (size_t)(end - body) < remaining ||
		    hlen + remaining > config.max_packet_size)
			break;
		topic_len = (uint16_t)(body[0] << 8 | body[1]);
		if (remaining - 2 < topic_len)
			break;
		if (!pub.count) {
			pub.topic = (const char *)body + 2;
			pub.topic_len = topic_len;
			if (!check_topic(pub.topic, topic_len))
				return 0;
		} else if (topic_len != pub.topic_len ||
			   memcmp(body + 2, pub.topic, topic_len)) {
			break;
		}
		/* padded remaining lengths are not passed on */
		if ((size_t)hlen != packet_header_len(remaining))
			break;
		if (pub.v5 && !run_properties(body + 2 + topic_len,
					      body + remaining, &expires))
			break;
		if (!pub.count)
			pub.expires = expires;
		else if (expires != pub.expires)
			break;
		pub.count++;
		next = body + remaining;
	}
	if (!pub.count)
		return 0;
	pub.frames = p;
	pub.frames_len = next - p;
	count_received(c, pub.count);
	if (topic_reserved(pub.topic, pub.topic_len) ||
	    fan_out_publish(&pub) != -EINPROGRESS)
		datapath_handled(c, PUBLISH, pub.count);
	return pub.frames_len;
}

/* Returns how many it was for, or -errno. */
static int publish(struct client *c, struct publish *pub)
{
	if (topic_reserved(pub->topic, pub->topic_len)) {
		log_debug("%s: publish to %.*s not allowed", c->session->id,
			  pub->topic_len, pub->topic);
		return -EACCES;
	}
	return fan_out_publish(pub);
}

/* What the publisher is told. */
static enum reason publish_reason(int reached)
{
	if (reached == -EACCES)
		return REASON_NOT_AUTHORIZED;
	if (reached < 0)
		return REASON_UNSPECIFIED;
	return reached ? REASON_SUCCESS : REASON_NO_MATCHING_SUBSCRIBERS;
}

/* Puts the topic in for an alias, or notes the alias, MQTT 5.0 3.3.2.3.4. */
static enum reason resolve_alias(struct client *c, struct publish *pub,
				 const struct properties *props)
{
	uint16_t alias = props->topic_alias;

	if (!property_present(props, PROP_TOPIC_ALIAS))
		return pub->topic_len ? REASON_SUCCESS : REASON_PROTOCOL_ERROR;
	if (!alias || alias > c->listener->max_topic_alias)
		return REASON_TOPIC_ALIAS_INVALID; /* [MQTT-3.3.2-8], [-9] */
	if (pub->topic_len) {
		alias_set(c, alias, pub->topic, pub->topic_len);
		return REASON_SUCCESS;
	}
	pub->topic = alias_topic(c, alias, &pub->topic_len);
	return pub->topic ? REASON_SUCCESS : REASON_PROTOCOL_ERROR;
}

/* The part of a PUBLISH that only 5.0 has. */
static enum reason read_publish5(struct client *c, struct publish *pub,
				 struct reader *r, struct properties *props)
{
	enum reason reason = read_properties(r, PUBLISH, props);

	if (!reason)
		reason = resolve_alias(c, pub, props);
	if (reason)
		return reason;
	pub->props = props;
	if (!payload_valid(props, r->p, reader_left(r)))
		return REASON_PAYLOAD_FORMAT_INVALID;
	return REASON_SUCCESS;
}

/* A 3.1.1 client can only be told by not acknowledging. */
static void publish_refuse(struct client *c, uint8_t qos, uint16_t mid)
{
	if (c->protocol < 5 ||
	    (qos == 2 && midset_has(&c->session->msgs->received, mid))) {
		client_close(c, END_ABNORMAL,
			     "the durable store's disk is full");
		return;
	}
	c->unacked++;
	send_ack(c, qos == 1 ? PUBACK : PUBREC, mid, REASON_QUOTA_EXCEEDED);
}

/* Does taking on a message need space in the durable store? */
static bool needs_space(const struct client *c, const struct publish *pub)
{
	return (pub->qos == 2 && c->session->lasting->store_id) || route_stored(pub);
}

/* It has been routed: the end of what begins in acknowledge(). */
static void published(const struct publish *pub, int reached)
{
	enum reason reason = publish_reason(reached);
	struct client *c = pub->source;

	/* an exchange that is refused is over, MQTT 5.0 4.3.3 */
	if (pub->qos == 2 && reason >= REASON_UNSPECIFIED &&
	    (c->protocol >= 5 || reason == REASON_UNSPECIFIED)) {
		store_received(c->session, pub->mid, false);
		midset_del(&c->session->msgs->received, pub->mid);
		session_settle(c->session);
	}
	if (c->protocol < 5 && reason == REASON_UNSPECIFIED) {
		client_close(c, END_ABNORMAL, "out of memory");
		return;
	}
	/* what needed no space on a full disk has no record to wait for */
	if (!pub->full || pub->retain)
		store_fence_request(c);
	send_ack(c, pub->qos == 1 ? PUBACK : PUBREC, pub->mid,
		 c->protocol < 5 ? REASON_SUCCESS : reason);
}

/* It was to very many. */
static void publish_done(const struct publish *pub, int reached)
{
	struct client *c = pub->source;

	if (pub->qos)
		published(pub, reached);
	datapath_handled(c, PUBLISH | pub->qos << PUBLISH_QOS_SHIFT |
			 (pub->retain ? PUBLISH_RETAIN : 0), 1);
}

static void acknowledge(struct client *c, struct publish *pub, uint16_t mid)
{
	int reached;

	pub->full = store_full;
	pub->mid = mid;
	if (pub->full && needs_space(c, pub)) {
		publish_refuse(c, pub->qos, mid);
		return;
	}
	/* routed at once; the identifier suppresses duplicates of QoS 2 */
	if (pub->qos == 2 &&
	    !midset_add(&session_msgs(c->session)->received, mid)) {
		if (c->session->lasting->store_id)
			store_fence_request(c);
		send_ack(c, PUBREC, mid, REASON_SUCCESS);
		return;
	}
	/* [MQTT-3.3.4-7] */
	if (c->protocol >= 5 && c->unacked++ >= client_window()) {
		midset_del(&c->session->msgs->received, mid);
		client_fail(c, REASON_RECEIVE_MAXIMUM_EXCEEDED,
			    "more messages than the receive maximum");
		return;
	}
	if (pub->qos == 2)
		store_received(c->session, mid, true);
	reached = publish(c, pub);
	if (reached != -EINPROGRESS)
		published(pub, reached);
}

void handle_publish(struct client *c, uint8_t first, struct reader *r)
{
	enum reason reason = REASON_SUCCESS;
	struct properties props;
	struct publish pub = {
		.source = c,
		.qos = first >> PUBLISH_QOS_SHIFT & 3,
		.retain = first & PUBLISH_RETAIN,
		.count = 1,
		.done = publish_done,
	};
	uint16_t mid = 0;
	bool known;

	pub.topic = (const char *)read_bytes(r, &pub.topic_len);
	/* what was routed before has been looked at */
	known = pub.topic && route_known(pub.topic, pub.topic_len);
	if (!known && pub.topic && !utf8_valid((const uint8_t *)pub.topic, pub.topic_len))
		r->bad = true;
	if (pub.qos)
		mid = read_u16(r);
	if (r->bad) {
		handle_malformed(c, "malformed PUBLISH");
		return;
	}
	if (pub.qos == 3) {
		handle_malformed(c, "QoS 3");
		return;
	}
	if (!pub.qos && first & PUBLISH_DUP) {
		handle_malformed(c, "DUP with QoS 0");
		return;
	}
	/* 5.0 has an alias instead of an empty name */
	if (!known && !topic_name_valid(pub.topic, pub.topic_len) &&
	    (c->protocol < 5 || pub.topic_len)) {
		handle_malformed(c, "invalid topic name");
		return;
	}
	if (!known && !limit_topic(pub.topic, pub.topic_len)) {
		stats.topics_refused++;
		client_fail(c, REASON_TOPIC_NAME_INVALID,
			    "topic above max_topic_length or max_topic_levels");
		return;
	}
	if (pub.qos && !mid) {
		client_fail(c, REASON_PROTOCOL_ERROR, "packet identifier 0");
		return;
	}
	if (pub.retain && !config.retain_available) {
		client_fail(c, REASON_RETAIN_NOT_SUPPORTED,
			    "RETAIN without retain_available");
		return;
	}
	if (c->protocol >= 5)
		reason = read_publish5(c, &pub, r, &props);
	if (reason) {
		client_fail(c, reason, "malformed PUBLISH");
		return;
	}
	if (pub.qos > c->listener->max_qos) { /* [MQTT-3.2.2-11] */
		client_fail(c, REASON_QOS_NOT_SUPPORTED,
			    "QoS above max_qos");
		return;
	}
	pub.payload = r->p;
	pub.payload_len = reader_left(r);
	count_received(c, 1);
	if (pub.qos)
		acknowledge(c, &pub, mid);
	else if (publish(c, &pub) == -ENOMEM)
		client_fail(c, REASON_UNSPECIFIED, "out of memory");
}
