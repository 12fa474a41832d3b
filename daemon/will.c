// SPDX-License-Identifier: GPL-2.0
#include "will.h"

#include <stdlib.h>
#include <string.h>

#include "rights.h"
#include "fan_out.h"
#include "route.h"
#include "stats.h"
#include "topic.h"
#include "util.h"

static void *copy(const void *p, size_t len)
{
	void *new = xmalloc(len);

	if (len)
		memcpy(new, p, len);
	return new;
}

/* The values are where they were, seen from the beginning of the properties. */
static void move(struct property_bytes *b, const uint8_t *from,
		 const uint8_t *to)
{
	if (b->p)
		b->p = to + (b->p - from);
}

struct will *will_new(const struct will *from)
{
	struct will *will = copy(from, sizeof(*from));
	struct properties *props = &will->props;
	const uint8_t *old = props->raw;

	will->store_id = 0;
	will->denied = false;
	will->topic = copy(from->topic, from->topic_len);
	will->payload = copy(from->payload, from->payload_len);
	will->raw = copy(old, props->raw_len);
	props->raw = will->raw;
	move(&props->content_type, old, will->raw);
	move(&props->response_topic, old, will->raw);
	move(&props->correlation_data, old, will->raw);
	return will;
}

void will_judge(struct will *will, const struct session *s)
{
	if (will)
		will->denied = !rights_allow(s, ACL_WRITE, will->topic,
					     will->topic_len);
}

void will_publish(struct will *will, const struct session *s)
{
	struct publish pub;

	if (!will || topic_reserved(will->topic, will->topic_len))
		return;
	if (s)
		will_judge(will, s);
	if (will->denied) {
		stats.publish_denied++;
		return;
	}
	memset(&pub, 0, sizeof(pub));
	pub.topic = will->topic;
	pub.topic_len = will->topic_len;
	pub.payload = will->payload;
	pub.payload_len = will->payload_len;
	pub.qos = will->qos;
	pub.retain = will->retain;
	pub.props = &will->props;
	pub.count = 1;
	pub.session = s;
	fan_out_publish(&pub);
}

void will_free(struct will *will)
{
	if (!will)
		return;
	free(will->topic);
	free(will->payload);
	free(will->raw);
	free(will);
}
