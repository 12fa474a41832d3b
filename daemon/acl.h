/* SPDX-License-Identifier: GPL-2.0 */
/* Access control lists in the format of mosquitto's acl_file. */
#ifndef MQTTD_ACL_H
#define MQTTD_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acl;
struct acl_rules;

/**
 * enum acl_access - what a client wants to do with a topic
 *
 * @ACL_READ: be sent messages
 * @ACL_WRITE: publish
 */
enum acl_access {
	ACL_READ	= 1,
	ACL_WRITE	= 2,
};

/**
 * acl_read() - read an ACL file
 * @path: the file
 * @error: set to "file:line: message" on failure
 * @size: room in @error
 *
 * Return: the lists, NULL on failure.
 */
struct acl *acl_read(const char *path, char *error, size_t size);

/**
 * acl_parse() - read the text of an ACL file
 * @name: name of the file, for messages
 * @text: the text
 * @len: its length
 * @error: set to "file:line: message" on failure
 * @size: room in @error
 *
 * Return: the lists, NULL on failure.
 */
struct acl *acl_parse(const char *name, const char *text, size_t len,
		      char *error, size_t size);

/**
 * acl_free() - release lists
 * @acl: lists, or NULL
 */
void acl_free(struct acl *acl);

/**
 * acl_count() - number of rules
 * @acl: lists
 *
 * Return: lines that allow or deny something.
 */
size_t acl_count(const struct acl *acl);

/**
 * acl_rules() - the rules for one client
 * @acl: lists
 * @user: its user name, NULL for an anonymous client
 * @id: its client identifier
 *
 * Patterns have their %u and %c filled in. They do not hold for a client whose
 * name or identifier has a wildcard in it, nor those with %u for an anonymous
 * one. The rest is referred to: @acl must stay as long as the rules do.
 *
 * Return: the rules, to be released with acl_rules_free().
 */
struct acl_rules *acl_rules(const struct acl *acl, const char *user,
			    const char *id);

/**
 * acl_rules_free() - release a client's rules
 * @rules: rules, or NULL
 */
void acl_rules_free(struct acl_rules *rules);

/**
 * acl_allows() - may a client do this?
 * @rules: its rules
 * @access: what it wants to do
 * @topic: topic name
 * @len: its length
 *
 * As in mosquitto: what is not allowed is denied; a deny of the user's own
 * topics goes before what they allow, and these go before the patterns, of
 * which again a deny goes first.
 *
 * Return: true if it may.
 */
bool acl_allows(const struct acl_rules *rules, enum acl_access access,
		const char *topic, size_t len);

/**
 * acl_key() - what the rules say about all topics of a filter
 * @rules: a client's rules
 * @access: what it wants to do
 * @filter: topic filter, NULL for all topics whatever they begin with
 * @flen: its length
 * @len: set to the length of the key
 *
 * Clients with equal keys get the same verdict on every topic that the filter
 * matches. ACL_KEY_NONE is the key of who may do it on none of them,
 * ACL_KEY_ALL of who may on all.
 *
 * Return: the key, bytes to be released with free().
 */
char *acl_key(const struct acl_rules *rules, enum acl_access access,
	      const char *filter, size_t flen, size_t *len);

#define ACL_KEY_NONE	""
#define ACL_KEY_ALL	"+"

/**
 * acl_key_allows() - what does a key say about a topic?
 * @key: key
 * @len: its length
 * @topic: topic name that its filter matches
 * @tlen: its length
 *
 * Return: true if it is allowed.
 */
bool acl_key_allows(const char *key, size_t len, const char *topic,
		    size_t tlen);

#endif /* MQTTD_ACL_H */
