// SPDX-License-Identifier: GPL-2.0
#include "send.h"

#include <stdlib.h>
#include <string.h>

#include "alias.h"
#include "client.h"
#include "message.h"
#include "packet.h"
#include "property.h"
#include "scram.h"
#include "session.h"
#include "stats.h"
#include "subid.h"
#include "util.h"

/* Room for a packet with a reason string; mqttd's are short. */
#define REASON_STRING_MAX	128u

/* NULL for a packet that the client does not take. */
static uint8_t *send_room(struct client *c, uint8_t first, size_t len)
{
	if (len > c->max_packet)
		return NULL;
	client_busy(c)->answers += len;
	stats.sent[first >> 4]++;
	client_dirty(c);
	return outq_room(client_out(c), len);
}

static void send_small(struct client *c, const uint8_t *p, size_t len)
{
	uint8_t *room = send_room(c, *p, len);

	if (room)
		memcpy(room, p, len);
}

/* Properties that are a reason string, with their length before them. */
static uint8_t *put_reason_string(uint8_t *p, const char *what)
{
	size_t len = min_t(size_t, strlen(what), REASON_STRING_MAX - 16);

	*p++ = (uint8_t)(3 + len);
	return put_property_bytes(p, PROP_REASON_STRING, what, (uint16_t)len);
}

uint8_t *put_auth(uint8_t *p, const char *data)
{
	p = put_property_bytes(p, PROP_AUTH_METHOD, SCRAM_METHOD,
			       sizeof(SCRAM_METHOD) - 1);
	return put_property_bytes(p, PROP_AUTH_DATA, data,
				  (uint16_t)strlen(data));
}

bool send_auth(struct client *c, enum reason code, const char *data)
{
	size_t props = 3 + sizeof(SCRAM_METHOD) - 1 + 3 + strlen(data);
	uint8_t head[PACKET_HEADER_MAX + 5];
	size_t len;
	uint8_t *p;

	p = head + packet_put_header(head, AUTH, 1 + varint_len(props) + props);
	*p++ = code;
	p = put_varint(p, props);
	len = p - head;
	if (len + props > c->max_packet)
		return false;
	p = xmalloc(len + props);
	memcpy(p, head, len);
	put_auth(p + len, data);
	client_busy(c)->answers += len + props;
	stats.sent[AUTH >> 4]++;
	outq_put(client_out(c), p, len + props);
	client_dirty(c);
	free(p);
	return true;
}

void send_connack(struct client *c, bool present, const uint8_t *props,
		  size_t len)
{
	uint8_t head[PACKET_HEADER_MAX + 6] = { CONNACK, 2, present, 0 };
	uint8_t *room;
	uint8_t *p;

	if (c->protocol < 5) {
		/* 3.1 has no session present */
		head[2] = present && c->protocol == 4;
		send_small(c, head, 4);
		return;
	}
	p = head + packet_put_header(head, CONNACK, 2 + varint_len(len) + len);
	*p++ = present;
	*p++ = REASON_SUCCESS;
	p = put_varint(p, len);
	room = send_room(c, CONNACK, p - head + len);
	if (!room)
		return;
	memcpy(room, head, p - head);
	memcpy(room + (p - head), props, len);
}

static enum connack_code connack_code(enum reason code)
{
	switch (code) {
	case REASON_UNSUPPORTED_PROTOCOL_VERSION:
		return CONNACK_PROTOCOL_LEVEL;
	case REASON_CLIENT_ID_NOT_VALID:
		return CONNACK_IDENTIFIER_REJECTED;
	case REASON_BAD_USER_NAME_OR_PASSWORD:
		return CONNACK_BAD_CREDENTIALS;
	case REASON_NOT_AUTHORIZED:
	case REASON_BANNED:
		return CONNACK_NOT_AUTHORIZED;
	default:
		return CONNACK_SERVER_UNAVAILABLE;
	}
}

