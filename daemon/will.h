/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_WILL_H
#define MQTTD_WILL_H

#include <stdbool.h>
#include <stdint.h>

#include "property.h"

struct session;

/**
 * struct will - will message of a client, MQTT 3.1.2.5
 * @topic: topic name
 * @topic_len: its length
 * @payload: will message
 * @payload_len: its length
 * @qos: will QoS
 * @retain: will retain
 * @delay: seconds to wait before it is published
 * @props: its properties, of 5.0
 * @raw: what they point to
 * @store_id: number in the durable store, while its client is connected; 0 when
 *	not in it
 * @denied: its client may not publish it, when it was last looked at
 */
struct will {
	char *topic;
	uint8_t *payload;
	uint16_t topic_len;
	uint16_t payload_len;
	uint8_t qos;
	bool retain;
	uint32_t delay;
	struct properties props;
	uint8_t *raw;
	uint64_t store_id;
	bool denied;
};

/**
 * will_new() - keep a will
 * @will: will as it was read; everything is copied but @will->raw, not used
 *
 * Return: the will.
 */
struct will *will_new(const struct will *will);

/**
 * will_judge() - may its client publish a will?
 * @will: will, or NULL to do nothing
 * @s: session of its client
 */
void will_judge(struct will *will, const struct session *s);

/**
 * will_publish() - publish a will
 * @will: will, or NULL to do nothing
 * @s: session of its client, NULL once it has ended: its own messages, too, are
 *	not for subscriptions with No Local [MQTT-3.8.3-3]
 *
 * Whether its client may is looked at now, or when its session ended.
 */
void will_publish(struct will *will, const struct session *s);

/**
 * will_free() - discard a will
 * @will: will, or NULL
 */
void will_free(struct will *will);

#endif /* MQTTD_WILL_H */
