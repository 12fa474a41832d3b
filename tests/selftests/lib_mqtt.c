// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "lib_mqtt.h"
#include "lib_world.h"
#include "parse.h"

void buf_add(struct buf *b, const void *p, size_t len)
{
	if (b->cap - b->len < len) {
		b->cap = 2 * b->cap + len + 64;
		b->p = realloc(b->p, b->cap);
		if (!b->p)
			die("no memory for %zu bytes", b->cap);
	}
	if (!len)
		return;
	if (p)
		memcpy(b->p + b->len, p, len);
	else
		memset(b->p + b->len, 0, len);
	b->len += len;
}

void buf_free(struct buf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

void buf_header(struct buf *b, uint8_t first, uint32_t remaining)
{
	uint8_t h[MQTT_FIXED_HEADER_MAX];
	size_t n = 0;

	h[n++] = first;
	do {
		h[n++] = (remaining & 0x7f) | (remaining > 0x7f ? 0x80 : 0);
		remaining >>= 7;
	} while (remaining);
	buf_add(b, h, n);
}

static void buf_pattern(struct buf *b, size_t len, uint32_t seed)
{
	uint32_t x = seed * 2654435761u + 1;
	size_t start = b->len, i;

	buf_add(b, NULL, len);
	for (i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		b->p[start + i] = x >> 24;
	}
}

void buf_publish_raw(struct buf *b, uint8_t first, const char *topic, size_t topic_len,
		     const void *payload, size_t len, uint32_t seed)
{
	uint8_t topic_size[2] = { topic_len >> 8, topic_len };
	static const uint8_t pid[2] = { 0, 1 };

	buf_header(b, first, 2 + topic_len + (first & MQTT_PUBLISH_QOS ? 2 : 0) + len);
	buf_add(b, topic_size, 2);
	buf_add(b, topic, topic_len);
	if (first & MQTT_PUBLISH_QOS)
		buf_add(b, pid, 2);
	if (payload)
		buf_add(b, payload, len);
	else
		buf_pattern(b, len, seed);
}

void buf_publish(struct buf *b, const char *topic, size_t len, uint32_t seed)
{
	buf_publish_raw(b, MQTT_PUBLISH << 4, topic, strlen(topic), NULL, len, seed);
}

void buf_publish5(struct buf *b, const char *topic, const void *props, size_t props_len,
		  size_t len, uint32_t seed)
{
	size_t topic_len = strlen(topic);
	uint8_t topic_size[2] = { topic_len >> 8, topic_len };
	uint8_t size[4];
	uint32_t n = mqtt_varint_put(size, props_len);

	buf_header(b, MQTT_PUBLISH << 4, 2 + topic_len + n + props_len + len);
	buf_add(b, topic_size, 2);
	buf_add(b, topic, topic_len);
	buf_add(b, size, n);
	if (props_len)
		buf_add(b, props, props_len);
	buf_pattern(b, len, seed);
}

void buf_puback(struct buf *b, uint16_t pid)
{
	const uint8_t packet[PUBACK_LEN] = { MQTT_PUBACK << 4, 2, pid >> 8, pid };

	buf_add(b, packet, sizeof(packet));
}

void buf_subscribe(struct buf *b, uint16_t pid, const char *filter)
{
	size_t len = strlen(filter);
	const uint8_t head[4] = { pid >> 8, pid, len >> 8, len };

	buf_header(b, MQTT_SUBSCRIBE << 4 | 2, 2 + 2 + len + 1);
	buf_add(b, head, sizeof(head));
	buf_add(b, filter, len);
	buf_add(b, NULL, 1);
}

void buf_pingreq(struct buf *b)
{
	static const uint8_t packet[PINGREQ_LEN] = { MQTT_PINGREQ << 4, 0 };

	buf_add(b, packet, sizeof(packet));
}

const uint8_t *packets_next(struct packets *s, size_t *len)
{
	const uint8_t *p = s->p;
	struct mqtt_packet_head h;

	mqtt_parse_head(s->p, s->left, 0, 0, &h);
	if (!h.fixed_len || h.len > s->left)
		return NULL;
	*len = h.len;
	s->p += h.len;
	s->left -= h.len;
	return p;
}