void send_refusal(struct client *c, enum reason code, const char *what)
{
	uint8_t buf[REASON_STRING_MAX] = { CONNACK, 3, 0, code, 0 };
	size_t len = 5;

	if (c->protocol < 5) {
		buf[1] = 2;
		buf[3] = connack_code(code);
		len = 4;
	} else if (c->problem_info) {
		len = put_reason_string(buf + 4, what) - buf;
		if (len > c->max_packet) {
			buf[4] = 0;
			len = 5;
		}
		buf[1] = (uint8_t)(len - 2);
	}
	send_small(c, buf, len);
}

void send_ack(struct client *c, uint8_t first, uint16_t mid,
	      enum reason code)
{
	bool tell = c->protocol >= 5 && code;
	uint8_t *p = send_room(c, first, tell ? 5 : 4);

	/* the client may send another message, 4.9 */
	if (c->unacked && (first == PUBACK || first == PUBCOMP ||
			   (first == PUBREC && code >= REASON_UNSPECIFIED)))
		c->unacked--;
	if (!p)
		return;
	p[0] = first;
	p[1] = tell ? 3 : 2;
	p = put_u16(p + 2, mid);
	if (tell)
		*p = code;
}

bool send_codes_fit(struct client *c, size_t count)
{
	size_t len = 2 + (c->protocol >= 5 ? 1 : 0) + count;

	if (packet_header_len(len) + len <= c->max_packet)
		return true;
	client_fail(c, REASON_PACKET_TOO_LARGE,
		    "the answer is above the client's maximum packet size");
	return false;
}

static void send_codes(struct client *c, uint8_t first, uint16_t mid,
		       const uint8_t *codes, size_t count)
{
	size_t props = c->protocol >= 5 ? 1 : 0;
	uint8_t head[PACKET_HEADER_MAX + 3];
	size_t n = packet_put_header(head, first, 2 + props + count);

	put_u16(head + n, mid);
	head[n + 2] = 0;
	n += 2 + props;
	client_busy(c)->answers += n + count;
	stats.sent[first >> 4]++;
	outq_put(client_out(c), head, n);
	outq_put(client_out(c), codes, count);
	client_dirty(c);
}

void send_suback(struct client *c, uint16_t mid, const uint8_t *codes,
		 size_t count)
{
	send_codes(c, SUBACK, mid, codes, count);
}

void send_unsuback(struct client *c, uint16_t mid, const uint8_t *codes,
		   size_t count)
{
	send_codes(c, UNSUBACK, mid, codes, c->protocol >= 5 ? count : 0);
}

void send_disconnect(struct client *c, enum reason code, const char *what)
{
	uint8_t buf[REASON_STRING_MAX] = { DISCONNECT, 1, code };
	size_t len = 3;

	if (c->protocol < 5)
		return;
	if (c->problem_info) {
		len = put_reason_string(buf + 3, what) - buf;
		if (len > c->max_packet)
			len = 3;
		buf[1] = (uint8_t)(len - 2);
	}
	send_small(c, buf, len);
}

void send_pingresp(struct client *c)
{
	static const uint8_t pingresp[] = { PINGRESP, 0 };

	send_small(c, pingresp, sizeof(pingresp));
}

/* Longest head: fixed header, lengths, packet identifier, alias and expiry. */
#define PUBLISH_HEAD_MAX	(PACKET_HEADER_MAX + 2 + 2 + 4 + 3 + 5)

size_t publish_length(const struct client *c, const struct message *msg,
		      const struct subids *ids)
{
	size_t len = PUBLISH_HEAD_MAX + msg->topic_len + msg->payload_len;

	if (c->protocol >= 5)
		len += subids_len(ids) + msg->props_len;
	return len;
}

static void publish_sent(struct client *c)
{
	c->session->publish_sent++;
	stats.publish_sent++;
	client_dirty(c);
}

static void put_payload(struct client *c, struct message *msg)
{
	if (msg->payload_len < OUTQ_REF_MIN)
		outq_put(client_out(c), message_payload(msg), msg->payload_len);
	else
		outq_ref(client_out(c), msg, msg->payload_off, msg->payload_len);
}

/*
 * What has a lifetime may wait here. With QoS 0 it is dropped when that is over,
 * but not if it tells an alias; a delivery with an identifier has begun.
 */
