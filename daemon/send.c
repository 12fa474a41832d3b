// SPDX-License-Identifier: GPL-2.0
#include "send.h"

#include <string.h>

#include "client.h"
#include "packet.h"
#include "session.h"
#include "stats.h"

void send_connack(struct client *c, bool present, uint8_t code)
{
	uint8_t *p = outq_room(&c->out, 4);

	p[0] = CONNACK;
	p[1] = 2;
	p[2] = present;
	p[3] = code;
	client_dirty(c);
}

void send_ack(struct client *c, uint8_t first, uint16_t mid)
{
	uint8_t *p = outq_room(&c->out, 4);

	c->answers += 4;
	p[0] = first;
	p[1] = 2;
	put_u16(p + 2, mid);
	client_dirty(c);
}

void send_suback(struct client *c, uint16_t mid, const uint8_t *codes,
		 size_t count)
{
	uint8_t head[PACKET_HEADER_MAX + 2];
	size_t n = packet_put_header(head, SUBACK, 2 + count);

	put_u16(head + n, mid);
	c->answers += n + 2 + count;
	outq_put(&c->out, head, n + 2);
	outq_put(&c->out, codes, count);
	client_dirty(c);
}

void send_pingresp(struct client *c)
{
	uint8_t *p = outq_room(&c->out, 2);

	c->answers += 2;
	p[0] = PINGRESP;
	p[1] = 0;
	client_dirty(c);
}

void send_publish(struct client *c, struct message *msg, uint8_t flags,
		  uint16_t mid)
{
	bool qos = flags >> PUBLISH_QOS_SHIFT & 3;
	uint32_t remaining = 2 + msg->topic_len + (qos ? 2 : 0) +
			     msg->payload_len;
	uint8_t head[PACKET_HEADER_MAX + 2];
	size_t n = packet_put_header(head, PUBLISH | flags, remaining);
	size_t len = n + remaining;

	put_u16(head + n, msg->topic_len);
	if (len <= OUTQ_ROOM_MAX) {
		uint8_t *p = outq_room(&c->out, len);

		memcpy(p, head, n + 2);
		p += n + 2;
		memcpy(p, message_topic(msg), msg->topic_len);
		p += msg->topic_len;
		if (qos)
			p = put_u16(p, mid);
		memcpy(p, message_payload(msg), msg->payload_len);
	} else {
		outq_put(&c->out, head, n + 2);
		outq_put(&c->out, message_topic(msg), msg->topic_len);
		if (qos)
			put_u16(outq_room(&c->out, 2), mid);
		if (msg->payload_len < OUTQ_REF_MIN)
			outq_put(&c->out, message_payload(msg),
				 msg->payload_len);
		else
			outq_ref(&c->out, msg, msg->payload_off,
				 msg->payload_len);
	}
	c->session->publish_sent++;
	stats.publish_sent++;
	client_dirty(c);
}
