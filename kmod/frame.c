// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "frame.h"
#include "parse.h"

/* Slab memory cannot be shared with TCP: its pages are not ours to reference. */
static struct mqtt_frame *mqtt_frame_pages(u32 cap)
{
	unsigned int order = get_order(sizeof(struct mqtt_frame) + cap);
	struct page *page;

	if (order > PAGE_ALLOC_COSTLY_ORDER)
		return NULL;
	page = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN |
			   __GFP_COMP, order);
	return page ? page_address(page) : NULL;
}

static struct mqtt_frame *mqtt_frame_init(struct mqtt_frame *frame, u32 cap,
					  bool pages)
{
	frame->pages = pages;
	refcount_set(&frame->ref, 1);
	frame->len = 0;
	frame->cap = cap;
	frame->nr = 0;
	frame->longest = 0;
	frame->group = 0;
	frame->level = 0;
	frame->variants = NULL;
	frame->seek_nr = 0;
	frame->seek_off = 0;
	frame->member = 0;
	frame->expires = false;
	frame->to_port = false;
	frame->body = NULL;
	frame->body_off = 0;
	INIT_LIST_HEAD(&frame->node);
	frame->flow = NULL;
	return frame;
}

struct mqtt_frame *mqtt_frame_alloc(u32 cap)
{
	struct mqtt_frame *frame = NULL;

	if (cap >= mqtt_param_share_min)
		frame = mqtt_frame_pages(cap);
	if (frame)
		return mqtt_frame_init(frame, cap, true);
	frame = kvmalloc(sizeof(*frame) + cap, GFP_KERNEL_ACCOUNT |
			 __GFP_NORETRY | __GFP_NOWARN);
	return frame ? mqtt_frame_init(frame, cap, false) : NULL;
}

struct mqtt_frame *mqtt_frame_alloc_body(u32 cap, struct mqtt_frame *body,
					 u32 off)
{
	struct mqtt_frame *frame = mqtt_frame_pages(cap);

	if (!frame)
		return NULL;
	mqtt_frame_init(frame, cap, true);
	frame->body = mqtt_frame_get(body);
	frame->body_off = off;
	frame->len = body->len - off;
	return frame;
}

struct mqtt_frame *mqtt_frame_trim(struct mqtt_frame *frame)
{
	struct mqtt_frame *copy;

	if (frame->cap < 1024 || frame->len > frame->cap / 2)
		return frame;
	copy = mqtt_frame_alloc(frame->len);
	if (!copy)
		return frame;
	memcpy(copy->data, frame->data, frame->len);
	copy->len = frame->len;
	copy->nr = frame->nr;
	copy->longest = frame->longest;
	mqtt_frame_inherit(copy, frame);
	copy->flow = frame->flow;
	frame->flow = NULL;
	mqtt_frame_put(frame);
	return copy;
}

struct mqtt_frame *mqtt_frame_packet(struct mqtt_frame *frame, u32 nr)
{
	struct mqtt_frame *copy;
	struct mqtt_packet_head h;

	if (frame->nr == 1) {
		refcount_inc(&frame->ref);
		return frame;
	}
	if (nr < frame->seek_nr) {
		frame->seek_nr = 0;
		frame->seek_off = 0;
	}
	for (;; frame->seek_nr++, frame->seek_off += h.len) {
		/* Limits of 0: only the length is of interest. */
		mqtt_parse_head(frame->data + frame->seek_off,
				frame->len - frame->seek_off, 0, 0, &h);
		if (frame->seek_nr == nr)
			break;
	}
	copy = kmalloc(struct_size(copy, data, h.len),
		       GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!copy)
		return NULL;
	*copy = (struct mqtt_frame) {
		.len = h.len,
		.cap = h.len,
		.nr = 1,
		.longest = h.len,
	};
	mqtt_frame_inherit(copy, frame);
	refcount_set(&copy->ref, 1);
	memcpy(copy->data, frame->data + frame->seek_off, h.len);
	return copy;
}

u32 mqtt_frame_waited(const struct mqtt_frame *frame)
{
	return min_t(u64, div_u64(get_jiffies_64() - frame->arrived, HZ),
		     U32_MAX - 1);
}

struct mqtt_frame *mqtt_frame_aged(const struct mqtt_frame *frame, u32 off,
				   u32 len, u32 waited)
{
	__be32 left = cpu_to_be32(frame->expiry - waited);
	u32 own = frame->body ? mqtt_frame_own(frame) : len, at;
	struct mqtt_packet_head h;
	struct mqtt_frame *copy;

	if (frame->body)
		copy = mqtt_frame_alloc_body(own, frame->body, frame->body_off);
	else
		copy = mqtt_frame_alloc(len);
	if (!copy)
		return NULL;
	memcpy(copy->data, frame->data + off, own);
	copy->len = len;
	mqtt_frame_inherit(copy, frame);
	for (off = 0; off < len; off += h.len) {
		/* Limits of 0: only the length is of interest. */
		mqtt_parse_head(copy->data + off, len - off, 0, 0, &h);
		copy->nr++;
		if (!frame->level)
			continue;
		at = mqtt_parse_expiry(copy->data + off, min(h.len, own - off));
		if (at)
			memcpy(copy->data + off + at, &left, sizeof(left));
	}
	return copy;
}

void mqtt_frame_free(struct mqtt_frame *frame)
{
	mqtt_frame_put(frame->body);
	/* TCP's own references keep the pages until the bytes are acknowledged. */
	if (frame->pages)
		put_page(virt_to_head_page(frame));
	else
		kvfree(frame);
}
