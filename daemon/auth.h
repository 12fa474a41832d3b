/* SPDX-License-Identifier: GPL-2.0 */
/* Who may connect. */
#ifndef MQTTD_AUTH_H
#define MQTTD_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reason.h"

struct client;

/**
 * struct credentials - what a CONNECT says of who it is from
 * @user: user name, NULL if there is none
 * @password: password, NULL if there is none
 * @user_len: length of @user
 * @password_len: length of @password
 */
struct credentials {
	const char *user;
	const uint8_t *password;
	uint16_t user_len;
	uint16_t password_len;
};

/**
 * enum auth_verdict - may a client connect?
 *
 * @AUTH_ALLOW: it may
 * @AUTH_REFUSE: it may not
 * @AUTH_WAIT: not known yet: handle_connect_verified() is called later
 */
enum auth_verdict {
	AUTH_ALLOW,
	AUTH_REFUSE,
	AUTH_WAIT,
};

/**
 * auth_start() - read the password file
 *
 * Return: 0, or -1 after an error was logged.
 */
int auth_start(void);

/**
 * auth_configured() - are there password files?
 *
 * Return: true if there is one.
 */
bool auth_configured(void);

/**
 * auth_read() - read the password files anew, and change nothing yet
 * @error: set to "file:line: message" on failure
 * @size: room in @error
 *
 * Return: 0, to be followed by auth_apply(), or -1; or else by auth_discard().
 */
int auth_read(char *error, size_t size);

/**
 * auth_apply() - what was read holds from now on
 *
 * Connections of users who are gone, or have another password, are ended.
 */
void auth_apply(void);

/**
 * auth_discard() - forget what was read
 */
void auth_discard(void);

/**
 * auth_check() - may a client connect?
 * @c: client that sent CONNECT
 * @cred: what it sent
 * @code: set to the reason when it may not
 *
 * Return: the verdict. After AUTH_WAIT the client's CONNECT must stay as it is
 * until handle_connect_verified() or auth_cancel().
 */
enum auth_verdict auth_check(struct client *c, const struct credentials *cred,
			     enum reason *code);

/**
 * auth_must_wait() - did a client's address fail too often?
 * @c: client
 *
 * Return: true while it must wait.
 */
bool auth_must_wait(const struct client *c);

/**
 * auth_failed() - count and log a failure
 * @c: client
 */
void auth_failed(struct client *c);

/**
 * auth_passed() - forget the failures of a client's address
 * @c: client
 */
void auth_passed(struct client *c);

/**
 * auth_cancel() - the client does not wait any longer
 * @c: client; what is under way for it is dropped
 */
void auth_cancel(struct client *c);

/**
 * auth_exit() - stop
 */
void auth_exit(void);

#endif /* MQTTD_AUTH_H */
