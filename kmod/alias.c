// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon sees every packet that sets an alias and knows them all. Here only
 * those are known that were learned from such a packet as it was diverted;
 * where one cannot be looked into, all are forgotten. So an alias stands for
 * what it does for the daemon, or for nothing.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alias.h"
#include "conn.h"
#include "net.h"

const struct mqtt_alias *mqtt_alias_find(const struct mqtt_conn *conn,
					 u16 alias)
{
	if (!conn->rx.aliases || !alias || alias > conn->alias_max)
		return NULL;
	return conn->rx.aliases[alias - 1];
}

/* The room for aliases, or one of them with its topic, comes or goes. */
static void mqtt_alias_count(struct mqtt_conn *conn, long nr, long bytes)
{
	atomic_long_add(nr, &conn->mn->aliases);
	atomic_long_add(bytes, &conn->mn->alias_bytes);
}

static void mqtt_alias_free(struct mqtt_conn *conn, struct mqtt_alias *alias)
{
	if (!alias)
		return;
	mqtt_alias_count(conn, -1, -(long)struct_size(alias, topic,
						      alias->len));
	kfree(alias);
}

void mqtt_alias_learn(struct mqtt_conn *conn, u16 alias, const u8 *topic,
		      u32 len)
{
	struct mqtt_alias **slot, *new;

	/* The daemon closes connections that do so. */
	if (!alias || alias > conn->alias_max)
		return;
	if (!conn->rx.aliases) {
		conn->rx.aliases = kvcalloc(conn->alias_max, sizeof(*slot),
					    GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!conn->rx.aliases)
			return;
		mqtt_alias_count(conn, 0, conn->alias_max * sizeof(*slot));
	}
	slot = &conn->rx.aliases[alias - 1];
	if (*slot && (*slot)->len == len && !memcmp((*slot)->topic, topic, len))
		return;
	mqtt_alias_free(conn, *slot);
	new = kmalloc(struct_size(new, topic, len),
		      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (new) {
		new->len = len;
		memcpy(new->topic, topic, len);
		mqtt_alias_count(conn, 1, struct_size(new, topic, len));
	}
	*slot = new;
}

void mqtt_alias_forget(struct mqtt_conn *conn)
{
	u32 i;

	if (!conn->rx.aliases)
		return;
	for (i = 0; i < conn->alias_max; i++)
		mqtt_alias_free(conn, conn->rx.aliases[i]);
	mqtt_alias_count(conn, 0,
			 -(long)(conn->alias_max * sizeof(*conn->rx.aliases)));
	kvfree(conn->rx.aliases);
	conn->rx.aliases = NULL;
}
