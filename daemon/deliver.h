/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_DELIVER_H
#define MQTTD_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

struct client;
struct message;
struct session;

/**
 * struct run - QoS 0 packets that many clients get
 * @frames: the packets, encoded
 * @len: their length together
 * @count: their number
 * @msg: shares @frames without copying, made when it is first worth it
 * @share: is it worth it?
 */
struct run {
	const uint8_t *frames;
	uint32_t len;
	uint32_t count;
	struct message *msg;
	bool share;
};

/**
 * deliver_run() - queue QoS 0 packets on a connected client
 * @c: client
 * @run: the packets
 *
 * The newest packets are dropped and counted when its buffer is full.
 */
void deliver_run(struct client *c, struct run *run);

/**
 * deliver_message() - send or queue a QoS 1 or 2 message
 * @s: session, connected or not
 * @msg: message
 * @qos: QoS of the delivery
 * @retain: RETAIN of the delivery
 */
void deliver_message(struct session *s, struct message *msg, uint8_t qos,
		     bool retain);

/**
 * deliver_retained() - send or queue a retained message for a new subscription
 * @s: session, connected
 * @msg: message
 * @qos: QoS of the delivery, 0 too
 */
void deliver_retained(struct session *s, struct message *msg, uint8_t qos);

/**
 * deliver_pump() - send what waits in the queue, as far as there is room
 * @s: session, connected
 */
void deliver_pump(struct session *s);

/**
 * deliver_resume() - send again what was in flight when the connection broke
 * @s: session, connected again
 */
void deliver_resume(struct session *s);

#endif /* MQTTD_DELIVER_H */
