/* SPDX-License-Identifier: GPL-2.0 */
/* What a broker keeps of a password for SCRAM-SHA-256. */
#ifndef MQTTD_SCRAM_VERIFIER_H
#define MQTTD_SCRAM_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of everything that SHA-256 makes. */
#define SCRAM_KEY_LEN		32u
#define SCRAM_SALT_MAX		64u
#define SCRAM_SALT_LEN		16u
/* RFC 7677 asks for 4096 at least; the client computes it, the broker does not. */
#define SCRAM_ITERATIONS	16384u

/**
 * struct scram_verifier - RFC 5802, section 3
 * @iterations: of PBKDF2
 * @salt: salt
 * @salt_len: its length
 * @stored_key: StoredKey
 * @server_key: ServerKey
 */
struct scram_verifier {
	unsigned int iterations;
	uint8_t salt[SCRAM_SALT_MAX];
	size_t salt_len;
	uint8_t stored_key[SCRAM_KEY_LEN];
	uint8_t server_key[SCRAM_KEY_LEN];
};

/**
 * is_scram_verifier() - is a hash of a password file one?
 * @hash: the hash
 *
 * Return: true if it begins as one.
 */
bool is_scram_verifier(const char *hash);

/**
 * scram_verifier_parse() - read "SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey"
 * @hash: text in this form, which is that of RFC 5803 and PostgreSQL
 * @v: filled
 *
 * Return: NULL, or what is wrong with it.
 */
const char *scram_verifier_parse(const char *hash, struct scram_verifier *v);

/**
 * scram_verifier_make() - make one of a password
 * @password: password, any bytes
 * @len: their number
 * @hash: set to its text
 * @size: room in @hash, 256 is enough
 *
 * Return: 0 or -errno.
 */
int scram_verifier_make(const void *password, size_t len, char *hash,
			size_t size);

/**
 * scram_verifier_match() - is it that of a password?
 * @v: verifier
 * @password: password, any bytes
 * @len: their number
 *
 * Slow on purpose: not for the event loop.
 *
 * Return: true if so.
 */
bool scram_verifier_match(const struct scram_verifier *v, const void *password,
			  size_t len);

/**
 * scram_hmac() - HMAC-SHA-256
 * @key: key of SCRAM_KEY_LEN bytes
 * @data: what to sign
 * @len: its length
 * @out: signature
 *
 * Return: true, or false when the library refuses it.
 */
bool scram_hmac(const uint8_t key[SCRAM_KEY_LEN], const void *data, size_t len,
		uint8_t out[SCRAM_KEY_LEN]);

#endif /* MQTTD_SCRAM_VERIFIER_H */
