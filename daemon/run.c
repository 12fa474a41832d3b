// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <string.h>

#include "message.h"
#include "packet.h"
#include "property.h"
#include "util.h"

/**
 * struct piece - a packet taken apart
 * @topic: topic name
 * @props: properties, all of which are forwarded
 * @payload: payload
 * @topic_len: length of @topic
 * @props_len: length of @props
 * @payload_len: length of @payload
 */
struct piece {
	const uint8_t *topic;
	const uint8_t *props;
	const uint8_t *payload;
	uint16_t topic_len;
	uint32_t props_len;
	uint32_t payload_len;
};

void run_set_init(struct run_set *set, const uint8_t *frames, uint32_t len,
		  uint32_t count, bool v5)
{
	set->base = (struct run){
		.frames = frames,
		.len = len,
		.count = count,
	};
	set->v5 = v5;
	set->nr = 0;
}

static void variant_exit(struct run_variant *v)
{
	message_put(v->run.msg);
	subids_put(v->form.ids);
}

void run_set_exit(struct run_set *set)
{
	while (set->nr)
		variant_exit(&set->variants[--set->nr]);
	message_put(set->base.msg);
	set->base.msg = NULL;
}

uint32_t run_next(const uint8_t *p, uint32_t left)
{
	uint32_t remaining = 0;
	int hlen = packet_header(p, left, &remaining);

	return hlen + remaining;
}

/* Takes the packet at the reader apart; it was checked when it came. */
static void take_apart(struct reader *r, bool v5, struct piece *piece)
{
	uint32_t remaining = 0;
	int hlen = packet_header(r->p, reader_left(r), &remaining);
	struct reader body = {
		.p = r->p + hlen,
		.end = r->p + hlen + remaining,
	};

	r->p = body.end;
	piece->topic = read_bytes(&body, &piece->topic_len);
	piece->props_len = v5 ? read_varint(&body) : 0;
	piece->props = body.p;
	piece->payload = body.p + piece->props_len;
	piece->payload_len = body.end - piece->payload;
}

static uint32_t props_length(const struct piece *piece,
			     const struct run_form *form)
{
	return (form->alias ? 3 : 0) + subids_len(form->ids) +
	       piece->props_len;
}

static uint64_t remaining_length(const struct piece *piece,
				 const struct run_form *form)
{
	uint64_t len = 2ull + (form->named ? piece->topic_len : 0) +
		       piece->payload_len;

	if (form->v5) {
		uint32_t props = props_length(piece, form);

		len += varint_len(props) + props;
	}
	return len;
}

static uint8_t *put_bytes(uint8_t *p, const void *data, uint32_t len)
{
	if (len)
		memcpy(p, data, len);
	return p + len;
}

static uint8_t *put_piece(uint8_t *p, const struct piece *piece,
			  const struct run_form *form)
{
	uint16_t topic_len = form->named ? piece->topic_len : 0;

	p += packet_put_header(p, PUBLISH, remaining_length(piece, form));
	p = put_u16(p, topic_len);
	p = put_bytes(p, piece->topic, topic_len);
	if (form->v5) {
		p = put_varint(p, props_length(piece, form));
		if (form->alias)
			p = put_property_u16(p, PROP_TOPIC_ALIAS, form->alias);
		p = put_bytes(p, piece->props, piece->props_len);
		if (form->ids)
			p = put_bytes(p, form->ids->props, form->ids->len);
	}
	return put_bytes(p, piece->payload, piece->payload_len);
}

/* In two passes, so that there is room for it all in one piece. */
static struct message *encode(const struct run *base, bool v5,
			      const struct run_form *form)
{
	struct reader r = { base->frames, base->frames + base->len, false };
	struct message *msg;
	uint64_t len = 0;
	struct piece piece;
	uint8_t *p;

	while (reader_left(&r)) {
		uint64_t remaining;

		take_apart(&r, v5, &piece);
		remaining = remaining_length(&piece, form);
		if (remaining > PACKET_REMAINING_MAX)
			return NULL;
		len += packet_header_len(remaining) + remaining;
	}
	msg = message_new_room(len);
	if (!msg)
		return NULL;
	p = msg->frame;
	r.p = base->frames;
	while (reader_left(&r)) {
		take_apart(&r, v5, &piece);
		p = put_piece(p, &piece, form);
	}
	return msg;
}

static bool form_equal(const struct run_form *a, const struct run_form *b)
{
	return a->v5 == b->v5 && a->named == b->named &&
	       a->alias == b->alias && subids_equal(a->ids, b->ids);
}

struct run *run_set_get(struct run_set *set, const struct run_form *form)
{
	struct run_variant *v;
	struct message *msg;
	unsigned int i;

	if (form->v5 == set->v5 && !form->alias && !form->ids)
		return &set->base;
	for (i = 0; i < set->nr; i++) {
		if (form_equal(&set->variants[i].form, form))
			return &set->variants[i].run;
	}
	msg = encode(&set->base, set->v5, form);
	if (!msg)
		return NULL;
	/* with more forms than are kept, the last one makes room */
	if (set->nr == RUN_FORMS)
		variant_exit(&set->variants[--set->nr]);
	v = &set->variants[set->nr++];
	v->form = *form;
	subids_get(v->form.ids);
	v->run = (struct run){
		.frames = msg->frame,
		.len = msg->frame_len,
		.count = set->base.count,
		.many = set->base.many,
		.msg = msg,
		.expires = set->base.expires,
	};
	return &v->run;
}