static void mark_publish(struct client *c, const struct message *msg,
			 size_t queued, uint32_t off, bool keep)
{
	struct outq_mark mark = {
		.at = c->busy->out.taken + queued,
		.expires = msg->expires,
		.len = c->busy->out.bytes - queued,
		.off = off,
		.keep = keep,
	};

	outq_mark(client_out(c), &mark);
}

/* MQTT 5.0, 3.3.2: topic or its alias, packet identifier, properties. */
static bool send_publish5(struct client *c, struct message *msg, uint8_t flags,
			  uint16_t mid, const struct subids *ids)
{
	uint16_t topic_len = msg->topic_len;
	uint32_t ids_len = subids_len(ids);
	uint32_t props_len = ids_len + msg->props_len;
	uint8_t head[PUBLISH_HEAD_MAX];
	size_t queued = c->busy->out.bytes;
	uint32_t expiry_off;
	uint16_t alias = 0;
	bool give = false;
	uint64_t remaining;
	uint8_t *p;

	if (c->alias_max) {
		alias = alias_find(c, message_topic(msg), topic_len);
		if (alias) {
			topic_len = 0;
		} else {
			alias = alias_next(c);
			give = alias;
		}
	}
	if (alias)
		props_len += 3;
	if (msg->expires)
		props_len += 5;
	remaining = 2ull + topic_len + (mid ? 2 : 0) + varint_len(props_len) +
		    props_len + msg->payload_len;
	if (remaining > PACKET_REMAINING_MAX ||
	    packet_header_len(remaining) + remaining > c->max_packet)
		return false;
	p = head + packet_put_header(head, PUBLISH | flags, remaining);
	p = put_u16(p, topic_len);
	outq_put(client_out(c), head, p - head);
	outq_put(client_out(c), message_topic(msg), topic_len);
	p = head;
	if (mid)
		p = put_u16(p, mid);
	p = put_varint(p, props_len);
	if (alias)
		p = put_property_u16(p, PROP_TOPIC_ALIAS, alias);
	if (msg->expires)
		p = put_property_u32(p, PROP_MESSAGE_EXPIRY,
				     message_lifetime(msg));
	outq_put(client_out(c), head, p - head);
	/* it is the last thing in the head */
	expiry_off = c->busy->out.bytes - queued - 4;
	outq_put(client_out(c), message_props(msg), msg->props_len);
	if (ids_len)
		outq_put(client_out(c), ids->props, ids_len);
	put_payload(c, msg);
	if (unlikely(msg->expires))
		mark_publish(c, msg, queued, expiry_off, mid || give);
	if (give)
		alias_give(c, message_topic(msg), msg->topic_len);
	publish_sent(c);
	return true;
}

bool send_publish(struct client *c, struct message *msg, uint8_t flags,
		  uint16_t mid, const struct subids *ids)
{
	uint32_t remaining = 2 + msg->topic_len + (mid ? 2 : 0) +
			     msg->payload_len;
	size_t len = packet_header_len(remaining) + remaining;
	size_t queued = c->busy->out.bytes;

	if (c->protocol >= 5)
		return send_publish5(c, msg, flags, mid, ids);
	if (len <= OUTQ_ROOM_MAX) {
		uint8_t *p = outq_room(client_out(c), len);

		p += packet_put_header(p, PUBLISH | flags, remaining);
		/* the topic with its length is in the message as it is sent */
		memcpy(p, message_topic(msg) - 2, msg->topic_len + 2);
		p += msg->topic_len + 2;
		if (mid)
			p = put_u16(p, mid);
		memcpy(p, message_payload(msg), msg->payload_len);
	} else {
		uint8_t head[PACKET_HEADER_MAX + 2];
		size_t n = packet_put_header(head, PUBLISH | flags, remaining);

		put_u16(head + n, msg->topic_len);
		outq_put(client_out(c), head, n + 2);
		outq_put(client_out(c), message_topic(msg), msg->topic_len);
		if (mid)
			put_u16(outq_room(client_out(c), 2), mid);
		put_payload(c, msg);
	}
	if (unlikely(msg->expires) && !mid)
		mark_publish(c, msg, queued, 0, false);
	publish_sent(c);
	return true;
}
