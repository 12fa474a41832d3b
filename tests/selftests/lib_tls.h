/* SPDX-License-Identifier: GPL-2.0 */
/* kTLS with keys that both ends know: no handshake. */
#ifndef LIB_TLS_H
#define LIB_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tcp;

#define TLS_ALERT	21
#define TLS_HANDSHAKE	22
#define TLS_DATA	23

/**
 * struct tls_kind - a version of TLS with a cipher
 * @version: as in records
 * @cipher: TLS_CIPHER_*
 */
struct tls_kind {
	uint16_t version;
	uint16_t cipher;
};

/**
 * tls_kind_default() - TLS 1.3 with AES-128-GCM
 *
 * Return: that.
 */
struct tls_kind tls_kind_default(void);

/**
 * tls_ulp() - put kTLS on a socket, without keys
 * @fd: connected socket
 */
void tls_ulp(int fd);

/**
 * tls_key() - set one of the two keys of a connection
 * @fd: socket with kTLS
 * @kind: version and cipher
 * @direction: TLS_TX or TLS_RX
 * @from_client: the key of what the client sends, or that of the broker
 */
void tls_key(int fd, struct tls_kind kind, int direction, int from_client);

/**
 * tls_start_server() - put kTLS with both keys on the broker's end
 * @t: connection
 * @kind: version and cipher
 */
void tls_start_server(struct tcp *t, struct tls_kind kind);

/**
 * tls_start() - put kTLS with both keys on both ends
 * @t: connection
 * @kind: version and cipher
 */
void tls_start(struct tcp *t, struct tls_kind kind);

/**
 * tls_send_record() - send a record of any type
 * @fd: socket with kTLS
 * @type: its type
 * @p: bytes
 * @len: number of them
 */
void tls_send_record(int fd, uint8_t type, const void *p, size_t len);

/**
 * tls_recv_record() - receive, and learn the type of record
 * @fd: socket with kTLS
 * @p: room
 * @len: how much
 * @type: receives the type, 0 if kTLS did not tell
 *
 * Return: bytes, or a negative errno.
 */
ssize_t tls_recv_record(int fd, void *p, size_t len, uint8_t *type);

#endif /* LIB_TLS_H */
