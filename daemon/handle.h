/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_HANDLE_H
#define MQTTD_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "reason.h"

struct client;

/**
 * struct handler - what to do with a type of packet
 * @flags: value that the reserved flags must have, -1 if there are none
 * @fn: handles the packet's body; closes the client when something is wrong
 *
 * A @fn of NULL is for types that a client never sends.
 */
struct handler {
	int flags;
	void (*fn)(struct client *c, uint8_t first, struct reader *r);
};

/**
 * handle_packet() - handle one whole packet of a connected client
 * @c: client
 * @p: the packet
 * @hlen: length of its fixed header
 * @remaining: its remaining length
 */
void handle_packet(struct client *c, const uint8_t *p, size_t hlen,
		   uint32_t remaining);

/**
 * handle_connect() - handle CONNECT, the first packet of a connection
 * @c: client
 * @r: body of the packet
 */
void handle_connect(struct client *c, struct reader *r);

/**
 * handle_connect_stored() - go on after CONNECT, whose effect is on disk now
 * @c: client whose CONNACK was held, and is about to be sent
 */
void handle_connect_stored(struct client *c);

/**
 * handle_connect_unstored() - refuse a CONNECT whose effect found no space
 * @c: client whose CONNACK was held, and has been dropped
 * @what: for the log, and for the client
 */
void handle_connect_unstored(struct client *c, const char *what);

/**
 * handle_connect_verified() - go on with a CONNECT after AUTH_WAIT
 * @c: client
 * @good: its password is right
 */
void handle_connect_verified(struct client *c, bool good);

/**
 * handle_publish_run() - handle QoS 0 PUBLISH packets with the same topic
 * @c: client
 * @p: bytes received, at the beginning of a packet
 * @len: their number
 *
 * Return: bytes handled, always whole packets; 0 when the first packet is none
 * of these, is not complete, or is not valid, and must go to handle_packet().
 */
size_t handle_publish_run(struct client *c, const uint8_t *p, size_t len);

/**
 * handle_puback_run() - handle PUBACK packets without a reason code
 * @c: client
 * @p: bytes received, at the beginning of a packet
 * @len: their number
 *
 * What waits for room in flight is sent once, after the last of them.
 *
 * Return: bytes handled, always whole packets; 0 when the first packet is none
 * of these, is not complete, or answers nothing, and must go to handle_packet().
 */
size_t handle_puback_run(struct client *c, const uint8_t *p, size_t len);

void handle_publish(struct client *c, uint8_t first, struct reader *r);
void handle_puback(struct client *c, uint8_t first, struct reader *r);
void handle_pubrec(struct client *c, uint8_t first, struct reader *r);
void handle_pubrel(struct client *c, uint8_t first, struct reader *r);
void handle_pubcomp(struct client *c, uint8_t first, struct reader *r);
void handle_subscribe(struct client *c, uint8_t first, struct reader *r);
void handle_unsubscribe(struct client *c, uint8_t first, struct reader *r);
void handle_pingreq(struct client *c, uint8_t first, struct reader *r);
void handle_disconnect(struct client *c, uint8_t first, struct reader *r);

void handle_auth(struct client *c, uint8_t first, struct reader *r);

/**
 * handle_malformed() - close a client that sent a malformed packet
 * @c: client, told REASON_MALFORMED_PACKET; see client_fail() for other reasons
 * @what: what was wrong
 */
void handle_malformed(struct client *c, const char *what);

/**
 * read_ack() - read the body of PUBACK, PUBREC, PUBREL or PUBCOMP
 * @c: client, closed when the body is something else
 * @first: first byte of the packet
 * @r: body of the packet
 * @reason: set to the reason code, which 5.0 may have
 *
 * Return: the packet identifier, 0 when the client was closed.
 */
uint16_t read_ack(struct client *c, uint8_t first, struct reader *r,
		  enum reason *reason);

#endif /* MQTTD_HANDLE_H */
