// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "frame.h"
#include "group.h"
#include "sub_ids.h"
#include "transcode.h"
#include "variant.h"

/* Forms kept of one frame: where every member has other identifiers, few. */
#define MQTT_VARIANTS_MAX	16

static void mqtt_variant_free(struct mqtt_variant *v)
{
	mqtt_sub_ids_put(v->ids);
	mqtt_frame_put(v->frame);
	kfree(v);
}

struct mqtt_frame *mqtt_variant_find(struct mqtt_frame *frame, u32 flags,
				     struct mqtt_sub_ids *ids,
				     struct mqtt_variant *want)
{
	u32 level = flags & MQTT_MEMBER_LEVEL5;
	struct mqtt_variant *v;

	if (!(flags & MQTT_MEMBER_IDS))
		ids = NULL;
	if (level == frame->level && !ids)
		return frame;
	for (v = frame->variants; v; v = v->next)
		if (v->level == level && mqtt_sub_ids_equal(v->ids, ids))
			return v->frame;
	/* Identifiers that are going away: the next look finds their heirs. */
	if (ids && !refcount_inc_not_zero(&ids->ref))
		ids = NULL;
	want->level = level;
	want->ids = ids;
	return NULL;
}

/* A head of its own, and the payload where it is. NULL if that does not pay. */
static struct mqtt_frame *mqtt_variant_share(struct mqtt_frame *from,
					     struct mqtt_transcode *t)
{
	struct mqtt_frame *frame;
	u32 len;

	if (from->nr != 1 || !mqtt_frame_shares(from) ||
	    from->len < mqtt_param_body_min)
		return NULL;
	t->heads = true;
	len = mqtt_transcode(t, NULL);
	if (from->len - t->payload_off < mqtt_param_body_min)
		return NULL;
	frame = mqtt_frame_alloc_body(len, from, t->payload_off);
	if (frame)
		frame->len += mqtt_transcode(t, frame->data);
	return frame;
}

static struct mqtt_frame *mqtt_variant_transcode(struct mqtt_frame *from,
						 const struct mqtt_variant *want)
{
	struct mqtt_transcode t = {
		.src = from->data,
		.len = from->len,
		.from5 = from->level,
		.to5 = want->level,
		.ids = want->ids ? want->ids->data : NULL,
		.ids_len = want->ids ? want->ids->len : 0,
	};
	struct mqtt_frame *frame = mqtt_variant_share(from, &t);

	if (!frame) {
		t.heads = false;
		frame = mqtt_frame_alloc(mqtt_transcode(&t, NULL));
		if (!frame)
			return NULL;
		frame->len = mqtt_transcode(&t, frame->data);
	}
	frame->nr = from->nr;
	frame->longest = t.longest;
	mqtt_frame_inherit(frame, from);
	frame->level = want->level;
	return frame;
}

static void mqtt_variant_trim(struct mqtt_frame *frame)
{
	struct mqtt_variant **p = &frame->variants, *v;
	int n = 0;

	while (*p && ++n < MQTT_VARIANTS_MAX)
		p = &(*p)->next;
	while ((v = *p)) {
		*p = v->next;
		mqtt_variant_free(v);
	}
}

bool mqtt_variant_make(struct mqtt_frame *frame, struct mqtt_variant *want)
{
	struct mqtt_variant *v;

	v = kmalloc(sizeof(*v), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!v)
		goto err_ids;
	*v = *want;
	v->frame = mqtt_variant_transcode(frame, want);
	if (!v->frame)
		goto err_free;
	mqtt_variant_trim(frame);
	v->next = frame->variants;
	frame->variants = v;
	return true;

err_free:
	kfree(v);
err_ids:
	mqtt_sub_ids_put(want->ids);
	return false;
}

void mqtt_variant_drop(struct mqtt_frame *frame)
{
	struct mqtt_variant *v;

	while ((v = frame->variants)) {
		frame->variants = v->next;
		mqtt_variant_free(v);
	}
}
