/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar the fast path understands. Pure C without allocation, shared by
 * the module, the daemon, the unit tests and the fuzzers.
 */
#ifndef _MQTT_PARSE_H
#define _MQTT_PARSE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
#endif

/* Control packet types, MQTT 3.1.1 table 2.1. */
enum mqtt_packet_type {
	MQTT_CONNECT		= 1,
	MQTT_CONNACK		= 2,
	MQTT_PUBLISH		= 3,
	MQTT_PUBACK		= 4,
	MQTT_PUBREC		= 5,
	MQTT_PUBREL		= 6,
	MQTT_PUBCOMP		= 7,
	MQTT_SUBSCRIBE		= 8,
	MQTT_SUBACK		= 9,
	MQTT_UNSUBSCRIBE	= 10,
	MQTT_UNSUBACK		= 11,
	MQTT_PINGREQ		= 12,
	MQTT_PINGRESP		= 13,
	MQTT_DISCONNECT		= 14,
	MQTT_AUTH		= 15,
};

/* Flags of PUBLISH in the first byte. */
#define MQTT_PUBLISH_RETAIN	0x01
#define MQTT_PUBLISH_QOS	0x06
#define MQTT_PUBLISH_DUP	0x08

/* First byte and at most four bytes of remaining length. */
#define MQTT_FIXED_HEADER_MAX	5
#define MQTT_REMAINING_MAX	268435455U

/* Longest properties of a PUBLISH on the fast path, in bytes. */
#define MQTT_PROPERTIES_MAX	4096
/*
 * A payload that says it is UTF-8 is checked as a whole, so the packet is
 * gathered first; longer ones that come in pieces are for the daemon.
 */
#define MQTT_GATHER_MAX		16384

/**
 * enum mqtt_parse_result - what the first bytes of a packet say
 *
 * @MQTT_PARSE_MORE: not decided, more bytes are needed
 * @MQTT_PARSE_FAST: a QoS 0 PUBLISH without RETAIN and DUP in minimal form,
 *	whose topic is complete: a flow decides
 * @MQTT_PARSE_PINGREQ: a valid PINGREQ
 * @MQTT_PARSE_SLOW: a packet for the daemon; its length is known
 * @MQTT_PARSE_BAD: the length is malformed: packets cannot be told apart any
 *	more
 */
enum mqtt_parse_result {
	MQTT_PARSE_MORE,
	MQTT_PARSE_FAST,
	MQTT_PARSE_PINGREQ,
	MQTT_PARSE_SLOW,
	MQTT_PARSE_BAD,
};

/**
 * enum mqtt_parse_slow - why a QoS 0 PUBLISH of level 5 is MQTT_PARSE_SLOW
 *
 * @MQTT_SLOW_OTHER: not for the fast path as such, or malformed
 * @MQTT_SLOW_PROPERTIES: properties longer than MQTT_PROPERTIES_MAX
 * @MQTT_SLOW_PAYLOAD: a payload that cannot be checked for being UTF-8 here
 * @MQTT_SLOW_ALIAS: a Topic Alias that is set, or is not known; not by the
 *	parser
 */
enum mqtt_parse_slow {
	MQTT_SLOW_OTHER,
	MQTT_SLOW_PROPERTIES,
	MQTT_SLOW_PAYLOAD,
	MQTT_SLOW_ALIAS,
};

/**
 * struct mqtt_packet_head - the start of a packet, decoded
 *
 * @first: first byte
 * @fixed_len: bytes of the fixed header, 2 to 5; 0 while it is incomplete
 * @topic_len: for MQTT_PARSE_FAST, or once it is known: bytes of topic, which
 *	begins at @fixed_len + 2; otherwise 0
 * @len: whole packet, fixed header included; valid unless @fixed_len is 0
 * @need: for MQTT_PARSE_MORE: bytes needed from the packet's first one on
 * @slow: for MQTT_PARSE_SLOW at level 5: enum mqtt_parse_slow
 * @hidden: at level 5: a Topic Alias, if there is one, has not been seen
 * @format: at level 5: Payload Format Indicator, 0 if there is none
 * @alias: at level 5: Topic Alias, 0 if there is none
 * @alias_off: at level 5: where its property begins, if there is one
 * @expiry_off: at level 5: where the value of the Message Expiry Interval
 *	is, 0 if there is none
 * @expiry: at level 5: that value, 0 if there is none
 * @props_off: at level 5: where the properties begin, after their length
 * @props_len: at level 5: their length
 *
 * What is of level 5 is set by mqtt_parse_head5() alone. @slow and @hidden are
 * always valid, the rest is unless @hidden is set.
 */
struct mqtt_packet_head {
	u8  first;
	u8  fixed_len;
	u16 topic_len;
	u32 len;
	u32 need;
	u8  slow;
	bool hidden;
	u8  format;
	u16 alias;
	u32 alias_off;
	u32 expiry_off;
	u32 expiry;
	u32 props_off;
	u32 props_len;
};

