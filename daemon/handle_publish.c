// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "handle.h"
#include "log.h"
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
		topic_name_valid(topic, len));
}

size_t handle_publish_run(struct client *c, const uint8_t *p, size_t len)
{
	struct publish pub = { .source = c };
	const uint8_t *next = p;
	const uint8_t *end = p + len;

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
		pub.count++;
		next = body + remaining;
	}
	if (!pub.count)
		return 0;
	pub.frames = p;
	pub.frames_len = next - p;
	count_received(c, pub.count);
	if (!topic_reserved(pub.topic, pub.topic_len))
		route_publish(&pub);
	datapath_handled(c, PUBLISH, pub.count);
	return pub.frames_len;
}

static bool publish(struct client *c, struct publish *pub)
{
	if (topic_reserved(pub->topic, pub->topic_len)) {
		log_debug("%s: publish to %.*s not allowed", c->session->id,
			  pub->topic_len, pub->topic);
		return true;
	}
	if (route_publish(pub))
		return true;
	client_close(c, END_ABNORMAL, "out of memory");
	return false;
}

/* A 3.1.1 client can only be told by not acknowledging. */
static void publish_refuse(struct client *c, uint8_t qos, uint16_t mid)
{
	if (c->protocol < 5 ||
	    (qos == 2 && midset_has(&c->session->received, mid)))
		client_close(c, END_ABNORMAL,
			     "the durable store's disk is full");
	else
		send_ack(c, qos == 1 ? PUBACK : PUBREC, mid,
			 REASON_QUOTA_EXCEEDED);
}

void handle_publish(struct client *c, uint8_t first, struct reader *r)
{
	struct publish pub = {
		.source = c,
		.qos = first >> PUBLISH_QOS_SHIFT & 3,
		.retain = first & PUBLISH_RETAIN,
		.count = 1,
	};
	uint16_t mid = 0;

	pub.topic = read_utf8(r, &pub.topic_len);
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
	if (!topic_name_valid(pub.topic, pub.topic_len)) {
		handle_malformed(c, "invalid topic name");
		return;
	}
	if (pub.qos && !mid) {
		handle_malformed(c, "packet identifier 0");
		return;
	}
	/* [MQTT-3.3.4-7] */
	if (pub.qos && c->protocol >= 5 && c->unacked++ >= client_window()) {
		client_fail(c, REASON_RECEIVE_MAXIMUM_EXCEEDED,
			    "more messages than the receive maximum");
		return;
	}
	pub.payload = r->p;
	pub.payload_len = reader_left(r);
	count_received(c, 1);
	if (pub.qos && store_full) {
		publish_refuse(c, pub.qos, mid);
		return;
	}

	switch (pub.qos) {
	case 0:
		publish(c, &pub);
		break;
	case 1:
		if (!publish(c, &pub))
			break;
		store_fence_request(c);
		send_ack(c, PUBACK, mid, REASON_SUCCESS);
		break;
	case 2:
		/* routed at once; the identifier suppresses duplicates */
		if (midset_add(&c->session->received, mid)) {
			store_received(c->session, mid, true);
			if (!publish(c, &pub))
				break;
		}
		store_fence_request(c);
		send_ack(c, PUBREC, mid, REASON_SUCCESS);
		break;
	}
}
