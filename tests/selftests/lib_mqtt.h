/* SPDX-License-Identifier: GPL-2.0 */
/* MQTT packets, and growing buffers to put them in. */
#ifndef LIB_MQTT_H
#define LIB_MQTT_H

#include <stddef.h>
#include <stdint.h>

#define PUBACK_LEN	4
#define PINGREQ_LEN	2

/**
 * struct buf - growing buffer of bytes
 * @p: the bytes
 * @len: used
 * @cap: allocated
 */
struct buf {
	uint8_t *p;
	size_t len;
	size_t cap;
};

/**
 * buf_add() - append bytes
 * @b: buffer
 * @p: bytes, or NULL for zeros
 * @len: number of them
 */
void buf_add(struct buf *b, const void *p, size_t len);

/**
 * buf_free() - free the memory of a buffer, which is empty then
 * @b: buffer
 */
void buf_free(struct buf *b);

/**
 * buf_header() - append a fixed header
 * @b: buffer
 * @first: first byte
 * @remaining: remaining length
 */
void buf_header(struct buf *b, uint8_t first, uint32_t remaining);

/**
 * buf_publish_raw() - append a PUBLISH with any first byte
 * @b: buffer
 * @first: first byte
 * @topic: topic name
 * @topic_len: its length
 * @payload: payload, or NULL for a pattern made from @seed
 * @len: its length; with QoS 1 or 2 in @first a packet identifier comes before
 * @seed: what the pattern is made from
 */
void buf_publish_raw(struct buf *b, uint8_t first, const char *topic, size_t topic_len,
		     const void *payload, size_t len, uint32_t seed);

/**
 * buf_publish() - append a QoS 0 PUBLISH with a pattern as payload
 * @b: buffer
 * @topic: topic name
 * @len: length of the payload
 * @seed: what the pattern is made from
 */
void buf_publish(struct buf *b, const char *topic, size_t len, uint32_t seed);

/**
 * buf_publish5() - append a QoS 0 PUBLISH of level 5 with a pattern as payload
 * @b: buffer
 * @topic: topic name
 * @props: properties, without their length
 * @props_len: length of @props
 * @len: length of the payload
 * @seed: what the pattern is made from
 */
void buf_publish5(struct buf *b, const char *topic, const void *props, size_t props_len,
		  size_t len, uint32_t seed);

/**
 * buf_puback() - append a PUBACK: diverted from a client, gates nothing
 * @b: buffer
 * @pid: packet identifier
 */
void buf_puback(struct buf *b, uint16_t pid);

/**
 * buf_subscribe() - append a SUBSCRIBE: diverted, gates
 * @b: buffer
 * @pid: packet identifier
 * @filter: topic filter
 */
void buf_subscribe(struct buf *b, uint16_t pid, const char *filter);

/**
 * buf_pingreq() - append a PINGREQ
 * @b: buffer
 */
void buf_pingreq(struct buf *b);

/**
 * struct packets - walks over the packets in a stream
 * @p: next byte
 * @left: bytes left
 */
struct packets {
	const uint8_t *p;
	size_t left;
};

/**
 * packets_next() - take the next whole packet
 * @s: walk
 * @len: receives its length, fixed header included
 *
 * Return: the packet, or NULL if no whole one is left.
 */
const uint8_t *packets_next(struct packets *s, size_t *len);

#endif /* LIB_MQTT_H */
