/* SPDX-License-Identifier: GPL-2.0 */
/* Properties of MQTT 5.0 packets, section 2.2.2. */
#ifndef MQTTD_PROPERTY_H
#define MQTTD_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "reason.h"

enum property_id {
	PROP_PAYLOAD_FORMAT		= 0x01,
	PROP_MESSAGE_EXPIRY		= 0x02,
	PROP_CONTENT_TYPE		= 0x03,
	PROP_RESPONSE_TOPIC		= 0x08,
	PROP_CORRELATION_DATA		= 0x09,
	PROP_SUBSCRIPTION_ID		= 0x0b,
	PROP_SESSION_EXPIRY		= 0x11,
	PROP_ASSIGNED_CLIENT_ID		= 0x12,
	PROP_SERVER_KEEP_ALIVE		= 0x13,
	PROP_AUTH_METHOD		= 0x15,
	PROP_AUTH_DATA			= 0x16,
	PROP_REQUEST_PROBLEM_INFO	= 0x17,
	PROP_WILL_DELAY			= 0x18,
	PROP_REQUEST_RESPONSE_INFO	= 0x19,
	PROP_RESPONSE_INFO		= 0x1a,
	PROP_SERVER_REFERENCE		= 0x1c,
	PROP_REASON_STRING		= 0x1f,
	PROP_RECEIVE_MAXIMUM		= 0x21,
	PROP_TOPIC_ALIAS_MAXIMUM	= 0x22,
	PROP_TOPIC_ALIAS		= 0x23,
	PROP_MAXIMUM_QOS		= 0x24,
	PROP_RETAIN_AVAILABLE		= 0x25,
	PROP_USER_PROPERTY		= 0x26,
	PROP_MAXIMUM_PACKET_SIZE	= 0x27,
	PROP_WILDCARD_AVAILABLE		= 0x28,
	PROP_SUBSCRIPTION_ID_AVAILABLE	= 0x29,
	PROP_SHARED_AVAILABLE		= 0x2a,
};

/* What properties belong to, where that is not the type of the packet. */
#define PROPERTIES_OF_WILL	0x00

/**
 * struct property_bytes - a string or binary value in the packet
 * @p: its bytes, not terminated
 * @len: their number
 */
struct property_bytes {
	const uint8_t *p;
	uint16_t len;
};

/**
 * struct properties - the properties of one packet, checked
 * @present: bit PROP_x is set for each identifier there
 * @payload_format: 0 or 1
 * @message_expiry: seconds
 * @content_type: UTF-8
 * @response_topic: a valid topic name
 * @correlation_data: bytes
 * @subscription_id: 1 to 268,435,455; in a SUBSCRIBE
 * @session_expiry: seconds, UINT32_MAX for never
 * @auth_method: UTF-8
 * @auth_data: bytes
 * @request_problem_info: 0 or 1
 * @will_delay: seconds
 * @request_response_info: 0 or 1
 * @reason_string: UTF-8
 * @receive_maximum: 1 to 65,535
 * @topic_alias_maximum: 0 to 65,535
 * @topic_alias: 1 to 65,535
 * @maximum_packet_size: at least 1
 * @user: number of user properties
 * @raw: all of them as they were received, without the length before them
 * @raw_len: length of @raw
 *
 * Values that are not present are those that the specification says to assume:
 * receive_maximum 65,535, request_problem_info 1, the others 0 or empty.
 */
struct properties {
	uint64_t present;
	uint8_t payload_format;
	uint8_t request_problem_info;
	uint8_t request_response_info;
	uint16_t receive_maximum;
	uint16_t topic_alias_maximum;
	uint16_t topic_alias;
	uint32_t message_expiry;
	uint32_t subscription_id;
	uint32_t session_expiry;
	uint32_t will_delay;
	uint32_t maximum_packet_size;
	uint32_t user;
	struct property_bytes content_type;
	struct property_bytes response_topic;
	struct property_bytes correlation_data;
	struct property_bytes auth_method;
	struct property_bytes auth_data;
	struct property_bytes reason_string;
	const uint8_t *raw;
	uint32_t raw_len;
};

static inline bool property_present(const struct properties *props,
				    enum property_id id)
{
	return props->present >> id & 1;
}

/**
 * read_properties() - read and check the properties of a packet from a client
 * @r: reader, at the length of the properties; moved past them
 * @type: type of the packet (enum packet_type), or PROPERTIES_OF_WILL
 * @props: filled; points into the packet
 *
 * Return: REASON_SUCCESS; REASON_MALFORMED_PACKET for what cannot be decoded,
 * for an identifier that does not belong there or a value of the wrong form;
 * REASON_TOPIC_ALIAS_INVALID for the topic alias 0; REASON_PROTOCOL_ERROR for a
 * property that is there twice, has another forbidden value or is a server's
 * (MQTT 5.0, 2.2.2.2 and section 3.x.2 of each packet).
 */
enum reason read_properties(struct reader *r, uint8_t type,
			    struct properties *props);

/**
 * properties_forwardable_len() - length of what properties_put_forwardable() puts
 * @props: properties of a PUBLISH or of a will
 *
 * Return: bytes.
 */
uint32_t properties_forwardable_len(const struct properties *props);

/**
 * properties_put_forwardable() - copy what receivers get unaltered, in order
 * @p: room for properties_forwardable_len() bytes
 * @props: properties of a PUBLISH or of a will
 *
 * Payload format, content type, response topic, correlation data and user
 * properties [MQTT-3.3.2-4], [-15], [-16], [-17], [-18], [-20]. Not the message
 * expiry, which changes while a message waits [MQTT-3.3.2-6].
 *
 * Return: the end of what was put.
 */
uint8_t *properties_put_forwardable(uint8_t *p, const struct properties *props);

/**
 * read_varint() - read a variable byte integer, MQTT 5.0 1.5.5
 * @r: reader; bad when it does not fit, or is longer than it has to be
 *
 * Return: 0 to 268,435,455.
 */
uint32_t read_varint(struct reader *r);

/**
 * varint_len() - length of a variable byte integer
 * @v: 0 to 268,435,455
 *
 * Return: 1 to 4.
 */
size_t varint_len(uint32_t v);

/* Each puts one property and returns where the next one goes. */
uint8_t *put_varint(uint8_t *p, uint32_t v);
uint8_t *put_property_u8(uint8_t *p, enum property_id id, uint8_t v);
uint8_t *put_property_u16(uint8_t *p, enum property_id id, uint16_t v);
uint8_t *put_property_u32(uint8_t *p, enum property_id id, uint32_t v);
uint8_t *put_property_varint(uint8_t *p, enum property_id id, uint32_t v);
uint8_t *put_property_bytes(uint8_t *p, enum property_id id, const void *v,
			    uint16_t len);

#endif /* MQTTD_PROPERTY_H */
