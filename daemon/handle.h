/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_HANDLE_H
#define MQTTD_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#include "packet.h"

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
 * handle_publish_run() - handle QoS 0 PUBLISH packets with the same topic
 * @c: client
 * @p: bytes received, at the beginning of a packet
 * @len: their number
 *
 * Return: bytes handled, always whole packets; 0 when the first packet is none
 * of these, is not complete, or is not valid, and must go to handle_packet().
 */
size_t handle_publish_run(struct client *c, const uint8_t *p, size_t len);

void handle_publish(struct client *c, uint8_t first, struct reader *r);
void handle_puback(struct client *c, uint8_t first, struct reader *r);
void handle_pubrec(struct client *c, uint8_t first, struct reader *r);
void handle_pubrel(struct client *c, uint8_t first, struct reader *r);
void handle_pubcomp(struct client *c, uint8_t first, struct reader *r);
void handle_subscribe(struct client *c, uint8_t first, struct reader *r);
void handle_unsubscribe(struct client *c, uint8_t first, struct reader *r);
void handle_pingreq(struct client *c, uint8_t first, struct reader *r);
void handle_disconnect(struct client *c, uint8_t first, struct reader *r);

/**
 * handle_malformed() - close a client that broke the protocol
 * @c: client
 * @what: what was wrong, for the log
 */
void handle_malformed(struct client *c, const char *what);

/**
 * read_mid() - read a body that is a packet identifier and nothing else
 * @c: client, closed when the body is something else
 * @r: body of the packet
 *
 * Return: the packet identifier, 0 when the client was closed.
 */
uint16_t read_mid(struct client *c, struct reader *r);

#endif /* MQTTD_HANDLE_H */
