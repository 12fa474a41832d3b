/* SPDX-License-Identifier: GPL-2.0 */
/* One publish in the forms of the protocol levels. Pure C, as parse.h is. */
#ifndef _MQTT_TRANSCODE_H
#define _MQTT_TRANSCODE_H

#include "parse.h"

/**
 * struct mqtt_transcode - from what to what
 *
 * @src: whole valid QoS 0 PUBLISH packets
 * @len: their length
 * @from5: they are of protocol level 5
 * @to5: level 5 is wanted; if not, properties are left out
 * @ids: properties to add at level 5: Subscription Identifiers, encoded
 * @ids_len: their length
 * @heads: payloads are left out
 * @longest: receives the length of the longest packet made
 * @payload_off: receives where the last packet's payload begins in @src
 */
struct mqtt_transcode {
	const u8 *src;
	u32 len;
	bool from5;
	bool to5;
	const u8 *ids;
	u32 ids_len;
	bool heads;
	u32 longest;
	u32 payload_off;
};

/**
 * mqtt_transcode() - write packets in another form
 * @t: from what to what
 * @dst: room, or NULL to learn how much is needed
 *
 * Context: any.
 * Return: bytes written, or needed.
 */
u32 mqtt_transcode(struct mqtt_transcode *t, u8 *dst);

/**
 * mqtt_transcode_alias() - write the start of a packet with a topic for its alias
 * @p: QoS 0 PUBLISH without a topic, complete up to its payload
 * @h: what mqtt_parse_head5() found in it
 * @topic: topic name
 * @topic_len: its length
 * @dst: room, or NULL to learn how much is needed
 *
 * The Topic Alias is left out, and a Message Expiry Interval comes first. The
 * payload is to follow.
 *
 * Context: any.
 * Return: bytes written, or needed.
 */
u32 mqtt_transcode_alias(const u8 *p, const struct mqtt_packet_head *h,
			 const u8 *topic, u32 topic_len, u8 *dst);

#endif /* _MQTT_TRANSCODE_H */
