// SPDX-License-Identifier: GPL-2.0
/* Pure C: no allocation, no kernel and no libc call. */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "parse.h"

enum mqtt_parse_result mqtt_parse_head(const u8 *p, size_t n, u32 fast_max,
				       u32 topic_max,
				       struct mqtt_packet_head *h)
{
	u32 remaining, shift;
	size_t i;

	h->fixed_len = 0;
	h->topic_len = 0;
	if (n < 2) {
		h->first = n ? p[0] : 0;
		return MQTT_PARSE_MORE;
	}
	h->first = p[0];

	remaining = p[1] & 0x7f;
	i = 1;
	for (shift = 7; p[i] & 0x80; shift += 7) {
		if (i == MQTT_FIXED_HEADER_MAX - 1)
			return MQTT_PARSE_BAD;
		if (++i == n)
			return MQTT_PARSE_MORE;
		remaining |= (u32)(p[i] & 0x7f) << shift;
	}
	h->fixed_len = i + 1;
	h->len = h->fixed_len + remaining;

	if (h->first == (MQTT_PINGREQ << 4) && h->len == 2)
		return MQTT_PARSE_PINGREQ;
	if (h->first != (MQTT_PUBLISH << 4))
		return MQTT_PARSE_SLOW;
	if (i > 1 && !p[i])
		return MQTT_PARSE_SLOW;
	if (h->len > fast_max || remaining < 3)
		return MQTT_PARSE_SLOW;
	if (n < h->fixed_len + 2U)
		return MQTT_PARSE_MORE;

	h->topic_len = (u16)p[h->fixed_len] << 8 | p[h->fixed_len + 1];
	if (!h->topic_len || h->topic_len > topic_max ||
	    h->topic_len > remaining - 2) {
		h->topic_len = 0;
		return MQTT_PARSE_SLOW;
	}
	if (n < (size_t)h->fixed_len + 2 + h->topic_len)
		return MQTT_PARSE_MORE;
	return MQTT_PARSE_FAST;
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
