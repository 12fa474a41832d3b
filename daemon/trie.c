// SPDX-License-Identifier: GPL-2.0
#include "trie.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

#define TRIE_BUCKETS_MIN	64u

void trie_init(struct trie *trie)
{
	memset(trie, 0, sizeof(*trie));
	INIT_LIST_HEAD(&trie->root.children);
	INIT_LIST_HEAD(&trie->root.sibling);
	trie->mask = TRIE_BUCKETS_MIN - 1;
	trie->table = xcalloc(TRIE_BUCKETS_MIN, sizeof(*trie->table));
}

void trie_free(struct trie *trie)
{
	uint32_t i;

	for (i = 0; i <= trie->mask; i++) {
		struct trie_node *node = trie->table[i];

		while (node) {
			struct trie_node *next = node->hnext;

			free(node);
			node = next;
		}
	}
	free(trie->table);
	trie->table = NULL;
	free(trie->level[0].node);
	free(trie->level[1].node);
	memset(trie->level, 0, sizeof(trie->level));
}

static uint32_t trie_hash(const struct trie_node *parent, const char *name,
			  size_t len)
{
	return hash_bytes(name, len, (uintptr_t)parent);
}

static struct trie_node *trie_lookup(const struct trie *trie,
				     const struct trie_node *parent,
				     const char *name, size_t len,
				     uint32_t hash)
{
	struct trie_node *node = trie->table[hash & trie->mask];

	while (node && !(node->hash == hash && node->parent == parent &&
			 node->len == len && !memcmp(node->name, name, len)))
		node = node->hnext;
	return node;
}

struct trie_node *trie_child(const struct trie *trie,
			     const struct trie_node *parent, const char *name,
			     size_t len)
{
	return trie_lookup(trie, parent, name, len,
			   trie_hash(parent, name, len));
}

static void trie_grow(struct trie *trie)
{
	uint32_t mask = trie->mask * 2 + 1;
	struct trie_node **table = xcalloc((size_t)mask + 1, sizeof(*table));
	uint32_t i;

	for (i = 0; i <= trie->mask; i++) {
		struct trie_node *node = trie->table[i];

		while (node) {
			struct trie_node *next = node->hnext;

			node->hnext = table[node->hash & mask];
			table[node->hash & mask] = node;
			node = next;
		}
	}
	free(trie->table);
	trie->table = table;
	trie->mask = mask;
}

static uint8_t wildcard(const char *name, size_t len)
{
	if (len != 1)
		return 0;
	return *name == '+' ? TRIE_PLUS : *name == '#' ? TRIE_HASH : 0;
}

static struct trie_node *trie_add(struct trie *trie, struct trie_node *parent,
				  const char *name, size_t len, uint32_t hash)
{
	struct trie_node *node = xmalloc(sizeof(*node) + len);

	if (trie->count > trie->mask)
		trie_grow(trie);
	node->parent = parent;
	node->hash = hash;
	node->len = len;
	node->wild = 0;
	parent->wild |= wildcard(name, len);
	node->value = NULL;
	memcpy(node->name, name, len);
	INIT_LIST_HEAD(&node->children);
	list_add_tail(&node->sibling, &parent->children);
	node->hnext = trie->table[hash & trie->mask];
	trie->table[hash & trie->mask] = node;
	trie->count++;
	trie->bytes += sizeof(*node) + len;
	return node;
}

size_t trie_level(const char *topic, size_t len)
{
	const char *slash = memchr(topic, '/', len);

	return slash ? (size_t)(slash - topic) : len;
}

static struct trie_node *trie_walk(struct trie *trie, const char *topic,
				   size_t len, bool create)
{
	struct trie_node *node = &trie->root;

	for (;;) {
		size_t n = trie_level(topic, len);
		uint32_t hash = trie_hash(node, topic, n);
		struct trie_node *child;

		child = trie_lookup(trie, node, topic, n, hash);
		if (!child) {
			if (!create)
				return NULL;
			child = trie_add(trie, node, topic, n, hash);
		}
		node = child;
		if (n == len)
			return node;
		topic += n + 1;
		len -= n + 1;
	}
}

