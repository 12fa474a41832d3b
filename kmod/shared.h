/* SPDX-License-Identifier: GPL-2.0 */
/* Shared subscriptions: one member of the group gets each message. */
#ifndef _MQTT_SHARED_H
#define _MQTT_SHARED_H

#include "tx.h"

struct mqtt_group;
struct mqtt_net;
struct mqtt_variant;

/**
 * mqtt_shared_deliver() - queue a message on the member whose turn it is
 * @mn: namespace
 * @group: shared group
 * @frame: frame
 * @nr: number of the message in it, counted from 0
 * @kind: where it comes from
 * @sum: what was queued is added
 * @want: receives the form of the frame that is wanted; see variant.h
 *
 * A message that no member takes is dropped and counted.
 *
 * Context: process, RCU read side.
 * Return: false if a form of the frame is wanted; nothing has happened then.
 */
bool mqtt_shared_deliver(struct mqtt_net *mn, struct mqtt_group *group,
			 struct mqtt_frame *frame, u32 nr,
			 enum mqtt_tx_kind kind, struct mqtt_tx_sum *sum,
			 struct mqtt_variant *want);

#endif /* _MQTT_SHARED_H */
