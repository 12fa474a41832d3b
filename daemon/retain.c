// SPDX-License-Identifier: GPL-2.0
#include "retain.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "trie.h"

static struct trie store;
static uint32_t count;
static struct trie_set level[2];

void retain_init(void)
{
	trie_init(&store);
	count = 0;
}

void retain_exit(void)
{
	struct trie_node *node = &store.root;

	while ((node = trie_next(&store.root, node)))
		message_put(node->value);
	trie_free(&store);
	free(level[0].node);
	free(level[1].node);
	memset(level, 0, sizeof(level));
}

uint32_t retain_count(void)
{
	return count;
}

void retain_set(const char *topic, size_t len, struct message *msg)
{
	struct trie_node *node;

	if (!msg) {
		node = trie_find(&store, topic, len);
		if (!node || !node->value)
			return;
		message_put(node->value);
		node->value = NULL;
		count--;
		trie_prune(&store, node);
		return;
	}
	node = trie_get(&store, topic, len);
	message_get(msg);
	if (node->value)
		message_put(node->value);
	else
		count++;
	node->value = msg;
}

/* Wildcards at the first level do not match topics that begin with '$'. */
static bool hidden(const struct trie_node *node)
{
	return node->parent == &store.root && node->len && *node->name == '$';
}

static void match_below(struct trie_node *top,
			void (*fn)(struct message *msg, void *arg), void *arg)
{
	struct trie_node *child;

	if (top != &store.root) {
		struct trie_node *node = top;

		while (node) {
			if (node->value)
				fn(node->value, arg);
			node = trie_next(top, node);
		}
		return;
	}
	list_for_each_entry(child, &top->children, sibling) {
		if (!hidden(child))
			match_below(child, fn, arg);
	}
}

void retain_match(const char *filter, size_t len,
		  void (*fn)(struct message *msg, void *arg), void *arg)
{
	struct trie_set *cur = &level[0];
	struct trie_set *next = &level[1];
	size_t i;

	cur->count = 0;
	trie_set_add(cur, &store.root);
	for (;;) {
		size_t n = trie_level(filter, len);
		bool any = n == 1 && *filter == '+';
		struct trie_node *child;
		struct trie_set *tmp;

		if (n == 1 && *filter == '#') {
			/* from here down, and this level itself: the parent */
			for (i = 0; i < cur->count; i++)
				match_below(cur->node[i], fn, arg);
			return;
		}
		next->count = 0;
		for (i = 0; i < cur->count; i++) {
			if (!any) {
				trie_set_add(next, trie_child(&store, cur->node[i],
							      filter, n));
				continue;
			}
			list_for_each_entry(child, &cur->node[i]->children,
					    sibling) {
				if (!hidden(child))
					trie_set_add(next, child);
			}
		}
		tmp = cur;
		cur = next;
		next = tmp;
		if (n == len || !cur->count)
			break;
		filter += n + 1;
		len -= n + 1;
	}
	for (i = 0; i < cur->count; i++) {
		if (cur->node[i]->value)
			fn(cur->node[i]->value, arg);
	}
}
