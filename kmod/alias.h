/* SPDX-License-Identifier: GPL-2.0 */
/* Topic Aliases that a client has set, MQTT 5.0 section 3.3.2.3.4. */
#ifndef _MQTT_ALIAS_H
#define _MQTT_ALIAS_H

#include <linux/types.h>

struct mqtt_conn;

/**
 * struct mqtt_alias - what an alias stands for
 *
 * @len: length of @topic
 * @topic: topic name
 */
struct mqtt_alias {
	u32 len;
	u8 topic[];
};

/**
 * mqtt_alias_find() - look an alias up
 * @conn: conn
 * @alias: its number
 *
 * Context: the conn's worker.
 * Return: the topic, good until the worker next learns or forgets; or NULL.
 */
const struct mqtt_alias *mqtt_alias_find(const struct mqtt_conn *conn,
					 u16 alias);

/**
 * mqtt_alias_learn() - a packet that sets an alias is diverted
 * @conn: conn
 * @alias: its number
 * @topic: topic name
 * @len: its length
 *
 * Without memory the alias is not known from then on.
 *
 * Context: the conn's worker; may sleep.
 */
void mqtt_alias_learn(struct mqtt_conn *conn, u16 alias, const u8 *topic,
		      u32 len);

/**
 * mqtt_alias_forget() - no alias is known any more
 * @conn: conn
 *
 * Context: the conn's worker, or nobody has the conn any more.
 */
void mqtt_alias_forget(struct mqtt_conn *conn);

#endif /* _MQTT_ALIAS_H */
