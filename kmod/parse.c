// SPDX-License-Identifier: GPL-2.0
/* Pure C: no allocation, no kernel and no libc call. */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "parse.h"

/* Properties of a PUBLISH, MQTT 5.0 section 3.3.2.3. */
enum {
	MQTT_PROP_PAYLOAD_FORMAT	= 0x01,
	MQTT_PROP_MESSAGE_EXPIRY	= 0x02,
	MQTT_PROP_CONTENT_TYPE		= 0x03,
	MQTT_PROP_RESPONSE_TOPIC	= 0x08,
	MQTT_PROP_CORRELATION_DATA	= 0x09,
	MQTT_PROP_SUBSCRIPTION_ID	= 0x0b,
	MQTT_PROP_TOPIC_ALIAS		= 0x23,
	MQTT_PROP_USER_PROPERTY		= 0x26,
};

/* The fixed header. MQTT_PARSE_SLOW: its length is known. */
static inline enum mqtt_parse_result
mqtt_parse_fixed(const u8 *p, size_t n, struct mqtt_packet_head *h)
{
	u32 remaining, shift;
	size_t i;

	h->fixed_len = 0;
	h->topic_len = 0;
	if (n < 2) {
		h->first = n ? p[0] : 0;
		h->need = 2;
		return MQTT_PARSE_MORE;
	}
	h->first = p[0];

	remaining = p[1] & 0x7f;
	i = 1;
	for (shift = 7; p[i] & 0x80; shift += 7) {
		if (i == MQTT_FIXED_HEADER_MAX - 1)
			return MQTT_PARSE_BAD;
		if (++i == n) {
			h->need = n + 1;
			return MQTT_PARSE_MORE;
		}
		remaining |= (u32)(p[i] & 0x7f) << shift;
	}
	h->fixed_len = i + 1;
	h->len = h->fixed_len + remaining;
	return MQTT_PARSE_SLOW;
}

/* Is the fixed header that of a PUBLISH for the fast path? */
static inline bool mqtt_parse_is_fast(const u8 *p, u32 fast_max,
				      const struct mqtt_packet_head *h)
{
	return h->first == (MQTT_PUBLISH << 4) && h->len <= fast_max &&
	       (h->fixed_len == 2 || p[h->fixed_len - 1]);
}

/*
 * The topic, which is at the same place at all levels; @least bytes follow it.
 * Returns MQTT_PARSE_FAST if it is there.
 */
static inline enum mqtt_parse_result
mqtt_parse_topic(const u8 *p, size_t n, u32 topic_max, u32 least,
		 struct mqtt_packet_head *h)
{
	u32 off = h->fixed_len + 2, topic_len;

	if (h->len < off + least)
		return MQTT_PARSE_SLOW;
	if (n < off) {
		h->need = off;
		return MQTT_PARSE_MORE;
	}
	topic_len = (u32)p[off - 2] << 8 | p[off - 1];
	if (topic_len > topic_max || topic_len > h->len - off - least)
		return MQTT_PARSE_SLOW;
	h->topic_len = topic_len;
	if (n < off + topic_len) {
		h->need = off + topic_len;
		return MQTT_PARSE_MORE;
	}
	return MQTT_PARSE_FAST;
}

enum mqtt_parse_result mqtt_parse_head(const u8 *p, size_t n, u32 fast_max,
				       u32 topic_max,
				       struct mqtt_packet_head *h)
{
	enum mqtt_parse_result result = mqtt_parse_fixed(p, n, h);

	if (result != MQTT_PARSE_SLOW)
		return result;
	if (h->first == (MQTT_PINGREQ << 4) && h->len == 2)
		return MQTT_PARSE_PINGREQ;
	if (!mqtt_parse_is_fast(p, fast_max, h) || h->len < h->fixed_len + 3U)
		return MQTT_PARSE_SLOW;
	result = mqtt_parse_topic(p, n, topic_max, 0, h);
	/* [MQTT-4.7.3-1] */
	if (result == MQTT_PARSE_FAST && !h->topic_len)
		return MQTT_PARSE_SLOW;
	return result;
}

int mqtt_parse_varint(const u8 *p, size_t n, u32 *value)
{
	u32 v = 0, i;

	for (i = 0; i < 4; i++) {
		if (i == n)
			return 0;
		v |= (u32)(p[i] & 0x7f) << (7 * i);
		if (p[i] & 0x80)
			continue;
		if (i && !p[i])
			return -1;
		*value = v;
		return i + 1;
	}
	return -1;
}

/* Length of binary data or a string with its length, 0 if it does not fit. */
static u32 mqtt_parse_bytes(const u8 *p, u32 n)
{
	u32 len;

	if (n < 2)
		return 0;
	len = 2 + ((u32)p[0] << 8 | p[1]);
	return len <= n ? len : 0;
}

