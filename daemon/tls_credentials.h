/* SPDX-License-Identifier: GPL-2.0 */
/* What a listener proves itself with, and asks of its clients. */
#ifndef MQTTD_TLS_CREDENTIALS_H
#define MQTTD_TLS_CREDENTIALS_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

struct conf_tls;

/**
 * struct tls_credentials - certificates, keys and the rest, as read once
 * @refs: handshakes and sessions with it, and the listener; counted in the event
 *	loop only
 * @cert: certificate, key, authorities and revocations
 * @priority: versions and ciphers
 * @priority12: those of TLS 1.2
 * @priority13: those of TLS 1.3
 * @request: how a client is asked for a certificate
 */
struct tls_credentials {
	unsigned int refs;
	gnutls_certificate_credentials_t cert;
	gnutls_priority_t priority;
	gnutls_priority_t priority12;
	gnutls_priority_t priority13;
	gnutls_certificate_request_t request;
};

/**
 * tls_credentials_read() - read all files that a listener names
 * @conf: its options
 * @error: message after a failure
 * @size: size of @error
 *
 * Return: the credentials with one reference, NULL after a failure.
 */
struct tls_credentials *tls_credentials_read(const struct conf_tls *conf,
					     char *error, size_t size);

/**
 * tls_credentials_get() - take another reference
 * @cred: credentials
 *
 * Return: @cred.
 */
struct tls_credentials *tls_credentials_get(struct tls_credentials *cred);

/**
 * tls_credentials_put() - let go of a reference
 * @cred: credentials, or NULL
 */
void tls_credentials_put(struct tls_credentials *cred);

#endif /* MQTTD_TLS_CREDENTIALS_H */
