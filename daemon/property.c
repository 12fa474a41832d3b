// SPDX-License-Identifier: GPL-2.0
#include "property.h"

#include <stddef.h>
#include <string.h>

#include "topic.h"

/* Data types, MQTT 5.0 section 1.5. */
enum type {
	TYPE_NONE,
	TYPE_U8,
	TYPE_U16,
	TYPE_U32,
	TYPE_VARINT,
	TYPE_BINARY,
	TYPE_STRING,
	TYPE_PAIR,
};

#define IN(packet)	(1u << ((packet) >> 4))
#define IN_WILL		IN(PROPERTIES_OF_WILL)
#define IN_ACK		(IN(PUBACK) | IN(PUBREC) | IN(PUBREL) | IN(PUBCOMP))
#define IN_MESSAGE	(IN(PUBLISH) | IN_WILL)
#define IN_REQUEST	(IN(SUBSCRIBE) | IN(UNSUBSCRIBE))

#define AT(field)	offsetof(struct properties, field)

/**
 * struct property_rule - what section 2.2.2.2 says about an identifier
 * @type: data type, TYPE_NONE for an unknown identifier
 * @in: packets from a client that may have it
 * @server: packets that have it only when a server sends them
 * @min: least value allowed
 * @max: greatest value allowed
 * @at: offset of the value in struct properties
 */
struct property_rule {
	uint8_t type;
	uint16_t in;
	uint16_t server;
	uint32_t min;
	uint32_t max;
	size_t at;
};

static const struct property_rule rules[] = {
	[PROP_PAYLOAD_FORMAT] = { TYPE_U8, IN_MESSAGE, 0, 0, 1,
				  AT(payload_format) },
	[PROP_MESSAGE_EXPIRY] = { TYPE_U32, IN_MESSAGE, 0, 0, UINT32_MAX,
				  AT(message_expiry) },
	[PROP_CONTENT_TYPE] = { TYPE_STRING, IN_MESSAGE, 0, 0, 0,
				AT(content_type) },
	[PROP_RESPONSE_TOPIC] = { TYPE_STRING, IN_MESSAGE, 0, 0, 0,
				  AT(response_topic) },
	[PROP_CORRELATION_DATA] = { TYPE_BINARY, IN_MESSAGE, 0, 0, 0,
				    AT(correlation_data) },
	/* [MQTT-3.3.4-6]: not in a PUBLISH from a client */
	[PROP_SUBSCRIPTION_ID] = { TYPE_VARINT, IN(SUBSCRIBE), IN(PUBLISH), 1,
				   268435455, AT(subscription_id) },
	[PROP_SESSION_EXPIRY] = { TYPE_U32, IN(CONNECT) | IN(DISCONNECT), 0, 0,
				  UINT32_MAX, AT(session_expiry) },
	[PROP_AUTH_METHOD] = { TYPE_STRING, IN(CONNECT) | IN(AUTH), 0, 0, 0,
			       AT(auth_method) },
	[PROP_AUTH_DATA] = { TYPE_BINARY, IN(CONNECT) | IN(AUTH), 0, 0, 0,
			     AT(auth_data) },
	[PROP_REQUEST_PROBLEM_INFO] = { TYPE_U8, IN(CONNECT), 0, 0, 1,
					AT(request_problem_info) },
	[PROP_WILL_DELAY] = { TYPE_U32, IN_WILL, 0, 0, UINT32_MAX,
			      AT(will_delay) },
	[PROP_REQUEST_RESPONSE_INFO] = { TYPE_U8, IN(CONNECT), 0, 0, 1,
					 AT(request_response_info) },
	[PROP_SERVER_REFERENCE] = { TYPE_STRING, 0, IN(DISCONNECT), 0, 0,
				    AT(reason_string) },
	[PROP_REASON_STRING] = { TYPE_STRING,
				 IN_ACK | IN(DISCONNECT) | IN(AUTH), 0, 0, 0,
				 AT(reason_string) },
	[PROP_RECEIVE_MAXIMUM] = { TYPE_U16, IN(CONNECT), 0, 1, UINT16_MAX,
				   AT(receive_maximum) },
	[PROP_TOPIC_ALIAS_MAXIMUM] = { TYPE_U16, IN(CONNECT), 0, 0, UINT16_MAX,
				       AT(topic_alias_maximum) },
	[PROP_TOPIC_ALIAS] = { TYPE_U16, IN(PUBLISH), 0, 1, UINT16_MAX,
			       AT(topic_alias) },
	[PROP_USER_PROPERTY] = { TYPE_PAIR, IN_MESSAGE | IN_ACK | IN_REQUEST |
				 IN(CONNECT) | IN(DISCONNECT) | IN(AUTH), 0, 0,
				 0, AT(user) },
	[PROP_MAXIMUM_PACKET_SIZE] = { TYPE_U32, IN(CONNECT), 0, 1, UINT32_MAX,
				       AT(maximum_packet_size) },
};

