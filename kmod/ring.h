/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list that is nearly always empty: its head is a pointer to the first entry,
 * NULL if there is none, and the entries are linked among themselves.
 */
#ifndef _MQTT_RING_H
#define _MQTT_RING_H

#include <linux/list.h>

/**
 * mqtt_ring_add_tail() - add an entry after all others
 * @ring: first entry
 * @node: entry
 */
static inline void mqtt_ring_add_tail(struct list_head **ring,
				      struct list_head *node)
{
	if (*ring) {
		list_add_tail(node, *ring);
		return;
	}
	INIT_LIST_HEAD(node);
	*ring = node;
}

/**
 * mqtt_ring_del_first() - take the first entry out
 * @ring: first entry, not NULL
 */
static inline void mqtt_ring_del_first(struct list_head **ring)
{
	struct list_head *first = *ring;

	*ring = list_empty(first) ? NULL : first->next;
	list_del(first);
}

/**
 * mqtt_ring_splice_tail() - move all entries to the end of a list
 * @ring: first entry, or NULL
 * @list: list
 */
static inline void mqtt_ring_splice_tail(struct list_head **ring,
					 struct list_head *list)
{
	LIST_HEAD(all);

	if (!*ring)
		return;
	list_add_tail(&all, *ring);
	list_splice_tail(&all, list);
	*ring = NULL;
}

#endif /* _MQTT_RING_H */
