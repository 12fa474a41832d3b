/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_DELIVER_H
#define MQTTD_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

struct client;
struct filter;
struct message;
struct run;
struct session;
struct subids;

/**
 * struct delivery_to - how a message goes to a session
 * @qos: QoS of the delivery
 * @retain: RETAIN of the delivery
 * @ids: subscription identifiers, or NULL; a reference is taken when it waits
 * @share: the shared subscription it is for, or NULL
 */
struct delivery_to {
	uint8_t qos;
	bool retain;
	struct subids *ids;
	struct filter *share;
};

/**
 * deliver_run() - queue QoS 0 packets on a connected client
 * @c: client
 * @run: the packets
 *
 * The newest packets are dropped and counted when its buffer is full, and those
 * that are too long for the client [MQTT-3.1.2-25].
 *
 * Return: number of packets queued.
 */
uint32_t deliver_run(struct client *c, struct run *run);

/**
 * deliver_qos0() - queue a message with QoS 0 on a connected client
 * @c: client
 * @msg: message
 * @retain: RETAIN of the delivery
 * @ids: subscription identifiers, or NULL
 *
 * Dropped and counted as with deliver_run().
 */
void deliver_qos0(struct client *c, struct message *msg, bool retain,
		  const struct subids *ids);

/**
 * deliver_message() - send or queue a message
 * @s: session, connected or not
 * @msg: message
 * @to: how it goes there; one of QoS 0 is lost on a session without connection
 */
void deliver_message(struct session *s, struct message *msg,
		     const struct delivery_to *to);

/**
 * deliver_room() - can a message be sent at once?
 * @s: session, connected
 * @qos: QoS of the delivery
 *
 * Return: false when it would have to wait, or to be dropped.
 */
bool deliver_room(const struct session *s, uint8_t qos);

/**
 * deliver_ahead() - have a retained message come before what is published next
 * @c: client, attached
 * @msg: message
 * @ids: subscription identifiers, or NULL
 * @room: what datapath_room() said; what it takes is subtracted
 *
 * Return: false when there is no room for it: see deliver_retained().
 */
bool deliver_ahead(struct client *c, struct message *msg,
		   const struct subids *ids, uint32_t *room);

/**
 * deliver_retained() - send or queue a retained message for a new subscription
 * @s: session, connected
 * @msg: message
 * @qos: QoS of the delivery, 0 too
 * @ids: subscription identifiers, or NULL
 */
void deliver_retained(struct session *s, struct message *msg, uint8_t qos,
		      struct subids *ids);

/**
 * deliver_withdraw() - take back what a session may not read any more
 * @session: session
 *
 * What waits for it goes, and what was sent over a former connection and would
 * be sent again.
 */
void deliver_withdraw(struct session *session);

/**
 * deliver_pump() - send what waits in the queue, as far as there is room
 * @s: session, connected
 */
void deliver_pump(struct session *s);

/**
 * deliver_resume() - send again what was in flight when the connection broke
 * @s: session, connected again
 *
 * No more at a time than the client takes [MQTT-3.3.4-9].
 */
void deliver_resume(struct session *s);

#endif /* MQTTD_DELIVER_H */
