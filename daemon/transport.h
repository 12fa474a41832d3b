/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lies between a socket and MQTT: TLS, WebSocket, or one over the other.
 * A client whose socket carries MQTT as it is has no transport.
 */
#ifndef MQTTD_TRANSPORT_H
#define MQTTD_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "timer.h"

/* Bytes of a client's output that are encoded at a time. */
#define TRANSPORT_CHUNK	32768u

struct client;
struct transport;
struct transport_layer;

/**
 * struct transport_ops - one kind of layer
 * @name: for people and programs
 * @start: begin; for a layer that makes its handshake by itself: nothing is
 *	received for it until it calls transport_ready(). NULL for one that
 *	makes it with what @input gets.
 * @input: bytes arrived from below; calls transport_deliver() with what they
 *	carry. After client_close() the rest is of no interest.
 * @output: encode bytes, all of them, and give them to transport_pass(). Only
 *	called for what follows the layer's handshake.
 * @close: pass what ends the connection in order, if anything does
 * @free: free the layer
 */
struct transport_ops {
	const char *name;
	void (*start)(struct transport_layer *l);
	void (*input)(struct transport_layer *l, const uint8_t *p, size_t len);
	void (*output)(struct transport_layer *l, const struct iovec *iov,
		       unsigned int n);
	void (*close)(struct transport_layer *l);
	void (*free)(struct transport_layer *l);
};

/**
 * struct transport_layer - a layer, embedded in what its kind needs
 * @ops: its kind
 * @client: whose it is
 * @above: the layer above, NULL for the one that carries MQTT
 * @below: the layer below, NULL for the one next to the socket
 */
struct transport_layer {
	const struct transport_ops *ops;
	struct client *client;
	struct transport_layer *above;
	struct transport_layer *below;
};

/**
 * struct transport_buf - bytes in a row
 * @data: room for them
 * @off: first byte
 * @len: end of the bytes
 * @cap: size of @data
 */
struct transport_buf {
	uint8_t *data;
	size_t off;
	size_t len;
	size_t cap;
};

/**
 * struct transport - the layers of a connection
 * @client: whose they are
 * @top: the layer that carries MQTT
 * @bottom: the layer next to the socket
 * @out: bytes for the socket
 * @tx: those that are being sent, none of which moves meanwhile
 * @kept: MQTT received while the client takes none
 * @resume: gives it @kept
 * @closed: the end has been passed down
 */
struct transport {
	struct client *client;
	struct transport_layer *top;
	struct transport_layer *bottom;
	struct transport_buf out;
	struct transport_buf tx;
	struct transport_buf kept;
	struct timer resume;
	bool closed;
};

/**
 * transport_push() - put a layer above those that are there
 * @c: client, not yet started
 * @l: layer with its @ops set; freed with the client
 */
void transport_push(struct client *c, struct transport_layer *l);

/**
 * transport_start() - begin with the handshakes of the layers
 * @c: client with a transport
 */
void transport_start(struct client *c);

/**
 * transport_ready() - a layer with @start takes input now
 * @l: the layer
 */
void transport_ready(struct transport_layer *l);

/**
 * transport_deliver() - bytes that a layer carried
 * @l: the layer
 * @p: the bytes
 * @len: their number
 */
void transport_deliver(struct transport_layer *l, const uint8_t *p, size_t len);

/**
 * transport_pass() - bytes that a layer sends
 * @l: the layer
 * @iov: the bytes, copied
 * @n: number of pieces
 */
void transport_pass(struct transport_layer *l, const struct iovec *iov,
		    unsigned int n);

/**
 * transport_end() - the other side ended a layer in order
 * @l: the layer
 */
void transport_end(struct transport_layer *l);

/**
 * transport_input() - bytes from the socket
 * @c: client with a transport
 * @p: the bytes
 * @len: their number
 */
void transport_input(struct client *c, const uint8_t *p, size_t len);

/**
 * transport_output() - encode what the client has queued, up to a chunk
 * @c: client with a transport, and no send in flight
 * @n: pieces gathered by outq_peek()
 */
void transport_output(struct client *c, unsigned int n);

/**
 * transport_pending() - is there something for the socket?
 * @c: client with a transport
 *
 * Return: true if so, or if it is being sent.
 */
bool transport_pending(const struct client *c);

/**
 * transport_peek() - what is to be sent
 * @c: client with a transport, and no send in flight
 * @iov: set to bytes that stay where they are until transport_sent()
 *
 * Return: false if there is nothing.
 */
bool transport_peek(struct client *c, struct iovec *iov);

/**
 * transport_sent() - bytes from transport_peek() were sent
 * @c: client with a transport
 * @len: their number
 */
void transport_sent(struct client *c, size_t len);

/**
 * transport_keep() - bytes that the client does not take now
 * @t: its transport
 * @p: the bytes
 * @len: their number
 */
void transport_keep(struct transport *t, const uint8_t *p, size_t len);

/**
 * transport_kept() - does the transport keep input?
 * @c: client
 *
 * Return: true if it does.
 */
bool transport_kept(const struct client *c);

/**
 * transport_resume() - the client takes input again
 * @c: client with a transport that keeps some
 */
void transport_resume(struct client *c);

/**
 * transport_close() - say the end, before FIN
 * @c: client with a transport
 */
void transport_close(struct client *c);

/**
 * transport_free() - free all layers and what they hold
 * @c: client, with a transport or without
 */
void transport_free(struct client *c);

/**
 * transport_describe() - what a client's MQTT comes by
 * @c: client with a transport, or with the kernel's TLS
 * @buf: for the text, from the upper layer to the lower one
 * @size: room in it
 */
void transport_describe(const struct client *c, char *buf, size_t size);

#endif /* MQTTD_TRANSPORT_H */
