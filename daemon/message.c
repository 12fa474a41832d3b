// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "packet.h"

static uint64_t count;
static uint64_t payload_bytes;

struct message *message_new(const char *topic, uint16_t topic_len,
			    const void *payload, uint32_t payload_len,
			    uint8_t qos)
{
	uint32_t remaining = 2 + topic_len + payload_len;
	size_t hlen = packet_header_len(remaining);
	struct message *msg = malloc(sizeof(*msg) + hlen + remaining);
	uint8_t *p;

	if (!msg)
		return NULL;
	msg->refs = 1;
	msg->frame_len = hlen + remaining;
	msg->topic_off = hlen + 2;
	msg->topic_len = topic_len;
	msg->payload_off = hlen + 2 + topic_len;
	msg->payload_len = payload_len;
	msg->qos = qos;
	msg->store_refs = 0;
	msg->store_id = 0;
	count++;
	payload_bytes += payload_len;
	p = msg->frame + packet_put_header(msg->frame, PUBLISH, remaining);
	p = put_u16(p, topic_len);
	memcpy(p, topic, topic_len);
	if (payload_len)
		memcpy(p + topic_len, payload, payload_len);
	return msg;
}

struct message *message_new_run(const void *frames, uint32_t len)
{
	struct message *msg = malloc(sizeof(*msg) + len);

	if (!msg)
		return NULL;
	memset(msg, 0, sizeof(*msg));
	msg->refs = 1;
	msg->frame_len = len;
	memcpy(msg->frame, frames, len);
	return msg;
}

void message_put(struct message *msg)
{
	if (!msg || --msg->refs)
		return;
	/* runs have no topic of their own, and are not counted */
	if (msg->topic_len) {
		count--;
		payload_bytes -= msg->payload_len;
	}
	free(msg);
}

uint64_t messages_count(uint64_t *bytes)
{
	*bytes = payload_bytes;
	return count;
}