static u32 mqtt_parse_string(const u8 *p, u32 n)
{
	u32 len = mqtt_parse_bytes(p, n);

	return len && mqtt_utf8_valid(p + 2, len - 2) ? len : 0;
}

/* The value of property @id at @off. Returns its length, 0 if it is not valid. */
static u32 mqtt_parse_value(const u8 *p, u32 n, u8 id, u32 off,
			    struct mqtt_packet_head *h)
{
	u32 name, len;

	switch (id) {
	case MQTT_PROP_PAYLOAD_FORMAT:
		if (!n || p[0] > 1)
			return 0;
		h->format = p[0];
		return 1;
	case MQTT_PROP_MESSAGE_EXPIRY:
		if (n < 4)
			return 0;
		h->expiry_off = off;
		h->expiry = (u32)p[0] << 24 | (u32)p[1] << 16 |
			    (u32)p[2] << 8 | p[3];
		return 4;
	case MQTT_PROP_CONTENT_TYPE:
		return mqtt_parse_string(p, n);
	case MQTT_PROP_RESPONSE_TOPIC:
		/* No wildcards [MQTT-3.3.2-14]. */
		len = mqtt_parse_bytes(p, n);
		return len && mqtt_topic_name_valid(p + 2, len - 2) ? len : 0;
	case MQTT_PROP_CORRELATION_DATA:
		return mqtt_parse_bytes(p, n);
	case MQTT_PROP_TOPIC_ALIAS:
		if (n < 2)
			return 0;
		h->alias = (u16)p[0] << 8 | p[1];
		h->alias_off = off - 1;
		/* 0 is not permitted [MQTT-3.3.2-8]. */
		return h->alias ? 2 : 0;
	case MQTT_PROP_USER_PROPERTY:
		name = mqtt_parse_string(p, n);
		len = name ? mqtt_parse_string(p + name, n - name) : 0;
		return len ? name + len : 0;
	default:
		/* Subscription Identifiers are a server's [MQTT-3.3.4-6]. */
		return 0;
	}
}

static bool mqtt_parse_properties(const u8 *p, struct mqtt_packet_head *h)
{
	u32 off = h->props_off, end = off + h->props_len, len;
	u64 seen = 0;

	h->format = 0;
	h->alias = 0;
	h->expiry_off = 0;
	h->expiry = 0;
	while (off < end) {
		u8 id = p[off++];

		/* Only User Property may come more than once. */
		if (id > 63 || (seen >> id & 1 &&
				id != MQTT_PROP_USER_PROPERTY))
			return false;
		seen |= 1ULL << id;
		len = mqtt_parse_value(p + off, end - off, id, off, h);
		if (!len)
			return false;
		off += len;
	}
	return true;
}

/* Well-formed as Unicode has it: unlike in strings, U+0000 is data. */
static bool mqtt_parse_payload(const u8 *p, u32 n)
{
	u32 i, from = 0;

	for (i = 0; i <= n; i++) {
		if (i < n && p[i])
			continue;
		if (!mqtt_utf8_valid(p + from, i - from))
			return false;
		from = i + 1;
	}
	return true;
}

/* Topic and properties of a PUBLISH. Returns MQTT_PARSE_FAST if they are valid. */
static enum mqtt_parse_result mqtt_parse_publish5(const u8 *p, size_t n,
						  u32 topic_max,
						  struct mqtt_packet_head *h)
{
	u32 id_len = h->first & MQTT_PUBLISH_QOS ? 2 : 0, off, left;
	enum mqtt_parse_result result;
	int len;

	/* A packet identifier, and the length of the properties. */
	result = mqtt_parse_topic(p, n, topic_max, id_len + 1, h);
	if (result != MQTT_PARSE_FAST)
		return result;
	off = h->fixed_len + 2 + h->topic_len + id_len;
	left = h->len - off;
	if (n <= off) {
		h->need = off + 1;
		return MQTT_PARSE_MORE;
	}
	len = mqtt_parse_varint(p + off, n - off < left ? n - off : left,
				&h->props_len);
	if (!len && n < h->len) {
		h->need = n + 1;
		return MQTT_PARSE_MORE;
	}
	if (len <= 0 || h->props_len > left - len)
		return MQTT_PARSE_SLOW;
	if (h->props_len > MQTT_PROPERTIES_MAX) {
		h->slow = MQTT_SLOW_PROPERTIES;
		return MQTT_PARSE_SLOW;
	}
	h->props_off = off + len;
	off = h->props_off + h->props_len;
	if (n < off) {
		h->need = off;
		return MQTT_PARSE_MORE;
	}
	if (!mqtt_parse_properties(p, h) || (!h->topic_len && !h->alias))
		return MQTT_PARSE_SLOW;
	h->hidden = false;
	return MQTT_PARSE_FAST;
}

