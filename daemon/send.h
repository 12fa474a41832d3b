/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_SEND_H
#define MQTTD_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reason.h"

struct client;
struct message;
struct subids;

/*
 * A packet that is longer than the client's maximum packet size is not queued
 * [MQTT-3.1.2-24]; a reason string is left out before that [MQTT-3.14.2-3].
 */

/* Room for put_auth() with the last data of SCRAM-SHA-256. */
#define AUTH_PROPERTIES_MAX	80u

/**
 * put_auth() - put the properties about enhanced authentication
 * @p: where
 * @data: authentication data
 *
 * Return: what comes behind them.
 */
uint8_t *put_auth(uint8_t *p, const char *data);

/**
 * send_auth() - send AUTH
 * @c: client of MQTT 5.0
 * @code: its reason code
 * @data: authentication data
 *
 * Return: false for more than the client takes.
 */
bool send_auth(struct client *c, enum reason code, const char *data);

/**
 * send_connack() - queue CONNACK for a connection that is accepted
 * @c: client
 * @present: session present
 * @props: properties for a 5.0 client
 * @len: their length
 */
void send_connack(struct client *c, bool present, const uint8_t *props,
		  size_t len);

/**
 * send_refusal() - queue CONNACK for a connection that is refused
 * @c: client; one that is not 5.0 gets the return code nearest to @code
 * @code: reason code, at least 0x80
 * @what: reason string
 */
void send_refusal(struct client *c, enum reason code, const char *what);

/**
 * send_ack() - queue PUBACK, PUBREC, PUBREL or PUBCOMP
 * @c: client
 * @first: first byte, with its flags
 * @mid: packet identifier
 * @code: reason code for a 5.0 client
 */
void send_ack(struct client *c, uint8_t first, uint16_t mid,
	      enum reason code);

/**
 * send_codes_fit() - does the client take a SUBACK or UNSUBACK?
 * @c: client; it is disconnected if not, for it would wait for ever
 * @count: number of reason codes
 *
 * Return: true if so.
 */
bool send_codes_fit(struct client *c, size_t count);

/**
 * send_suback() - queue SUBACK
 * @c: client
 * @mid: packet identifier
 * @codes: return codes, reason codes for a 5.0 client
 * @count: their number
 */
void send_suback(struct client *c, uint16_t mid, const uint8_t *codes,
		 size_t count);

/**
 * send_unsuback() - queue UNSUBACK
 * @c: client
 * @mid: packet identifier
 * @codes: reason codes for a 5.0 client
 * @count: their number
 */
void send_unsuback(struct client *c, uint16_t mid, const uint8_t *codes,
		   size_t count);

/**
 * send_disconnect() - queue DISCONNECT
 * @c: client; nothing is sent to one that is not 5.0
 * @code: reason code
 * @what: reason string
 */
void send_disconnect(struct client *c, enum reason code, const char *what);

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
 * @ids: subscription identifiers, or NULL
 *
 * Return: false, with nothing queued, when the client does not take packets of
 * that length [MQTT-3.1.2-24].
 */
bool send_publish(struct client *c, struct message *msg, uint8_t flags,
		  uint16_t mid, const struct subids *ids);

/**
 * publish_length() - length of the PUBLISH that send_publish() would queue
 * @c: client
 * @msg: message
 * @ids: subscription identifiers, or NULL
 *
 * Return: its length, or some bytes more.
 */
size_t publish_length(const struct client *c, const struct message *msg,
		      const struct subids *ids);

#endif /* MQTTD_SEND_H */
