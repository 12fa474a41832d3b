/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tree of topic levels. All nodes are in one hash table keyed by parent and
 * level, so that a step down costs one lookup whatever the number of children,
 * and a node costs no table of its own.
 */
#ifndef MQTTD_TRIE_H
#define MQTTD_TRIE_H

#include <stddef.h>
#include <stdint.h>

#include "list.h"

#define TRIE_PLUS	0x1	/* "+" */
#define TRIE_HASH	0x2	/* "#" */

/**
 * struct trie_node - one level
 * @parent: level above
 * @hnext: next in the hash bucket
 * @children: levels below
 * @sibling: in the parent's @children
 * @hash: hash of parent and @name
 * @len: length of @name
 * @wild: TRIE_* of the wildcards that are children
 * @value: what the owner of the trie keeps here, NULL if nothing
 * @name: the level, not terminated
 */
struct trie_node {
	struct trie_node *parent;
	struct trie_node *hnext;
	struct list_head children;
	struct list_head sibling;
	uint32_t hash;
	uint16_t len;
	uint8_t wild;
	void *value;
	char name[];
};

/**
 * struct trie_set - a growing set of nodes, for walks level by level
 * @node: the nodes
 * @count: their number
 * @cap: room in @node
 */
struct trie_set {
	struct trie_node **node;
	size_t count;
	size_t cap;
};

/**
 * struct trie - the tree
 * @table: hash buckets
 * @mask: their number minus one
 * @count: number of nodes without the root
 * @bytes: their size
 * @level: nodes reached at the present level and the next, during a match
 * @root: its root, which has no name; last, because a node ends with its name
 */
struct trie {
	struct trie_node **table;
	uint32_t mask;
	uint32_t count;
	size_t bytes;
	struct trie_set level[2];
	struct trie_node root;
};

/**
 * trie_init() - make an empty tree
 * @trie: tree
 */
void trie_init(struct trie *trie);

/**
 * trie_free() - free all nodes and the table
 * @trie: tree; the values are the caller's to free first
 */
void trie_free(struct trie *trie);

/**
 * trie_child() - one step down
 * @trie: tree
 * @parent: where to step from
 * @name: level
 * @len: its length
 *
 * Return: the child, or NULL.
 */
struct trie_node *trie_child(const struct trie *trie,
			     const struct trie_node *parent, const char *name,
			     size_t len);

/**
 * trie_wild() - step down to a wildcard
 * @trie: tree
 * @parent: where to step from
 * @which: TRIE_PLUS or TRIE_HASH
 *
 * Costs next to nothing where there is none, as for most topics.
 *
 * Return: the child, or NULL.
 */
static inline struct trie_node *trie_wild(const struct trie *trie,
					  const struct trie_node *parent,
					  uint8_t which)
{
	if (!(parent->wild & which))
		return NULL;
	return trie_child(trie, parent, which == TRIE_PLUS ? "+" : "#", 1);
}

/**
 * trie_find() - find the node of a topic
 * @trie: tree
 * @topic: topic name or filter
 * @len: its length
 *
 * Return: the node, or NULL.
 */
struct trie_node *trie_find(struct trie *trie, const char *topic, size_t len);

/**
 * trie_get() - find or make the node of a topic
 * @trie: tree
 * @topic: topic name or filter
 * @len: its length
 *
 * Return: the node; if its value stays NULL the caller must trie_prune() it.
 */
struct trie_node *trie_get(struct trie *trie, const char *topic, size_t len);

/**
 * trie_prune() - free a node and those above it that hold nothing
 * @trie: tree
 * @node: node whose value became NULL
 */
void trie_prune(struct trie *trie, struct trie_node *node);

/**
 * trie_next() - walk all nodes below one, parents first
 * @top: node the walk began at
 * @node: present node
 *
 * Return: the next node, or NULL at the end.
 */
struct trie_node *trie_next(const struct trie_node *top,
			    struct trie_node *node);

/**
 * trie_match() - find all nodes with a value whose topic matches a filter
 * @trie: tree of topic names
 * @filter: valid topic filter
 * @len: its length
 * @fn: called with each node; must not change the tree or match in it
 * @arg: passed to @fn
 */
void trie_match(struct trie *trie, const char *filter, size_t len,
		void (*fn)(struct trie_node *node, void *arg), void *arg);

/**
 * trie_set_add() - put a node into a set
 * @set: set
 * @node: node, or NULL to do nothing
 */
void trie_set_add(struct trie_set *set, struct trie_node *node);

/**
 * trie_level() - length of the first level
 * @topic: rest of a topic
 * @len: its length
 *
 * Return: bytes before the first separator, or @len.
 */
size_t trie_level(const char *topic, size_t len);

#endif /* MQTTD_TRIE_H */
