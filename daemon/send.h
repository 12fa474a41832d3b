/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_SEND_H
#define MQTTD_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct message;

/**
 * send_connack() - queue CONNACK
 * @c: client
 * @present: session present
 * @code: enum connack_code
 */
void send_connack(struct client *c, bool present, uint8_t code);

/**
 * send_ack() - queue a packet that consists of a packet identifier
 * @c: client
 * @first: first byte: PUBACK, PUBREC, PUBREL, PUBCOMP or UNSUBACK with its flags
 * @mid: packet identifier
 */
void send_ack(struct client *c, uint8_t first, uint16_t mid);

/**
 * send_suback() - queue SUBACK
 * @c: client
 * @mid: packet identifier
 * @codes: return codes
 * @count: their number
 */
void send_suback(struct client *c, uint16_t mid, const uint8_t *codes,
		 size_t count);

/**
 * send_pingresp() - queue PINGRESP
 * @c: client
 */
void send_pingresp(struct client *c);

/**
 * send_publish() - queue PUBLISH
 * @c: client
 * @msg: message
 * @flags: DUP, QoS and RETAIN in place
 * @mid: packet identifier, for QoS 1 and 2
 */
void send_publish(struct client *c, struct message *msg, uint8_t flags,
		  uint16_t mid);

#endif /* MQTTD_SEND_H */
