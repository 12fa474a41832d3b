/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_MESSAGE_H
#define MQTTD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

struct properties;

/**
 * struct message - an application message, shared by everything that holds it
 * @refs: references
 * @frame_len: length of @frame as a packet
 * @payload_off: where the payload begins in @frame
 * @payload_len: its length
 * @props_len: length of the properties behind the packet in @frame
 * @expires: loop_now() at which it must not be sent any more, 0 for never
 * @topic_off: where the topic begins in @frame
 * @topic_len: its length
 * @qos: QoS it was published with
 * @store_id: number in the durable store, 0 when not in it
 * @store_refs: records of the store that refer to it
 * @frame: the message as a QoS 0 PUBLISH packet of MQTT 3.1.1, RETAIN and DUP 0,
 *	and behind it the properties that 5.0 receivers get unaltered
 *
 * Receivers of 3.1.1 with QoS 0 get the packet as it is; for the others only the
 * fixed header, the packet identifier and the properties are made anew. A run of
 * verbatim frames (see message_new_run()) has no topic and no payload of its
 * own.
 */
struct message {
	uint32_t refs;
	uint32_t frame_len;
	uint32_t payload_off;
	uint32_t payload_len;
	uint32_t props_len;
	uint64_t expires;
	uint16_t topic_off;
	uint16_t topic_len;
	uint8_t qos;
	uint32_t store_refs;
	uint64_t store_id;
	uint8_t frame[];
};

/**
 * message_size() - memory of a message
 * @msg: message
 *
 * Return: what was allocated for it.
 */
static inline size_t message_size(const struct message *msg)
{
	return sizeof(*msg) + msg->frame_len + msg->props_len;
}

/**
 * message_new() - make a message
 * @topic: valid topic name
 * @topic_len: its length
 * @payload: payload
 * @payload_len: its length
 * @qos: QoS it was published with
 * @props: properties of the PUBLISH or will, NULL if there are none
 *
 * Its lifetime begins now if the properties have a message expiry interval.
 *
 * Return: the message with one reference, NULL without memory.
 */
struct message *message_new(const char *topic, uint16_t topic_len,
			    const void *payload, uint32_t payload_len,
			    uint8_t qos, const struct properties *props);

/**
 * message_new_room() - make room for a run of encoded QoS 0 PUBLISH packets
 * @len: their length together
 *
 * Return: the run with one reference and an empty frame, NULL without memory.
 */
struct message *message_new_room(uint32_t len);

/**
 * message_new_run() - share a run of encoded QoS 0 PUBLISH packets
 * @frames: the packets
 * @len: their length together
 *
 * Return: the run with one reference, NULL without memory.
 */
struct message *message_new_run(const void *frames, uint32_t len);

/**
 * message_expired() - has its lifetime passed?
 * @msg: message
 *
 * Return: true if so; it must not be sent any more, MQTT 5.0 3.3.2.3.3.
 */
static inline bool message_expired(const struct message *msg)
{
	return msg->expires && msg->expires <= loop_now();
}

/**
 * message_lifetime() - the message expiry interval to be sent
 * @msg: message whose @expires is not 0
 *
 * Return: seconds that are left, rounded up [MQTT-3.3.2-6].
 */
uint32_t message_lifetime(const struct message *msg);

/**
 * message_encode5() - a message with its properties as a packet
 * @msg: message
 * @len: receives its length
 *
 * Return: a QoS 0 PUBLISH of MQTT 5.0 to be freed, RETAIN and DUP 0; NULL if it
 * would be too long, or without memory.
 */
uint8_t *message_encode5(const struct message *msg, uint32_t *len);

/**
 * message_get() - take a reference
 * @msg: message
 *
 * Return: @msg.
 */
static inline struct message *message_get(struct message *msg)
{
	msg->refs++;
	return msg;
}

/**
 * message_put() - drop a reference
 * @msg: message, or NULL
 */
void message_put(struct message *msg);

/**
 * messages_exit() - free the memory kept for reuse
 */
void messages_exit(void);

/**
 * messages_count() - how many messages are held by something?
 * @bytes: set to the length of their payloads together
 *
 * Return: their number, runs of verbatim frames aside.
 */
uint64_t messages_count(uint64_t *bytes);

static inline const char *message_topic(const struct message *msg)
{
	return (const char *)msg->frame + msg->topic_off;
}

static inline const uint8_t *message_payload(const struct message *msg)
{
	return msg->frame + msg->payload_off;
}

static inline const uint8_t *message_props(const struct message *msg)
{
	return msg->frame + msg->frame_len;
}

#endif /* MQTTD_MESSAGE_H */
