/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLS: credentials as configured, the handshake on threads of its own, and then
 * the kernel's TLS, or a layer of the transport.
 */
#ifndef MQTTD_TLS_H
#define MQTTD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "loop.h"

struct client;

/**
 * struct tls_info - what is known of a connection after its handshake
 * @version: "1.2" or "1.3"
 * @cipher: name of its cipher
 * @ktls: the kernel encrypts and decrypts
 * @closed: close_notify was sent, by the kernel's TLS
 * @record_limit: most bytes of plaintext in a record that the client takes, 0
 *	if it has not said
 * @identity: Common Name of the client's certificate, NULL if there is none
 * @subject: its subject
 * @client: whose it is, once closing
 * @op: close_notify in flight
 * @alert: an alert for the kernel to send
 * @msg: its message
 * @iov: its bytes
 * @control: says what they are
 */
struct tls_info {
	char version[8];
	char cipher[32];
	bool ktls;
	bool closed;
	uint32_t record_limit;
	char *identity;
	char *subject;
	struct client *client;
	struct op op;
	uint8_t alert[2];
	struct msghdr msg;
	struct iovec iov;
	uint8_t control[CMSG_SPACE(sizeof(uint8_t))];
};

/**
 * tls_start() - read the credentials of all listeners, and start the threads
 *
 * Return: 0, or -1 after saying on the log what is wrong.
 */
int tls_start(void);

/**
 * tls_configured() - does any listener have TLS?
 *
 * Return: true if so.
 */
bool tls_configured(void);

/**
 * tls_read() - read the credentials of all listeners again
 * @error: message after a failure
 * @size: size of @error
 *
 * Return: 0 or -1; what is in force does not change.
 */
int tls_read(char *error, size_t size);

/**
 * tls_apply() - what was read holds for new connections
 */
void tls_apply(void);

/**
 * tls_discard() - forget what was read
 */
void tls_discard(void);

/**
 * tls_stop() - end the threads, whatever they were doing
 */
void tls_stop(void);

/**
 * tls_exit() - forget the credentials, after all clients
 */
void tls_exit(void);

/**
 * tls_push() - put TLS into the transport of a new client
 * @c: client of a listener with certificates
 */
void tls_push(struct client *c);

/**
 * tls_control() - the kernel's TLS has something that is not data
 * @c: client from which nothing could be received
 *
 * Closes the client if that ends the connection.
 *
 * Return: false if that is not why.
 */
bool tls_control(struct client *c);

/**
 * tls_close() - send close_notify by the kernel's TLS
 * @c: client with no send in flight
 *
 * Return: false when there is none to send.
 */
bool tls_close(struct client *c);

/**
 * tls_close_now() - send close_notify by the kernel's TLS, if it can be at once
 * @c: client, with TLS or without
 */
void tls_close_now(struct client *c);

/**
 * tls_kernel() - is a new connection one for the kernel's TLS?
 * @c: client whose lowest layer is TLS
 *
 * Return: true if so.
 */
bool tls_kernel(const struct client *c);

/**
 * tls_describe() - TLS of a connection in words
 * @c: client with TLS
 * @buf: for the text
 * @size: room in it
 */
void tls_describe(const struct client *c, char *buf, size_t size);

/**
 * tls_info_delete() - forget what is known of a connection's TLS
 * @info: it, or NULL
 */
void tls_info_delete(struct tls_info *info);

/**
 * tls_username() - the user name that a client's certificate stands for
 * @c: client of a listener with use_identity_as_username, or the subject
 *
 * Return: the name, NULL if the certificate has none.
 */
const char *tls_username(const struct client *c);

#endif /* MQTTD_TLS_H */
