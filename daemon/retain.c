// SPDX-License-Identifier: GPL-2.0
#include "retain.h"

#include "conf.h"
#include "message.h"
#include "stats.h"
#include "store.h"
#include "topic.h"
#include "trie.h"

static struct trie store;
static uint32_t count;
/* What the limits hold for: not the broker's own. */
static uint32_t client_count;
static uint64_t client_bytes;

void retain_init(void)
{
	trie_init(&store);
	count = 0;
	client_count = 0;
	client_bytes = 0;
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

uint64_t retain_bytes(void)
{
	return client_bytes;
}

static bool from_client(const struct message *msg)
{
	return !topic_reserved(message_topic(msg), msg->topic_len);
}

/* The broker's own are made anew after a restart. */
static bool stored(const struct message *msg)
{
	return store_on && from_client(msg);
}

static void account(const struct message *msg, int sign)
{
	if (!from_client(msg))
		return;
	client_count += sign;
	client_bytes += (int64_t)sign * msg->payload_len;
}

/* Is there room for a message in place of another, or of none? */
static bool has_room(const struct message *msg, const struct message *old)
{
	uint64_t bytes = client_bytes + msg->payload_len -
			 (old ? old->payload_len : 0);

	if (!from_client(msg))
		return true;
	if (!old && config.retained_messages_max &&
	    client_count >= config.retained_messages_max)
		return false;
	return !config.retained_bytes_max ||
	       bytes <= (uint64_t)config.retained_bytes_max;
}

static void retain_drop(struct message *msg)
{
	if (stored(msg))
		store_retained_del(msg);
	account(msg, -1);
	message_put(msg);
}

void retain_set(const char *topic, size_t len, struct message *msg)
{
	struct trie_node *node = trie_find(&store, topic, len);

	/* [MQTT-3.3.1-5]: without room for the new one there is none. */
	if (msg && !has_room(msg, node ? node->value : NULL)) {
		stats.retained_dropped++;
		msg = NULL;
	}
	if (!msg) {
		if (!node || !node->value)
			return;
		retain_drop(node->value);
		node->value = NULL;
		count--;
		trie_prune(&store, node);
		return;
	}
	if (!node)
		node = trie_get(&store, topic, len);
	message_get(msg);
	account(msg, 1);
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
