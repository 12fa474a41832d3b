/* SPDX-License-Identifier: GPL-2.0 */
/* Cipher suites by the names that OpenSSL, and so mosquitto.conf, has for them. */
#ifndef MQTTD_TLS_CIPHER_H
#define MQTTD_TLS_CIPHER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum tls_key - what a server proves itself with
 *
 * @TLS_KEY_RSA: an RSA key
 * @TLS_KEY_ECDSA: a key on an elliptic curve
 */
enum tls_key {
	TLS_KEY_RSA,
	TLS_KEY_ECDSA,
};

/**
 * tls_ciphers_unknown() - is there a suite in a list that cannot be had?
 * @list: names with colons between them
 * @tls13: suites of TLS 1.3, else of 1.2
 *
 * Return: length of the name in question at *@name, 0 if all are fine.
 */
size_t tls_ciphers_unknown(const char *list, bool tls13, const char **name);

/**
 * tls_priority() - what a listener offers, as GnuTLS wants to be told
 * @list: suites that may be used, NULL for all
 * @tls13: for TLS 1.3, else 1.2
 * @key: what the certificate has
 * @out: priority string; empty if no suite of the list goes with @key
 * @size: room for it
 */
void tls_priority(const char *list, bool tls13, enum tls_key key, char *out,
		  size_t size);

#endif /* MQTTD_TLS_CIPHER_H */
