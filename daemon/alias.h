/* SPDX-License-Identifier: GPL-2.0 */
/* Topic aliases of a connection, both ways, MQTT 5.0 section 3.3.2.3.4. */
#ifndef MQTTD_ALIAS_H
#define MQTTD_ALIAS_H

#include <stddef.h>
#include <stdint.h>

struct aliases;
struct client;

/**
 * alias_set() - a client gives a topic an alias
 * @c: client
 * @alias: 1 to CLIENT_ALIAS_MAX
 * @topic: valid topic name
 * @len: its length
 */
void alias_set(struct client *c, uint16_t alias, const char *topic,
	       uint16_t len);

/**
 * alias_topic() - what an alias set by a client stands for
 * @c: client
 * @alias: 1 to CLIENT_ALIAS_MAX
 * @len: set to the length of the topic
 *
 * Return: the topic, good until the alias is set again; NULL if it is not set.
 */
const char *alias_topic(const struct client *c, uint16_t alias, uint16_t *len);

/**
 * alias_find() - find the alias that a client knows for a topic
 * @c: client
 * @topic: topic name
 * @len: its length
 *
 * Return: the alias, 0 if there is none.
 */
uint16_t alias_find(const struct client *c, const char *topic, uint16_t len);

/**
 * alias_next() - the alias that the next topic would get
 * @c: client
 *
 * Return: the alias, 0 when the client takes no more.
 */
uint16_t alias_next(const struct client *c);

/**
 * alias_give() - a packet that sets alias_next() is on its way to the client
 * @c: client
 * @topic: topic name
 * @len: its length
 */
void alias_give(struct client *c, const char *topic, uint16_t len);

/**
 * aliases_free() - forget all aliases
 * @aliases: of a connection that ends, or NULL
 */
void aliases_free(struct aliases *aliases);

#endif /* MQTTD_ALIAS_H */
