/* SPDX-License-Identifier: GPL-2.0 */
/* A frame in the forms that members of other kinds need. */
#ifndef _MQTT_VARIANT_H
#define _MQTT_VARIANT_H

#include <linux/types.h>

struct mqtt_frame;
struct mqtt_sub_ids;

/**
 * struct mqtt_variant - a form of a frame, or one that is wanted
 *
 * @next: next form of the same frame, older
 * @level: MQTT_MEMBER_LEVEL5 or 0
 * @ids: Subscription Identifiers in it, referenced, or NULL
 * @frame: the form; NULL: it is only wanted
 */
struct mqtt_variant {
	struct mqtt_variant *next;
	u32 level;
	struct mqtt_sub_ids *ids;
	struct mqtt_frame *frame;
};

/**
 * mqtt_variant_find() - the form of a frame that a member gets
 * @frame: frame; one thread at a time looks for forms of it
 * @flags: the member's flags
 * @ids: the member's Subscription Identifiers, or NULL
 * @want: receives what is wanted if there is no such form yet; @want->frame
 *	stays NULL. To be passed to mqtt_variant_make().
 *
 * Context: RCU read side.
 * Return: @frame itself, one of its forms, or NULL.
 */
struct mqtt_frame *mqtt_variant_find(struct mqtt_frame *frame, u32 flags,
				     struct mqtt_sub_ids *ids,
				     struct mqtt_variant *want);

/**
 * mqtt_variant_make() - make a form that was not there
 * @frame: frame
 * @want: what mqtt_variant_find() wanted; its reference is dropped
 *
 * All members of a kind share a form: a run of packets is transcoded once.
 *
 * Context: process; may sleep.
 * Return: false if there is no memory.
 */
bool mqtt_variant_make(struct mqtt_frame *frame, struct mqtt_variant *want);

/**
 * mqtt_variant_drop() - forget all forms of a frame that is fanned out
 * @frame: frame
 *
 * Context: process.
 */
void mqtt_variant_drop(struct mqtt_frame *frame);

#endif /* _MQTT_VARIANT_H */
