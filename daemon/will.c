// SPDX-License-Identifier: GPL-2.0
#include "will.h"

#include <stdlib.h>
#include <string.h>

#include "route.h"
#include "topic.h"
#include "util.h"

struct will *will_new(const char *topic, uint16_t topic_len,
		      const uint8_t *payload, uint16_t payload_len,
		      uint8_t qos, bool retain)
{
	struct will *will = xcalloc(1, sizeof(*will));

	will->topic = xmalloc(topic_len);
	memcpy(will->topic, topic, topic_len);
	will->topic_len = topic_len;
	will->payload = xmalloc(payload_len);
	if (payload_len)
		memcpy(will->payload, payload, payload_len);
	will->payload_len = payload_len;
	will->qos = qos;
	will->retain = retain;
	return will;
}

void will_publish(const struct will *will)
{
	struct publish pub;

	if (!will || topic_reserved(will->topic, will->topic_len))
		return;
	memset(&pub, 0, sizeof(pub));
	pub.topic = will->topic;
	pub.topic_len = will->topic_len;
	pub.payload = will->payload;
	pub.payload_len = will->payload_len;
	pub.qos = will->qos;
	pub.retain = will->retain;
	pub.count = 1;
	route_publish(&pub);
}

void will_free(struct will *will)
{
	if (!will)
		return;
	free(will->topic);
	free(will->payload);
	free(will);
}
