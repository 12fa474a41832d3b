/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_FRAME_H
#define _MQTT_FRAME_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "param.h"

struct mqtt_flow;
struct mqtt_variant;

/**
 * struct mqtt_frame - whole MQTT packets, shared by everybody they are queued on
 *
 * @ref: references; the bytes do not change once there is more than one
 * @len: bytes used
 * @cap: bytes allocated
 * @nr: PUBLISH packets in it, 0 if it holds something else
 * @longest: length of the longest packet
 * @node: entry in its source's list while it waits for fan-out
 * @flow: where it goes, referenced, during that time
 * @group: index in the flow's groups at which an interrupted fan-out goes on
 * @member: first member identifier in that group
 * @level: MQTT_MEMBER_LEVEL5 if they are of protocol level 5, otherwise 0
 * @variants: it in other forms, during its fan-out
 * @seek_nr: number of the packet that begins at @seek_off, for
 *	mqtt_frame_packet()
 * @seek_off: see there
 * @arrived: when they came, in jiffies, if they expire
 * @expiry: seconds after that at which they do; all packets have the same
 * @expires: they have a Message Expiry Interval, or had at the publisher's level
 * @to_port: a port member has been met: a copy for the owner is due
 * @pages: it lives in pages of its own, which TCP may hold longer than we do
 * @body: frame with the rest of the only packet, referenced; NULL: it is all here
 * @body_off: where the rest begins in it
 * @data: the packets, or what comes before the rest
 */
struct mqtt_frame {
	refcount_t ref;
	u32 len;
	u32 cap;
	u32 nr;
	u32 longest;
	u32 group;
	u32 level;
	unsigned long member;
	struct mqtt_variant *variants;
	u32 seek_nr;
	u32 seek_off;
	u64 arrived;
	u32 expiry;
	bool expires;
	bool to_port;
	bool pages;
	u32 body_off;
	struct mqtt_frame *body;
	struct list_head node;
	struct mqtt_flow *flow;
	u8 data[];
};

/* A run of small packets fills one allocation of this size at most. */
#define MQTT_RUN_MAX	(32768 - sizeof(struct mqtt_frame))

/**
 * mqtt_frame_alloc() - make an empty frame
 * @cap: bytes of room
 *
 * Charged to the active memory cgroup: workers set that of the conn's owner.
 *
 * Context: may sleep (but does not wait long for memory).
 * Return: a frame with one reference, or NULL.
 */
struct mqtt_frame *mqtt_frame_alloc(u32 cap);

/**
 * mqtt_frame_alloc_body() - make a frame that ends with a part of another
 * @cap: bytes of room before that part
 * @body: frame with one packet, which shares its pages; a reference is taken
 * @off: where the part begins in it, up to its end
 *
 * Context: as mqtt_frame_alloc().
 * Return: a frame with one reference whose length is that of the part, or NULL.
 */
struct mqtt_frame *mqtt_frame_alloc_body(u32 cap, struct mqtt_frame *body,
					 u32 off);

/**
 * mqtt_frame_own() - how much of a frame is its own?
 * @frame: frame
 *
 * Context: any. Return: bytes used of @frame->data.
 */
static inline u32 mqtt_frame_own(const struct mqtt_frame *frame)
{
	return frame->body ? frame->len - (frame->body->len - frame->body_off) :
			     frame->len;
}

/**
 * mqtt_frame_shares() - may TCP be given the frame's pages?
 * @frame: frame
 *
 * Context: any. Return: whether its bytes are in pages that can be referenced.
 */
static inline bool mqtt_frame_shares(const struct mqtt_frame *frame)
{
	return frame->pages && frame->len >= mqtt_param_share_min;
}

/**
 * mqtt_frame_inherit() - packets come with what is known of them
 * @frame: frame that gets packets, or a form of them
 * @from: frame they are from
 *
 * Context: any.
 */
static inline void mqtt_frame_inherit(struct mqtt_frame *frame,
				      const struct mqtt_frame *from)
{
	frame->level = from->level;
	frame->arrived = from->arrived;
	frame->expiry = from->expiry;
	frame->expires = from->expires;
}

/**
 * mqtt_frame_trim() - give unused room back
 * @frame: frame with one reference
 *
 * Room that is never used would let a few bytes in a queue hold a large
 * allocation. Context: may sleep.
 * Return: @frame, or a smaller copy that replaces it.
 */
struct mqtt_frame *mqtt_frame_trim(struct mqtt_frame *frame);

/**
 * mqtt_frame_packet() - one packet of a frame
 * @frame: frame; one thread at a time takes packets out
 * @nr: number of the packet, counted from 0
 *
 * A copy, unless it is the only one: a member that gets one packet of a run
 * would hold all of it.
 *
 * Context: any. Return: a frame with a reference for the caller, or NULL.
 */
struct mqtt_frame *mqtt_frame_packet(struct mqtt_frame *frame, u32 nr);

/**
 * mqtt_frame_waited() - how long have packets waited that expire?
 * @frame: frame whose packets expire
 *
 * Context: any. Return: whole seconds.
 */
u32 mqtt_frame_waited(const struct mqtt_frame *frame);

/**
 * mqtt_frame_aged() - packets of a frame with what is left of their expiry
 * @frame: frame whose packets expire; it may be shared, so it does not change
 * @off: where the first of the packets begins
 * @len: their length
 * @waited: seconds that have passed, less than @frame->expiry
 *
 * Context: may sleep.
 * Return: a frame with one reference, or NULL.
 */
struct mqtt_frame *mqtt_frame_aged(const struct mqtt_frame *frame, u32 off,
				   u32 len, u32 waited);

/**
 * mqtt_frame_free() - free a frame without references
 * @frame: frame
 *
 * Context: process.
 */
void mqtt_frame_free(struct mqtt_frame *frame);

static inline struct mqtt_frame *mqtt_frame_get(struct mqtt_frame *frame)
{
	refcount_inc(&frame->ref);
	return frame;
}

static inline void mqtt_frame_put(struct mqtt_frame *frame)
{
	if (frame && refcount_dec_and_test(&frame->ref))
		mqtt_frame_free(frame);
}

#endif /* _MQTT_FRAME_H */