enum mqtt_parse_result mqtt_parse_head5(const u8 *p, size_t n, u32 fast_max,
					u32 topic_max,
					struct mqtt_packet_head *h)
{
	enum mqtt_parse_result result = mqtt_parse_fixed(p, n, h);
	u32 off;

	h->slow = MQTT_SLOW_OTHER;
	h->hidden = true;
	if (result != MQTT_PARSE_SLOW)
		return result;
	if (h->first == (MQTT_PINGREQ << 4) && h->len == 2)
		return MQTT_PARSE_PINGREQ;
	if (h->first >> 4 != MQTT_PUBLISH || !fast_max ||
	    (h->first & MQTT_PUBLISH_QOS) == MQTT_PUBLISH_QOS)
		return MQTT_PARSE_SLOW;
	result = mqtt_parse_publish5(p, n, topic_max, h);
	/* Whether it is too long is to be seen before it is all there. */
	if (result == MQTT_PARSE_MORE && h->len > fast_max)
		return MQTT_PARSE_SLOW;
	if (result != MQTT_PARSE_FAST)
		return result;
	if (!mqtt_parse_is_fast(p, fast_max, h))
		return MQTT_PARSE_SLOW;
	if (!h->format)
		return MQTT_PARSE_FAST;
	if (n < h->len && h->len <= MQTT_GATHER_MAX) {
		h->need = h->len;
		return MQTT_PARSE_MORE;
	}
	off = h->props_off + h->props_len;
	if (n < h->len)
		h->slow = MQTT_SLOW_PAYLOAD;
	else if (mqtt_parse_payload(p + off, h->len - off))
		return MQTT_PARSE_FAST;
	return MQTT_PARSE_SLOW;
}

/* Length of the value of property @id, 0 if it does not fit. */
static u32 mqtt_parse_skip(const u8 *p, u32 n, u8 id)
{
	u32 len, value;
	int varint;

	switch (id) {
	case MQTT_PROP_PAYLOAD_FORMAT:
		return 1;
	case MQTT_PROP_MESSAGE_EXPIRY:
		return 4;
	case MQTT_PROP_TOPIC_ALIAS:
		return 2;
	case MQTT_PROP_SUBSCRIPTION_ID:
		varint = mqtt_parse_varint(p, n, &value);
		return varint > 0 ? varint : 0;
	case MQTT_PROP_USER_PROPERTY:
		len = mqtt_parse_bytes(p, n);
		return len ? len + mqtt_parse_bytes(p + len, n - len) : 0;
	default:
		return mqtt_parse_bytes(p, n);
	}
}

u32 mqtt_parse_expiry(const u8 *p, u32 n)
{
	struct mqtt_packet_head h;
	u32 off, end, props_len, len;
	int varint;

	if (mqtt_parse_fixed(p, n, &h) != MQTT_PARSE_SLOW ||
	    mqtt_parse_topic(p, n, n, 1, &h) != MQTT_PARSE_FAST)
		return 0;
	if (n > h.len)
		n = h.len;
	off = h.fixed_len + 2 + h.topic_len;
	varint = mqtt_parse_varint(p + off, n - off, &props_len);
	if (varint <= 0 || props_len > n - off - varint)
		return 0;
	off += varint;
	for (end = off + props_len; off < end; off += len) {
		u8 id = p[off++];

		len = mqtt_parse_skip(p + off, end - off, id);
		if (!len || len > end - off)
			return 0;
		if (id == MQTT_PROP_MESSAGE_EXPIRY)
			return off;
	}
	return 0;
}

bool mqtt_parse_gates(u8 first)
{
	switch (first >> 4) {
	case MQTT_PUBACK:
	case MQTT_PUBREC:
	case MQTT_PUBREL:
	case MQTT_PUBCOMP:
	case MQTT_PINGREQ:
		return false;
	default:
		return true;
	}
}

bool mqtt_utf8_valid(const u8 *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		u8 c = s[i++];
		u32 cp, min;
		int more;

		if (c < 0x80) {
			if (!c)
				return false;
			continue;
		}
		if (c >= 0xc2 && c <= 0xdf) {
			cp = c & 0x1f;
			more = 1;
			min = 0x80;
		} else if (c >= 0xe0 && c <= 0xef) {
			cp = c & 0x0f;
			more = 2;
			min = 0x800;
		} else if (c >= 0xf0 && c <= 0xf4) {
			cp = c & 0x07;
			more = 3;
			min = 0x10000;
		} else {
			return false;
		}
		for (; more; more--) {
			if (i == n || (s[i] & 0xc0) != 0x80)
				return false;
			cp = cp << 6 | (s[i++] & 0x3f);
		}
		if (cp < min || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
			return false;
	}
	return true;
}

bool mqtt_topic_name_valid(const u8 *s, size_t n)
{
	size_t i;

	if (!n)
		return false;
	for (i = 0; i < n; i++)
		if (s[i] == '+' || s[i] == '#')
			return false;
	return mqtt_utf8_valid(s, n);
}
