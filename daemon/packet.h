/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_PACKET_H
#define MQTTD_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Control packet types, MQTT 2.2.1, in place in the first byte; AUTH is 5.0's. */
enum packet_type {
	CONNECT		= 0x10,
	CONNACK		= 0x20,
	PUBLISH		= 0x30,
	PUBACK		= 0x40,
	PUBREC		= 0x50,
	PUBREL		= 0x60,
	PUBCOMP		= 0x70,
	SUBSCRIBE	= 0x80,
	SUBACK		= 0x90,
	UNSUBSCRIBE	= 0xa0,
	UNSUBACK	= 0xb0,
	PINGREQ		= 0xc0,
	PINGRESP	= 0xd0,
	DISCONNECT	= 0xe0,
	AUTH		= 0xf0,
};

#define PACKET_TYPE_MASK	0xf0
#define PUBLISH_DUP		0x08
#define PUBLISH_QOS_SHIFT	1
#define PUBLISH_RETAIN		0x01
/* Reserved flags that PUBREL, SUBSCRIBE and UNSUBSCRIBE must carry. */
#define PACKET_FLAGS_2		0x02

/* First byte and a remaining length of four bytes. */
#define PACKET_HEADER_MAX	5
#define PACKET_REMAINING_MAX	268435455u

enum connack_code {
	CONNACK_ACCEPTED		= 0,
	CONNACK_PROTOCOL_LEVEL		= 1,
	CONNACK_IDENTIFIER_REJECTED	= 2,
	CONNACK_SERVER_UNAVAILABLE	= 3,
	CONNACK_BAD_CREDENTIALS		= 4,
	CONNACK_NOT_AUTHORIZED		= 5,
};

#define SUBACK_FAILURE	0x80

/**
 * struct reader - bounds-checked reading of a packet's body
 * @p: next byte
 * @end: end of the packet
 * @bad: set once something did not fit; everything read later is zero
 */
struct reader {
	const uint8_t *p;
	const uint8_t *end;
	bool bad;
};

/**
 * packet_header() - decode a fixed header
 * @p: bytes received
 * @len: their number
 * @remaining: set to the remaining length
 *
 * Return: length of the header; 0 when more bytes are needed; -1 when the
 * remaining length is malformed.
 */
int packet_header(const uint8_t *p, size_t len, uint32_t *remaining);

/**
 * packet_put_header() - encode a fixed header
 * @p: room for PACKET_HEADER_MAX bytes
 * @first: type and flags
 * @remaining: remaining length
 *
 * Return: length of the header.
 */
size_t packet_put_header(uint8_t *p, uint8_t first, uint32_t remaining);

/**
 * packet_header_len() - length of a fixed header
 * @remaining: remaining length of the packet
 *
 * Return: 2 to 5.
 */
size_t packet_header_len(uint32_t remaining);

/**
 * utf8_valid() - is this a UTF-8 string as MQTT 1.5.3 wants it?
 * @p: bytes
 * @len: their number
 *
 * Return: false for ill-formed sequences, surrogates and U+0000.
 */
bool utf8_valid(const uint8_t *p, size_t len);

/**
 * utf8_payload_valid() - is this UTF-8 encoded character data, RFC 3629?
 * @p: bytes
 * @len: their number
 *
 * Return: false for ill-formed sequences and surrogates; a payload may hold
 * U+0000.
 */
bool utf8_payload_valid(const uint8_t *p, size_t len);

static inline size_t reader_left(const struct reader *r)
{
	return r->end - r->p;
}

static inline uint8_t read_u8(struct reader *r)
{
	if (r->p == r->end) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

static inline uint16_t read_u16(struct reader *r)
{
	uint16_t v;

	if (reader_left(r) < 2) {
		r->bad = true;
		r->p = r->end;
		return 0;
	}
	v = (uint16_t)(r->p[0] << 8 | r->p[1]);
	r->p += 2;
	return v;
}

static inline uint32_t read_u32(struct reader *r)
{
	uint32_t high = read_u16(r);

	return high << 16 | read_u16(r);
}

/**
 * read_bytes() - read a field with a two byte length
 * @r: reader
 * @len: set to its length
 *
 * Return: the field, not terminated; NULL when it does not fit.
 */
const uint8_t *read_bytes(struct reader *r, uint16_t *len);

/**
 * read_utf8() - read a UTF-8 encoded string
 * @r: reader
 * @len: set to its length in bytes
 *
 * Return: the string, not terminated; NULL when it does not fit or is not
 * valid.
 */
const char *read_utf8(struct reader *r, uint16_t *len);

static inline uint8_t *put_u16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static inline uint8_t *put_u32(uint8_t *p, uint32_t v)
{
	return put_u16(put_u16(p, (uint16_t)(v >> 16)), (uint16_t)v);
}

#endif /* MQTTD_PACKET_H */
