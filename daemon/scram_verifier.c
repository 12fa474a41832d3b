// SPDX-License-Identifier: GPL-2.0
#include "scram_verifier.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base64.h"

#define PREFIX		"SCRAM-SHA-256$"
#define ITERATIONS_MIN	4096u
#define ITERATIONS_MAX	10000000u

bool is_scram_verifier(const char *hash)
{
	return !strncmp(hash, PREFIX, sizeof(PREFIX) - 1);
}

static bool decode_key(const char *text, size_t len, uint8_t *key)
{
	size_t size = SCRAM_KEY_LEN;

	return base64_decode(text, len, key, &size) && size == SCRAM_KEY_LEN;
}

const char *scram_verifier_parse(const char *hash, struct scram_verifier *v)
{
	const char *p = hash + sizeof(PREFIX) - 1;
	const char *salt, *stored, *server;
	unsigned long n;
	char *after;

	if (*p < '0' || *p > '9')
		return "no number of iterations";
	n = strtoul(p, &after, 10);
	if (*after != ':' || n < ITERATIONS_MIN || n > ITERATIONS_MAX)
		return "number of iterations out of range (4096 to 10000000)";
	v->iterations = (unsigned int)n;
	salt = after + 1;
	stored = strchr(salt, '$');
	v->salt_len = sizeof(v->salt);
	if (!stored || !base64_decode(salt, stored - salt, v->salt, &v->salt_len))
		return "salt is not base64 of 1 to 64 bytes";
	stored++;
	server = strchr(stored, ':');
	if (!server || !decode_key(stored, server - stored, v->stored_key))
		return "StoredKey is not base64 of 32 bytes";
	server++;
	if (!decode_key(server, strlen(server), v->server_key))
		return "ServerKey is not base64 of 32 bytes";
	return NULL;
}

bool scram_hmac(const uint8_t key[SCRAM_KEY_LEN], const void *data, size_t len,
		uint8_t out[SCRAM_KEY_LEN])
{
	return !gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, SCRAM_KEY_LEN, data,
				 len, out);
}

/* Fills in the keys; salt and iterations are there. */
static bool derive(struct scram_verifier *v, const void *password, size_t len)
{
	const gnutls_datum_t secret = {
		.data = (unsigned char *)password,
		.size = (unsigned int)len,
	};
	const gnutls_datum_t salt = {
		.data = v->salt,
		.size = (unsigned int)v->salt_len,
	};
	uint8_t salted[SCRAM_KEY_LEN];
	uint8_t client[SCRAM_KEY_LEN];
	bool good;

	good = !gnutls_pbkdf2(GNUTLS_MAC_SHA256, &secret, &salt, v->iterations,
			      salted, sizeof(salted)) &&
	       scram_hmac(salted, "Client Key", 10, client) &&
	       !gnutls_hash_fast(GNUTLS_DIG_SHA256, client, sizeof(client),
				 v->stored_key) &&
	       scram_hmac(salted, "Server Key", 10, v->server_key);
	explicit_bzero(salted, sizeof(salted));
	explicit_bzero(client, sizeof(client));
	return good;
}

int scram_verifier_make(const void *password, size_t len, char *hash,
			size_t size)
{
	struct scram_verifier v = {
		.iterations = SCRAM_ITERATIONS,
		.salt_len = SCRAM_SALT_LEN,
	};
	char salt[BASE64_SIZE(SCRAM_SALT_LEN)];
	char stored[BASE64_SIZE(SCRAM_KEY_LEN)];
	char server[BASE64_SIZE(SCRAM_KEY_LEN)];
	int n;

	if (getrandom(v.salt, v.salt_len, 0) != (ssize_t)v.salt_len)
		return -errno;
	if (!derive(&v, password, len) ||
	    !base64_encode(v.salt, v.salt_len, salt) ||
	    !base64_encode(v.stored_key, sizeof(v.stored_key), stored) ||
	    !base64_encode(v.server_key, sizeof(v.server_key), server))
		return -ENOMEM;
	n = snprintf(hash, size, PREFIX "%u:%s$%s:%s", v.iterations, salt,
		     stored, server);
	return n < (int)size ? 0 : -ENOSPC;
}

bool scram_verifier_match(const struct scram_verifier *v, const void *password,
			  size_t len)
{
	struct scram_verifier of = *v;

	return derive(&of, password, len) &&
	       !gnutls_memcmp(of.stored_key, v->stored_key, SCRAM_KEY_LEN);
}
