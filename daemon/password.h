/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_PASSWORD_H
#define MQTTD_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

/* Longest hash that password_hash() writes, with its NUL. */
#define PASSWORD_HASH_MAX	256

/**
 * password_hash() - hash a new password with argon2id
 * @password: password, any bytes
 * @len: their number
 * @hash: set to "$argon2id$v=19$m=...,t=...,p=...$salt$hash", as mosquitto 2.1
 *	and the PHC string format have it
 *
 * Takes about 19 MiB of memory and, on a gateway, tens of milliseconds.
 *
 * Return: 0 or -errno.
 */
int password_hash(const void *password, size_t len,
		  char hash[PASSWORD_HASH_MAX]);

/**
 * password_hash_error() - check the form of a hash
 * @hash: hash of a password file: "$6$", "$7$", "$argon2id$" or "SCRAM-SHA-256$"
 *
 * Return: NULL, or what is wrong with it.
 */
const char *password_hash_error(const char *hash);

/**
 * password_verify() - compare a password with a hash
 * @hash: hash that password_hash_error() has nothing against
 * @password: what a client sent
 * @len: its length
 *
 * Slow on purpose: not for the event loop. How long the comparison takes does
 * not depend on where the hashes differ.
 *
 * Return: true if it is the password.
 */
bool password_verify(const char *hash, const void *password, size_t len);

#endif /* MQTTD_PASSWORD_H */
