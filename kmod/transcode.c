// SPDX-License-Identifier: GPL-2.0
/* Pure C: no allocation, no kernel and no libc call. */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "transcode.h"

/* Writes one packet. Returns its new length; *used is its old one. */
static u32 mqtt_transcode_one(struct mqtt_transcode *t, const u8 *p,
			      u32 n, u8 *dst, u32 *used)
{
	u32 props_len = 0, head, off, remaining, total, fixed, payload;
	struct mqtt_packet_head h;
	int len = 0;

	/* Limits of 0: only the length is of interest. */
	mqtt_parse_head(p, n, 0, 0, &h);
	*used = h.len;
	head = 2 + ((u32)p[h.fixed_len] << 8 | p[h.fixed_len + 1]);
	off = h.fixed_len + head;
	if (t->from5)
		len = mqtt_parse_varint(p + off, h.len - off, &props_len);
	payload = h.len - off - len - props_len;

	remaining = head + payload;
	if (t->to5)
		remaining += mqtt_varint_len(props_len + t->ids_len) +
			     props_len + t->ids_len;
	total = remaining;
	fixed = 1 + mqtt_varint_len(remaining);
	if (fixed + remaining > t->longest)
		t->longest = fixed + remaining;
	t->payload_off = p - t->src + h.len - payload;
	if (t->heads) {
		remaining -= payload;
		payload = 0;
	}
	if (!dst)
		return fixed + remaining;

	*dst++ = h.first;
	dst += mqtt_varint_put(dst, total);
	memcpy(dst, p + h.fixed_len, head);
	dst += head;
	off += len;
	if (t->to5) {
		dst += mqtt_varint_put(dst, props_len + t->ids_len);
		memcpy(dst, p + off, props_len);
		dst += props_len;
		if (t->ids_len)
			memcpy(dst, t->ids, t->ids_len);
		dst += t->ids_len;
	}
	memcpy(dst, p + off + props_len, payload);
	return fixed + remaining;
}

u32 mqtt_transcode(struct mqtt_transcode *t, u8 *dst)
{
	u32 off, used, len, total = 0;

	t->longest = 0;
	for (off = 0; off < t->len; off += used) {
		len = mqtt_transcode_one(t, t->src + off, t->len - off,
					 dst ? dst + total : NULL, &used);
		total += len;
	}
	return total;
}

/* Copies properties from *off up to @to. Returns how many bytes. */
static u32 mqtt_transcode_props(u8 *dst, const u8 *p, u32 *off, u32 to,
				u32 next)
{
	u32 n = to - *off;

	memcpy(dst, p + *off, n);
	*off = next;
	return n;
}

u32 mqtt_transcode_alias(const u8 *p, const struct mqtt_packet_head *h,
			 const u8 *topic, u32 topic_len, u8 *dst)
{
	/* An identifier with two bytes, and one with four. */
	u32 alias = h->alias_off, alias_end = alias + 3;
	u32 expiry = h->expiry_off - 1, expiry_end = expiry + 5;
	u32 off = h->props_off, end = off + h->props_len;
	u32 props_len = h->props_len - 3;
	u32 remaining = 2 + topic_len + mqtt_varint_len(props_len) +
			props_len + h->len - end;
	u8 *from = dst;

	if (!dst)
		return 1 + mqtt_varint_len(remaining) + remaining -
		       (h->len - end);
	*dst++ = h->first;
	dst += mqtt_varint_put(dst, remaining);
	*dst++ = topic_len >> 8;
	*dst++ = topic_len;
	memcpy(dst, topic, topic_len);
	dst += topic_len;
	dst += mqtt_varint_put(dst, props_len);
	if (h->expiry_off) {
		memcpy(dst, p + expiry, 5);
		dst += 5;
	}
	if (h->expiry_off && expiry < alias)
		dst += mqtt_transcode_props(dst, p, &off, expiry, expiry_end);
	dst += mqtt_transcode_props(dst, p, &off, alias, alias_end);
	if (h->expiry_off && expiry > alias)
		dst += mqtt_transcode_props(dst, p, &off, expiry, expiry_end);
	dst += mqtt_transcode_props(dst, p, &off, end, end);
	return dst - from;
}