struct trie_node *trie_find(struct trie *trie, const char *topic, size_t len)
{
	return trie_walk(trie, topic, len, false);
}

struct trie_node *trie_get(struct trie *trie, const char *topic, size_t len)
{
	return trie_walk(trie, topic, len, true);
}

void trie_prune(struct trie *trie, struct trie_node *node)
{
	while (node != &trie->root && !node->value &&
	       list_empty(&node->children)) {
		struct trie_node **p = &trie->table[node->hash & trie->mask];
		struct trie_node *parent = node->parent;

		while (*p != node)
			p = &(*p)->hnext;
		*p = node->hnext;
		parent->wild &= ~wildcard(node->name, node->len);
		list_del_init(&node->sibling);
		trie->count--;
		trie->bytes -= sizeof(*node) + node->len;
		free(node);
		node = parent;
	}
}

struct trie_node *trie_next(const struct trie_node *top, struct trie_node *node)
{
	if (!list_empty(&node->children))
		return list_first_entry(&node->children, struct trie_node,
					sibling);
	while (node != top) {
		if (node->sibling.next != &node->parent->children)
			return list_next_entry(node, sibling);
		node = node->parent;
	}
	return NULL;
}

void trie_set_add(struct trie_set *set, struct trie_node *node)
{
	if (!node)
		return;
	if (set->count == set->cap) {
		set->cap = set->cap ? set->cap * 2 : 16;
		set->node = xrealloc(set->node, set->cap * sizeof(*set->node));
	}
	set->node[set->count++] = node;
}

/* Wildcards at the first level do not match topics that begin with '$'. */
static bool hidden(const struct trie *trie, const struct trie_node *node)
{
	return node->parent == &trie->root && node->len && *node->name == '$';
}

static void match_all(struct trie_node *top,
		      void (*fn)(struct trie_node *node, void *arg), void *arg)
{
	struct trie_node *node;

	for (node = top; node; node = trie_next(top, node)) {
		if (node->value)
			fn(node, arg);
	}
}

/* Everything from these nodes down, the nodes themselves included. */
static void match_below(struct trie *trie, const struct trie_set *set,
			void (*fn)(struct trie_node *node, void *arg),
			void *arg)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		struct trie_node *child;

		if (set->node[i] != &trie->root) {
			match_all(set->node[i], fn, arg);
			continue;
		}
		list_for_each_entry(child, &trie->root.children, sibling) {
			if (!hidden(trie, child))
				match_all(child, fn, arg);
		}
	}
}

/* One level down from every node of a set. */
static void match_step(struct trie *trie, const struct trie_set *from,
		       struct trie_set *to, const char *name, size_t len)
{
	bool any = len == 1 && *name == '+';
	size_t i;

	to->count = 0;
	for (i = 0; i < from->count; i++) {
		struct trie_node *child;

		if (!any) {
			trie_set_add(to, trie_child(trie, from->node[i], name,
						    len));
			continue;
		}
		list_for_each_entry(child, &from->node[i]->children, sibling) {
			if (!hidden(trie, child))
				trie_set_add(to, child);
		}
	}
}

void trie_match(struct trie *trie, const char *filter, size_t len,
		void (*fn)(struct trie_node *node, void *arg), void *arg)
{
	struct trie_set *cur = &trie->level[0];
	struct trie_set *next = &trie->level[1];
	size_t i;

	cur->count = 0;
	trie_set_add(cur, &trie->root);
	for (;;) {
		size_t n = trie_level(filter, len);
		struct trie_set *tmp = cur;

		if (n == 1 && *filter == '#') {
			match_below(trie, cur, fn, arg);
			return;
		}
		match_step(trie, cur, next, filter, n);
		cur = next;
		next = tmp;
		if (n == len || !cur->count)
			break;
		filter += n + 1;
		len -= n + 1;
	}
	for (i = 0; i < cur->count; i++) {
		if (cur->node[i]->value)
			fn(cur->node[i], arg);
	}
}
