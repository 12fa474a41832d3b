/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_USERS_H
#define MQTTD_USERS_H

#include <stddef.h>

struct users;

/**
 * users_read() - read a password file
 * @path: the file: lines "user:hash", blank lines and comments with "#"
 * @error: set to "file:line: message" on failure
 * @size: room in @error
 *
 * Return: the users, NULL on failure.
 */
struct users *users_read(const char *path, char *error, size_t size);

/**
 * users_parse() - read the text of a password file
 * @name: name of the file, for messages
 * @text: the text
 * @len: its length
 * @error: set to "file:line: message" on failure
 * @size: room in @error
 *
 * Return: the users, NULL on failure.
 */
struct users *users_parse(const char *name, const char *text, size_t len,
			  char *error, size_t size);

/**
 * users_find() - find a user
 * @users: users
 * @name: user name
 * @len: its length
 *
 * Return: the user's hash for password_verify(), valid as long as @users, or
 * NULL.
 */
const char *users_find(const struct users *users, const char *name, size_t len);

/**
 * users_any() - a hash of the file
 * @users: users
 *
 * Return: some user's hash, NULL if there is none.
 */
const char *users_any(const struct users *users);

/**
 * users_count() - number of users
 * @users: users
 *
 * Return: their number.
 */
size_t users_count(const struct users *users);

/**
 * users_free() - release users
 * @users: users, or NULL
 */
void users_free(struct users *users);

#endif /* MQTTD_USERS_H */
