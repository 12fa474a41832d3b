/* SPDX-License-Identifier: GPL-2.0 */
/* The server's side of SCRAM-SHA-256, RFC 5802 and 7677. */
#ifndef MQTTD_SCRAM_H
#define MQTTD_SCRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRAM_METHOD	"SCRAM-SHA-256"

struct scram;

/**
 * scram_first() - read the first message of a client
 * @data: client-first-message
 * @len: its length
 * @what: set to what is wrong with it
 *
 * Return: the exchange that it begins, to be released with scram_free(); NULL
 * for a message that is malformed or asks for what is not offered.
 */
struct scram *scram_first(const uint8_t *data, size_t len, const char **what);

/**
 * scram_user() - who the client says it is
 * @s: exchange
 *
 * Return: the user name, UTF-8.
 */
const char *scram_user(const struct scram *s);

/**
 * scram_challenge() - answer the first message
 * @s: exchange
 * @hash: what is kept of the user's password, NULL if there is no such user
 *
 * An answer for a user who is not there, or whose password is kept in another
 * form, looks like any other one; what follows fails.
 *
 * Return: server-first-message, NULL without memory; valid as long as @s.
 */
const char *scram_challenge(struct scram *s, const char *hash);

/**
 * scram_final() - read the last message of the client, and answer it
 * @s: exchange, after scram_challenge()
 * @data: client-final-message
 * @len: its length
 *
 * Return: server-final-message, valid as long as @s; NULL when the client has
 * not shown that it knows the password.
 */
const char *scram_final(struct scram *s, const uint8_t *data, size_t len);

/**
 * scram_free() - release an exchange
 * @s: exchange, or NULL
 */
void scram_free(struct scram *s);

#endif /* MQTTD_SCRAM_H */
