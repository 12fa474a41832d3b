/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_FANOUT_H
#define _MQTT_FANOUT_H

#include <linux/types.h>

struct mqtt_conn;
struct mqtt_flow;
struct mqtt_frame;
struct mqtt_net;
struct mqtt_sub_ids;

/**
 * mqtt_fanout_frame() - queue a frame on the members of its flow
 * @src: publisher
 * @frame: frame with its flow; @frame->group and ->member say where to go on
 * @budget: members that may still be served in this turn; counted down
 *
 * Context: the publisher's worker, no locks held.
 * Return: true when all have it; false when the budget ran out.
 */
bool mqtt_fanout_frame(struct mqtt_conn *src, struct mqtt_frame *frame,
		       int *budget);

/**
 * struct mqtt_packet_out - packets from the port and their receivers
 *
 * @frame: QoS 0 PUBLISH packets; one if @groups and @conns are empty
 * @src: identifier of the publisher's conn, 0 for none
 * @groups: group identifiers, unaligned
 * @nr_groups: number of them
 * @conns: conn identifiers that get one copy each, sorted, or NULL
 * @nr_conns: number of them
 * @ids: Subscription Identifiers that @conns get, or NULL
 * @qos0: only members granted QoS 0
 * @flow: where groups and conns are from, or NULL: a merged conn that is not
 *	among @conns for its QoS is not served as a member either
 */
struct mqtt_packet_out {
	struct mqtt_frame *frame;
	u32 src;
	const u32 *groups;
	u32 nr_groups;
	const u32 *conns;
	u32 nr_conns;
	struct mqtt_sub_ids *ids;
	bool qos0;
	const struct mqtt_flow *flow;
};

/**
 * mqtt_fanout_sort() - bring conn identifiers into the order that
 *	struct mqtt_packet_out wants
 * @conns: identifiers
 * @nr: number of them
 *
 * Context: any.
 */
void mqtt_fanout_sort(u32 *conns, u32 nr);

/**
 * mqtt_fanout_packet_out() - queue packets of the port on their receivers
 * @mn: namespace
 * @po: packets and receivers
 *
 * Context: process; may sleep.
 */
void mqtt_fanout_packet_out(struct mqtt_net *mn,
			    const struct mqtt_packet_out *po);

#endif /* _MQTT_FANOUT_H */
