// SPDX-License-Identifier: GPL-2.0
/*
 * Packet decoder, at both protocol levels. First byte: the level and how much
 * of the rest has arrived at first. The module must never take for valid what
 * the daemon refuses.
 */
#include <stdlib.h>

#include "packet.h"
#include "parse.h"
#include "property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FAST_MAX	4096
#define TOPIC_MAX	256

static void need(bool condition)
{
	if (!condition)
		abort();
}

/* A payload, unlike a string, may have U+0000 in it. */
static void check_text(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *nul;

	for (; (nul = memchr(p, 0, end - p)); p = nul + 1)
		need(utf8_valid(p, nul - p));
	need(utf8_valid(p, end - p));
}

static void check_fast(const uint8_t *p, size_t n, bool five,
		       const struct mqtt_packet_head *h)
{
	struct properties props;
	struct reader r;
	uint16_t len;

	need(h->fixed_len && h->len <= FAST_MAX && h->topic_len <= TOPIC_MAX);
	need((p[0] & 0xf0) == PUBLISH);
	if (n < h->len)
		return;
	/* whether the topic is valid is seen from there being a flow for it */
	need(h->topic_len || (five && h->alias));
	r = (struct reader){ .p = p + h->fixed_len, .end = p + h->len };
	need(read_bytes(&r, &len) && len == h->topic_len);
	if (!five)
		return;
	need(read_properties(&r, PUBLISH, &props) == REASON_SUCCESS);
	need(props.topic_alias == h->alias);
	need(property_present(&props, PROP_MESSAGE_EXPIRY) == !!h->expiry_off);
	need(!h->expiry_off || props.message_expiry == h->expiry);
	need(mqtt_parse_expiry(p, h->len) == h->expiry_off);
	need(props.raw_len == h->props_len);
	need(props.raw == p + h->props_off);
	if (props.payload_format)
		check_text(r.p, r.end);
}

static void check_slow(const uint8_t *p, const struct mqtt_packet_head *h)
{
	struct properties props;
	struct reader r = { .p = p + h->fixed_len, .end = p + h->len };
	uint16_t len;

	need((p[0] & 0xf0) == PUBLISH);
	need(read_bytes(&r, &len) && len == h->topic_len);
	if (p[0] & 6)
		read_u16(&r);
	need(read_properties(&r, PUBLISH, &props) == REASON_SUCCESS);
	need(props.topic_alias == h->alias);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum mqtt_parse_result result, early;
	struct mqtt_packet_head h, part;
	uint32_t remaining;
	uint8_t *p;
	bool five;
	size_t n;
	int len;

	if (!size)
		return 0;
	five = data[0] & 1;
	n = size - 1;
	/* of its own size, so that a read beyond it is seen */
	p = malloc(n ? n : 1);
	memcpy(p, data + 1, n);

	result = five ? mqtt_parse_head5(p, n, FAST_MAX, TOPIC_MAX, &h) :
			mqtt_parse_head(p, n, FAST_MAX, TOPIC_MAX, &h);
	len = packet_header(p, n, &remaining);
	if (result == MQTT_PARSE_MORE)
		need(h.need > n);
	/* an alias that is said to be seen is what the daemon sees */
	if (five && result == MQTT_PARSE_SLOW && !h.hidden && n >= h.len)
		check_slow(p, &h);
	if (result == MQTT_PARSE_FAST)
		check_fast(p, n, five, &h);
	if (h.fixed_len && len > 0 && result != MQTT_PARSE_BAD)
		need(len == h.fixed_len && h.len == len + remaining);

	/* what is decided early stays decided */
	n = n ? (data[0] >> 1) % n : 0;
	early = five ? mqtt_parse_head5(p, n, FAST_MAX, TOPIC_MAX, &part) :
		       mqtt_parse_head(p, n, FAST_MAX, TOPIC_MAX, &part);
	need(early == MQTT_PARSE_MORE || early == result);
	need(mqtt_parse_expiry(p, n) <= n);
	need(utf8_valid(p, size - 1) == mqtt_utf8_valid(p, size - 1));
	free(p);
	return 0;
}