/**
 * mqtt_parse_head() - decode the start of a packet
 * @p: bytes from the packet's first one on
 * @n: number of them, 0 or more
 * @fast_max: longest packet for which MQTT_PARSE_FAST is wanted, in bytes
 * @topic_max: longest topic for which MQTT_PARSE_FAST is wanted, in bytes
 * @h: where to store what was found
 *
 * A packet is MQTT_PARSE_SLOW as soon as that is certain, so that a topic that
 * is too long never has to be collected. Longer encodings of the remaining
 * length than needed are MQTT_PARSE_SLOW: valid at level 4, but not to be sent
 * on as they are.
 *
 * Context: any, pure function.
 * Return: enum mqtt_parse_result. MQTT 3.1.1 section 2.2, 3.3.
 */
enum mqtt_parse_result mqtt_parse_head(const u8 *p, size_t n, u32 fast_max,
				       u32 topic_max,
				       struct mqtt_packet_head *h);

/**
 * mqtt_parse_head5() - decode the start of a packet of level 5
 * @p: bytes from the packet's first one on
 * @n: number of them, 0 or more
 * @fast_max: longest packet for which MQTT_PARSE_FAST is wanted, in bytes
 * @topic_max: longest topic for which MQTT_PARSE_FAST is wanted, in bytes
 * @h: where to store what was found
 *
 * As mqtt_parse_head(), but a PUBLISH is not decided before its properties are
 * complete and valid, and its payload too if it says that it is UTF-8. The
 * topic may be empty if there is a Topic Alias. Topic and properties are decoded
 * whatever QoS and RETAIN are, for they may set an alias, and if they are there
 * in packets longer than @fast_max; with a @fast_max of 0 they are not.
 *
 * Context: any, pure function.
 * Return: enum mqtt_parse_result. MQTT 5.0 section 3.3.2.
 */
enum mqtt_parse_result mqtt_parse_head5(const u8 *p, size_t n, u32 fast_max,
					u32 topic_max,
					struct mqtt_packet_head *h);

/**
 * mqtt_parse_expiry() - find the Message Expiry Interval of a packet
 * @p: a valid QoS 0 PUBLISH of level 5, as a server sends it, up to its payload
 * @n: bytes there are
 *
 * Context: any, pure function.
 * Return: where its value is, 0 if there is none.
 */
u32 mqtt_parse_expiry(const u8 *p, u32 n);

/**
 * mqtt_parse_varint() - decode a Variable Byte Integer
 * @p: bytes
 * @n: number of them
 * @value: where to store it
 *
 * Context: any, pure function.
 * Return: its length; 0 if more bytes are needed; -1 if it is malformed, or
 * longer than it need be.
 */
int mqtt_parse_varint(const u8 *p, size_t n, u32 *value);

/**
 * mqtt_varint_len() - length of a Variable Byte Integer
 * @value: up to MQTT_REMAINING_MAX
 *
 * Context: any. Return: 1 to 4.
 */
static inline u32 mqtt_varint_len(u32 value)
{
	return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : 4;
}

/**
 * mqtt_varint_put() - encode a Variable Byte Integer
 * @p: room
 * @value: up to MQTT_REMAINING_MAX
 *
 * Context: any. Return: bytes written, 1 to 4.
 */
static inline u32 mqtt_varint_put(u8 *p, u32 value)
{
	u32 n = 0;

	for (; value > 127; value >>= 7)
		p[n++] = (value & 0x7f) | 0x80;
	p[n++] = value;
	return n;
}

/**
 * mqtt_parse_gates() - must later publishes of the client wait for this one?
 * @first: first byte of a diverted packet
 *
 * Context: any, pure function.
 * Return: true for PUBLISH, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH, and for
 * packets a client must not send.
 */
bool mqtt_parse_gates(u8 first);

/**
 * mqtt_utf8_valid() - is this a UTF-8 string that MQTT allows?
 * @s: bytes
 * @n: number of them
 *
 * Refuses what [MQTT-1.5.3-1] and [MQTT-1.5.3-2] do: ill-formed and overlong
 * sequences, surrogates, code points above U+10FFFF, and U+0000.
 *
 * Context: any, pure function.
 * Return: true if it is.
 */
bool mqtt_utf8_valid(const u8 *s, size_t n);

/**
 * mqtt_topic_name_valid() - may this be the topic name of a PUBLISH?
 * @s: bytes
 * @n: number of them
 *
 * Context: any, pure function.
 * Return: true if it is not empty [MQTT-4.7.3-1], valid UTF-8 without U+0000
 * and without the wildcards + and # [MQTT-3.3.2-2].
 */
bool mqtt_topic_name_valid(const u8 *s, size_t n);

#endif /* _MQTT_PARSE_H */
