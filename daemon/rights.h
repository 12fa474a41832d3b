/* SPDX-License-Identifier: GPL-2.0 */
/* Who may publish and read what: the ACL files in force, and sessions. */
#ifndef MQTTD_RIGHTS_H
#define MQTTD_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "acl.h"

struct conf_security;
struct session;

/**
 * rights_start() - read the ACL files
 *
 * Return: 0, or -1 after an error was logged.
 */
int rights_start(void);

/**
 * rights_configured() - are there ACL files?
 *
 * Return: true if there is one.
 */
bool rights_configured(void);

/**
 * rights_count() - number of rules
 *
 * Return: those in force, of all ACL files together.
 */
size_t rights_count(void);

/**
 * rights_read() - read the ACL files anew, and change nothing yet
 * @error: set to "file:line: message" on failure
 * @size: room in @error
 *
 * Return: 0, to be followed by rights_apply(), or -1; or else by
 * rights_discard().
 */
int rights_read(char *error, size_t size);

/**
 * rights_apply() - what was read holds from now on
 *
 * For every session, its subscriptions and its queue. When it returns the data
 * path handles nothing by the former rules any more.
 */
void rights_apply(void);

/**
 * rights_discard() - forget what was read
 */
void rights_discard(void);

/**
 * rights_exit() - stop; all sessions are gone
 */
void rights_exit(void);

/**
 * rights_identify() - a session has a connection, and so a user
 * @session: session, not in the data path
 * @security: settings of the listener
 * @user: user name, NULL for an anonymous client
 *
 * Its subscriptions and what waits for it are looked at by that user's rights.
 */
void rights_identify(struct session *session,
		     const struct conf_security *security, const char *user);

/**
 * rights_forget() - a session ends
 * @session: session
 */
void rights_forget(struct session *session);

/**
 * rights_allow() - may a session do this?
 * @session: session; of one that had no connection since the start nobody knows
 *	whose it is: it may do everything, and is looked at by rights_identify()
 * @access: what
 * @topic: topic name
 * @len: its length
 *
 * Return: true if it may.
 */
bool rights_allow(const struct session *session, enum acl_access access,
		  const char *topic, size_t len);

/**
 * rights_read_key() - what a session may read of a filter's topics
 * @session: session
 * @filter: topic filter, without "$share"
 * @flen: its length
 * @len: set to the length of the key
 *
 * Return: as acl_key(), to be released with free(), but NULL for all.
 */
char *rights_read_key(const struct session *session, const char *filter,
		      size_t flen, size_t *len);

#endif /* MQTTD_RIGHTS_H */
