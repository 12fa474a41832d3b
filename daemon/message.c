// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "packet.h"
#include "pool.h"
#include "property.h"

/*
 * Memory of messages that are gone, by size: up to 512 bytes in the steps that malloc() has,
 * then in 16 steps to each power of two. What is longer than a run is not kept.
 */
#define STEP		16u
#define EVEN_MAX	512u
#define EVEN_CLASSES	(EVEN_MAX / STEP)
#define CLASSES		(EVEN_CLASSES + 6 * 16)
#define CLASS_BYTES	(128u << 10)

static struct pool pool[CLASSES];
static uint64_t count;
static uint64_t payload_bytes;

/* Sets @size to what messages of its class have. Returns the class, CLASSES if there is none. */
static unsigned int size_class(size_t *size)
{
	size_t last = *size - 1;
	unsigned int shift, step;

	if (last < EVEN_MAX) {
		*size = (last | (STEP - 1)) + 1;
		return last / STEP;
	}
	if (last >= EVEN_MAX << 6)
		return CLASSES;
	shift = 31 - __builtin_clz(last / EVEN_MAX);
	step = last / (EVEN_MAX / 16 << shift);
	*size = (step + 1) * (EVEN_MAX / 16 << shift);
	return EVEN_CLASSES + shift * 16 + step - 16;
}

static struct message *message_alloc(size_t size)
{
	unsigned int class = size_class(&size);
	struct message *msg = class < CLASSES ? pool_get(&pool[class]) : NULL;

	return msg ? msg : malloc(size);
}

static void message_free(struct message *msg)
{
	size_t size = message_size(msg);
	unsigned int class = size_class(&size);

	if (class == CLASSES || !pool_put(&pool[class], msg, CLASS_BYTES / size))
		free(msg);
}

void messages_exit(void)
{
	unsigned int class;

	for (class = 0; class < CLASSES; class++)
		pool_exit(&pool[class]);
}

struct message *message_new(const char *topic, uint16_t topic_len,
			    const void *payload, uint32_t payload_len,
			    uint8_t qos, const struct properties *props)
{
	uint32_t remaining = 2 + topic_len + payload_len;
	size_t hlen = packet_header_len(remaining);
	uint32_t props_len = props ? properties_forwardable_len(props) : 0;
	struct message *msg = message_alloc(sizeof(*msg) + hlen + remaining + props_len);
	uint8_t *p;

	if (!msg)
		return NULL;
	msg->refs = 1;
	msg->frame_len = hlen + remaining;
	msg->topic_off = hlen + 2;
	msg->topic_len = topic_len;
	msg->payload_off = hlen + 2 + topic_len;
	msg->payload_len = payload_len;
	msg->props_len = props_len;
	msg->expires = 0;
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
	if (!props)
		return msg;
	if (property_present(props, PROP_MESSAGE_EXPIRY))
		msg->expires = loop_now() + 1000ull * props->message_expiry;
	properties_put_forwardable(p + topic_len + payload_len, props);
	return msg;
}

struct message *message_new_room(uint32_t len)
{
	struct message *msg = message_alloc(sizeof(*msg) + len);

	if (!msg)
		return NULL;
	memset(msg, 0, sizeof(*msg));
	msg->refs = 1;
	msg->frame_len = len;
	return msg;
}

struct message *message_new_run(const void *frames, uint32_t len)
{
	struct message *msg = message_new_room(len);

	if (msg)
		memcpy(msg->frame, frames, len);
	return msg;
}

uint32_t message_lifetime(const struct message *msg)
{
	uint64_t now = loop_now();

	/* a packet sent again keeps its place, however late it is */
	return msg->expires > now ? (msg->expires - now + 999) / 1000 : 0;
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
	message_free(msg);
}

uint64_t messages_count(uint64_t *bytes)
{
	*bytes = payload_bytes;
	return count;
}

uint8_t *message_encode5(const struct message *msg, uint32_t *len)
{
	uint32_t props_len = msg->props_len + (msg->expires ? 5 : 0);
	uint64_t remaining = 2ull + msg->topic_len + varint_len(props_len) +
			     props_len + msg->payload_len;
	uint8_t *packet, *p;

	if (remaining > PACKET_REMAINING_MAX)
		return NULL;
	*len = packet_header_len(remaining) + remaining;
	packet = malloc(*len);
	if (!packet)
		return NULL;
	p = packet + packet_put_header(packet, PUBLISH, remaining);
	p = put_u16(p, msg->topic_len);
	memcpy(p, message_topic(msg), msg->topic_len);
	p = put_varint(p + msg->topic_len, props_len);
	if (msg->expires)
		p = put_property_u32(p, PROP_MESSAGE_EXPIRY,
				     message_lifetime(msg));
	memcpy(p, message_props(msg), msg->props_len);
	p += msg->props_len;
	memcpy(p, message_payload(msg), msg->payload_len);
	return packet;
}
