/* SPDX-License-Identifier: GPL-2.0 */
/* Shared subscriptions, MQTT 5.0 section 4.8.2: who gets which message. */
#ifndef MQTTD_SHARE_H
#define MQTTD_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filter;
struct session;
struct sub;

/**
 * enum share_leave - how a member leaves a shared subscription
 *
 * @SHARE_OFFLINE: its connection is gone, its session stays
 * @SHARE_UNSUBSCRIBED: it unsubscribed
 * @SHARE_ENDED: its session ends
 */
enum share_leave {
	SHARE_OFFLINE,
	SHARE_UNSUBSCRIBED,
	SHARE_ENDED,
};

/**
 * share_attached() - does the data path choose who gets a message?
 * @filter: filter of a shared subscription
 * @qos: QoS of the message
 * @retain: is it to be retained? Its RETAIN is for those who want it.
 *
 * Return: true for QoS 0 when all connected members are attached.
 */
bool share_attached(const struct filter *filter, uint8_t qos, bool retain);

/**
 * struct share_message - a message for a shared subscription
 * @topic: its topic
 * @len: length of @topic
 * @qos: its QoS
 */
struct share_message {
	const char *topic;
	size_t len;
	uint8_t qos;
};

/**
 * share_pick() - choose the member that gets a message
 * @filter: filter of the shared subscription
 * @msg: the message
 *
 * They take turns: those that have room for it before other connected ones,
 * and one whose session has no connection only when there is no other.
 *
 * Return: a subscription, NULL when nobody can have it.
 */
struct sub *share_pick(struct filter *filter, const struct share_message *msg);

/**
 * share_leave() - a member leaves: others get what it has not got
 * @sub: its subscription
 * @how: how it leaves
 *
 * What was sent with QoS 1 and not acknowledged goes to another member, too;
 * what was sent with QoS 2 never does [MQTT-4.8.2-4], [MQTT-4.8.2-5].
 */
void share_leave(struct sub *sub, enum share_leave how);

/**
 * share_leave_all() - leave all shared subscriptions of a session
 * @session: session
 * @how: how it leaves
 */
void share_leave_all(struct session *session, enum share_leave how);

#endif /* MQTTD_SHARE_H */
