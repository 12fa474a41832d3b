/* SPDX-License-Identifier: GPL-2.0 */
/* What a client sends, up to whole packets. */
#ifndef MQTTD_CLIENT_INPUT_H
#define MQTTD_CLIENT_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct client;

/**
 * client_receive() - receive from a client
 * @c: client, from which nothing is being received
 *
 * CONNECT, its other packets, or until the end of the connection: as far as it
 * has come. Does nothing while the client is paused or being verified.
 */
void client_receive(struct client *c);

/**
 * client_plaintext() - MQTT that came by the client's transport
 * @c: client, CONNECT sent or not
 * @p: the bytes
 * @len: their number
 */
void client_plaintext(struct client *c, const uint8_t *p, size_t len);

/**
 * client_input_free() - forget a packet received in part
 * @c: client
 */
void client_input_free(struct client *c);

/**
 * client_input_hold() - what a client sends from now on waits
 * @c: client without a transport, one of whose packets is being handled
 */
void client_input_hold(struct client *c);

/**
 * client_input_release() - what has waited, and what follows it, is handled
 * @c: client
 */
void client_input_release(struct client *c);

/**
 * client_input_drop() - what waits is not handled any more
 * @c: client
 */
void client_input_drop(struct client *c);

/**
 * client_inputs_run() - connections end for which others had to wait
 *
 * Some in each turn of the loop.
 */
void client_inputs_run(void);

/**
 * client_input_connected() - CONNECT has been handled
 * @c: client; what is kept of CONNECT is freed
 */
void client_input_connected(struct client *c);

/**
 * client_input_drained() - a client takes its output again
 * @c: client; if it is paused, it is received from again
 */
void client_input_drained(struct client *c);

/**
 * client_input_exit() - free the room kept for reuse
 */
void client_input_exit(void);

#endif /* MQTTD_CLIENT_INPUT_H */
