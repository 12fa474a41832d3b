// SPDX-License-Identifier: GPL-2.0
#include "retain.h"

#include "message.h"
#include "store.h"
#include "topic.h"
#include "trie.h"

static struct trie store;
static uint32_t count;

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
}

uint32_t retain_count(void)
{
	return count;
}

/* The broker's own are made anew after a restart. */
static bool stored(const struct message *msg)
{
	return store_on && !topic_reserved(message_topic(msg), msg->topic_len);
}

static void retain_drop(struct message *msg)
{
	if (stored(msg))
		store_retained_del(msg);
	message_put(msg);
}

void retain_set(const char *topic, size_t len, struct message *msg)
{
	struct trie_node *node;

	if (!msg) {
		node = trie_find(&store, topic, len);
		if (!node || !node->value)
			return;
		retain_drop(node->value);
		node->value = NULL;
		count--;
		trie_prune(&store, node);
		return;
	}
	node = trie_get(&store, topic, len);
	message_get(msg);
	if (stored(msg))
		store_retained(msg);
	if (node->value)
		retain_drop(node->value);
	else
		count++;
	node->value = msg;
}

struct match {
	void (*fn)(struct message *msg, void *arg);
	void *arg;
};

static void match_node(struct trie_node *node, void *arg)
{
	struct match *match = arg;

	match->fn(node->value, match->arg);
}

void retain_match(const char *filter, size_t len,
		  void (*fn)(struct message *msg, void *arg), void *arg)
{
	struct match match = { .fn = fn, .arg = arg };

	trie_match(&store, filter, len, match_node, &match);
}
