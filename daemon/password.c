// SPDX-License-Identifier: GPL-2.0
#include "password.h"

#include <argon2.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base64.h"
#include "scram_verifier.h"

/* The second choice of OWASP's password storage cheat sheet, for small memory. */
#define ARGON2_MEMORY_KIB	19456u
#define ARGON2_PASSES		2u
#define ARGON2_LANES		1u
#define ARGON2_SALT_LEN		16u
#define ARGON2_HASH_LEN		32u
/* More than this is a mistake in the file, and would starve a gateway. */
#define ARGON2_MEMORY_MAX_KIB	(1u << 20)
#define ARGON2_PASSES_MAX	1000u
#define PBKDF2_ITERATIONS_MAX	10000000u
#define SALT_MAX		64u
#define SHA512_LEN		64u

/**
 * struct sha512_hash - the parts of a "$6$" or "$7$" hash
 * @iterations: of PBKDF2, 0 for one SHA-512 of password and salt
 * @salt: salt
 * @salt_len: its length
 * @hash: what the password must hash to
 */
struct sha512_hash {
	unsigned int iterations;
	uint8_t salt[SALT_MAX];
	size_t salt_len;
	uint8_t hash[SHA512_LEN];
};

static bool is_argon2id(const char *hash)
{
	return !strncmp(hash, "$argon2id$", 10);
}

static const char *parse_sha512(const char *hash, struct sha512_hash *h)
{
	const char *p = hash + 3;
	size_t len = sizeof(h->hash);
	const char *end;

	h->iterations = 0;
	if (hash[1] == '7') {
		char *after;
		unsigned long n;

		if (*p < '0' || *p > '9')
			return "no number of iterations";
		n = strtoul(p, &after, 10);
		if (*after != '$' || !n || n > PBKDF2_ITERATIONS_MAX)
			return "number of iterations out of range";
		h->iterations = (unsigned int)n;
		p = after + 1;
	}
	end = strchr(p, '$');
	h->salt_len = sizeof(h->salt);
	if (!end || !base64_decode(p, end - p, h->salt, &h->salt_len))
		return "salt is not base64 of 1 to 64 bytes";
	if (!base64_decode(end + 1, strlen(end + 1), h->hash, &len) ||
	    len != sizeof(h->hash))
		return "hash is not base64 of 64 bytes";
	return NULL;
}

static const char *argon2id_error(const char *hash)
{
	unsigned int memory, passes, lanes;
	char start[64];
	int len;

	if (sscanf(hash, "$argon2id$v=19$m=%u,t=%u,p=%u$", &memory, &passes,
		   &lanes) != 3)
		return "not $argon2id$v=19$m=MEMORY,t=PASSES,p=LANES$SALT$HASH";
	/* sscanf() takes blanks and signs, libargon2 does not */
	len = snprintf(start, sizeof(start), "$argon2id$v=19$m=%u,t=%u,p=%u$",
		       memory, passes, lanes);
	if (strncmp(hash, start, len))
		return "malformed argon2 parameters";
	if (!memory || memory > ARGON2_MEMORY_MAX_KIB || !passes ||
	    passes > ARGON2_PASSES_MAX || !lanes || lanes > 64)
		return "argon2 parameters out of range";
	if (strlen(hash) >= PASSWORD_HASH_MAX || !strchr(hash + len, '$'))
		return "salt or hash is missing or too long";
	return NULL;
}

const char *password_hash_error(const char *hash)
{
	struct scram_verifier v;
	struct sha512_hash h;

	if (is_argon2id(hash))
		return argon2id_error(hash);
	if (!strncmp(hash, "$6$", 3) || !strncmp(hash, "$7$", 3))
		return parse_sha512(hash, &h);
	if (is_scram_verifier(hash))
		return scram_verifier_parse(hash, &v);
	return "not a hash ($6$, $7$, $argon2id$ or SCRAM-SHA-256$)";
}

static int sha512(const struct sha512_hash *h, const void *password, size_t len,
		  uint8_t out[SHA512_LEN])
{
	const gnutls_datum_t key = {
		.data = (unsigned char *)password,
		.size = (unsigned int)len,
	};
	const gnutls_datum_t salt = {
		.data = (unsigned char *)h->salt,
		.size = (unsigned int)h->salt_len,
	};
	gnutls_hash_hd_t md;
	int rc;

	if (h->iterations)
		return gnutls_pbkdf2(GNUTLS_MAC_SHA512, &key, &salt,
				     h->iterations, out, SHA512_LEN);
	rc = gnutls_hash_init(&md, GNUTLS_DIG_SHA512);
	if (rc)
		return rc;
	rc = gnutls_hash(md, password, len);
	if (!rc)
		rc = gnutls_hash(md, h->salt, h->salt_len);
	gnutls_hash_deinit(md, out);
	return rc;
}

bool password_verify(const char *hash, const void *password, size_t len)
{
	struct scram_verifier v;
	struct sha512_hash h;
	uint8_t out[SHA512_LEN];
	bool same;

	if (is_argon2id(hash))
		return argon2id_verify(hash, password, len) == ARGON2_OK;
	if (is_scram_verifier(hash))
		return !scram_verifier_parse(hash, &v) &&
		       scram_verifier_match(&v, password, len);
	if (parse_sha512(hash, &h) || sha512(&h, password, len, out))
		return false;
	same = !gnutls_memcmp(out, h.hash, sizeof(out));
	explicit_bzero(out, sizeof(out));
	return same;
}

int password_hash(const void *password, size_t len,
		  char hash[PASSWORD_HASH_MAX])
{
	uint8_t salt[ARGON2_SALT_LEN];
	int rc;

	if (getrandom(salt, sizeof(salt), 0) != sizeof(salt))
		return -errno;
	rc = argon2id_hash_encoded(ARGON2_PASSES, ARGON2_MEMORY_KIB,
				   ARGON2_LANES, password, len, salt,
				   sizeof(salt), ARGON2_HASH_LEN, hash,
				   PASSWORD_HASH_MAX);
	if (rc == ARGON2_MEMORY_ALLOCATION_ERROR)
		return -ENOMEM;
	return rc == ARGON2_OK ? 0 : -EINVAL;
}
