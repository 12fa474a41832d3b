/* SPDX-License-Identifier: GPL-2.0 */
/* A TLS session of GnuTLS, from its handshake on. */
#ifndef MQTTD_TLS_SESSION_H
#define MQTTD_TLS_SESSION_H

#include <gnutls/gnutls.h>

#include "list.h"
#include "tls.h"
#include "transport.h"
#include "work.h"

struct tls_credentials;

/**
 * struct tls - TLS as a layer of a client's transport
 * @layer: the layer
 * @cred: what we prove ourselves with
 * @session: GnuTLS's, NULL before the handshake, and when the kernel has it
 * @info: what is known of it, after the handshake
 * @step: a step of the handshake, for a thread
 * @fd: the client's socket
 * @record_size_limit: asked for by the client, 0 if it has not
 * @max_fragment_length: the same in another way
 * @ktls: the kernel's TLS may be used
 * @up: it is a layer of the transport, and @info belongs to the client
 * @dead: it cannot go on, and nothing more is sent
 * @result: of the last step of the handshake
 * @error: why it failed
 * @in: bytes from the socket that are not decrypted yet
 * @in_len: their number
 *
 * During a step of the handshake all of it but @layer belongs to a thread, else
 * to the event loop.
 */
struct tls {
	struct transport_layer layer;
	struct tls_credentials *cred;
	gnutls_session_t session;
	struct tls_info *info;
	struct work step;
	int fd;
	uint32_t record_size_limit;
	uint32_t max_fragment_length;
	bool ktls;
	bool up;
	bool dead;
	int result;
	char error[160];
	const uint8_t *in;
	size_t in_len;
};

/**
 * tls_session_handshake() - go on with the handshake as far as the socket lets
 * @t: session; called by a thread
 *
 * Sets @t->result: 0 when it is done, and @t->info made; GNUTLS_E_AGAIN to be
 * called again when the socket is ready; other errors with @t->error.
 */
void tls_session_handshake(struct tls *t);

/**
 * tls_session_events() - what the handshake waits for
 * @t: session
 *
 * Return: events for poll().
 */
unsigned int tls_session_events(const struct tls *t);

/**
 * tls_session_layer() - go on as a layer of the transport
 * @t: session, its handshake done
 */
void tls_session_layer(struct tls *t);

/**
 * tls_verify() - is a client's certificate good?
 * @session: its session, whose pointer is a struct tls
 *
 * Return: 0 or a GNUTLS_E_ code, which ends the handshake.
 */
int tls_verify(gnutls_session_t session);

/**
 * tls_handshake_start() - start the threads for handshakes
 *
 * Return: 0 or -errno.
 */
int tls_handshake_start(void);

/**
 * tls_handshake_stop() - end the threads
 */
void tls_handshake_stop(void);

/**
 * tls_handshake() - begin with a handshake
 * @t: session; its client is received from after it, or closed
 */
void tls_handshake(struct tls *t);

extern const struct transport_ops tls_transport;

#endif /* MQTTD_TLS_SESSION_H */