static const struct property_rule *property_rule(uint32_t id)
{
	if (id >= sizeof(rules) / sizeof(*rules) || !rules[id].type)
		return NULL;
	return &rules[id];
}

uint32_t read_varint(struct reader *r)
{
	uint32_t v = 0;
	int shift;

	for (shift = 0; shift < 28; shift += 7) {
		uint8_t byte = read_u8(r);

		v |= (uint32_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		/* fewest bytes that can hold the value [MQTT-1.5.5-1] */
		if (shift && !byte)
			break;
		return r->bad ? 0 : v;
	}
	r->bad = true;
	return 0;
}

static struct property_bytes read_binary(struct reader *r)
{
	struct property_bytes b;

	b.p = read_bytes(r, &b.len);
	return b;
}

static struct property_bytes read_string(struct reader *r)
{
	struct property_bytes b;

	b.p = (const uint8_t *)read_utf8(r, &b.len);
	return b;
}

static uint32_t read_value(struct reader *r, uint8_t type,
			   struct property_bytes *b)
{
	switch (type) {
	case TYPE_U8:
		return read_u8(r);
	case TYPE_U16:
		return read_u16(r);
	case TYPE_U32:
		return read_u32(r);
	case TYPE_VARINT:
		return read_varint(r);
	case TYPE_BINARY:
		*b = read_binary(r);
		return 0;
	case TYPE_PAIR:
		read_string(r);
		if (!r->bad)
			read_string(r);
		return 0;
	default:
		*b = read_string(r);
		return 0;
	}
}

static void store_value(struct properties *props,
			const struct property_rule *rule, uint32_t v,
			struct property_bytes b)
{
	uint8_t *at = (uint8_t *)props + rule->at;
	uint16_t v16 = (uint16_t)v;

	switch (rule->type) {
	case TYPE_U8:
		*at = (uint8_t)v;
		break;
	case TYPE_U16:
		memcpy(at, &v16, sizeof(v16));
		break;
	case TYPE_U32:
	case TYPE_VARINT:
		memcpy(at, &v, sizeof(v));
		break;
	case TYPE_PAIR:
		props->user++;
		break;
	default:
		memcpy(at, &b, sizeof(b));
		break;
	}
}

static enum reason read_property(struct reader *r, uint8_t type,
				 struct properties *props)
{
	uint32_t id = read_varint(r);
	const struct property_rule *rule = property_rule(id);
	struct property_bytes b = { NULL, 0 };
	uint32_t v;

	if (r->bad || !rule || !((rule->in | rule->server) & IN(type)))
		return REASON_MALFORMED_PACKET;
	v = read_value(r, rule->type, &b);
	if (r->bad)
		return REASON_MALFORMED_PACKET;
	if (!(rule->in & IN(type)))
		return REASON_PROTOCOL_ERROR;
	if (property_present(props, id) && rule->type != TYPE_PAIR)
		return REASON_PROTOCOL_ERROR;
	if (v < rule->min || (rule->max && v > rule->max))
		return id == PROP_TOPIC_ALIAS ? REASON_TOPIC_ALIAS_INVALID :
						REASON_PROTOCOL_ERROR;
	/* [MQTT-3.3.2-14] */
	if (id == PROP_RESPONSE_TOPIC &&
	    !topic_name_valid((const char *)b.p, b.len))
		return REASON_PROTOCOL_ERROR;
	props->present |= 1ull << id;
	store_value(props, rule, v, b);
	return REASON_SUCCESS;
}

enum reason read_properties(struct reader *r, uint8_t type,
			    struct properties *props)
{
	struct reader in;
	uint32_t len;

	memset(props, 0, sizeof(*props));
	props->receive_maximum = UINT16_MAX;
	props->request_problem_info = 1;
	len = read_varint(r);
	if (r->bad || reader_left(r) < len) {
		r->bad = true;
		return REASON_MALFORMED_PACKET;
	}
	props->raw = r->p;
	props->raw_len = len;
	r->p += len;
	in.p = props->raw;
	in.end = r->p;
	in.bad = false;
	while (reader_left(&in)) {
		enum reason reason = read_property(&in, type, props);

		if (reason)
			return reason;
	}
	/* 3.1.2.11.10, 3.15.2.2.3 */
	if (property_present(props, PROP_AUTH_DATA) &&
	    !property_present(props, PROP_AUTH_METHOD))
		return REASON_PROTOCOL_ERROR;
	return REASON_SUCCESS;
}

static bool forwardable(uint8_t id)
{
	switch (id) {
	case PROP_PAYLOAD_FORMAT:
	case PROP_CONTENT_TYPE:
	case PROP_RESPONSE_TOPIC:
	case PROP_CORRELATION_DATA:
	case PROP_USER_PROPERTY:
		return true;
	default:
		return false;
	}
}

uint32_t properties_forwardable_len(const struct properties *props)
{
	uint32_t len = props->raw_len;

	/* an identifier and a value of fixed length each */
	if (property_present(props, PROP_MESSAGE_EXPIRY))
		len -= 5;
	if (property_present(props, PROP_WILL_DELAY))
		len -= 5;
	if (property_present(props, PROP_TOPIC_ALIAS))
		len -= 3;
	return len;
}

uint8_t *properties_put_forwardable(uint8_t *p, const struct properties *props)
{
	struct reader r = {
		.p = props->raw,
		.end = props->raw + props->raw_len,
	};

	if (properties_forwardable_len(props) == props->raw_len) {
		if (props->raw_len)
			memcpy(p, props->raw, props->raw_len);
		return p + props->raw_len;
	}
	while (reader_left(&r)) {
		const uint8_t *begin = r.p;
		uint8_t id = read_u8(&r);
		uint16_t len;

		switch (rules[id].type) {
		case TYPE_U8:
			r.p += 1;
			break;
		case TYPE_U16:
			r.p += 2;
			break;
		case TYPE_U32:
			r.p += 4;
			break;
		case TYPE_PAIR:
			read_bytes(&r, &len);
			read_bytes(&r, &len);
			break;
		default:
			read_bytes(&r, &len);
			break;
		}
		if (!forwardable(id))
			continue;
		memcpy(p, begin, r.p - begin);
		p += r.p - begin;
	}
	return p;
}

size_t varint_len(uint32_t v)
{
	return packet_header_len(v) - 1;
}

uint8_t *put_varint(uint8_t *p, uint32_t v)
{
	while (v > 0x7f) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

uint8_t *put_property_u8(uint8_t *p, enum property_id id, uint8_t v)
{
	*p++ = id;
	*p++ = v;
	return p;
}

uint8_t *put_property_u16(uint8_t *p, enum property_id id, uint16_t v)
{
	*p++ = id;
	return put_u16(p, v);
}

uint8_t *put_property_u32(uint8_t *p, enum property_id id, uint32_t v)
{
	*p++ = id;
	return put_u32(p, v);
}

uint8_t *put_property_varint(uint8_t *p, enum property_id id, uint32_t v)
{
	*p++ = id;
	return put_varint(p, v);
}

uint8_t *put_property_bytes(uint8_t *p, enum property_id id, const void *v,
			    uint16_t len)
{
	*p++ = id;
	p = put_u16(p, len);
	if (len)
		memcpy(p, v, len);
	return p + len;
}
