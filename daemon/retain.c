// SPDX-License-Identifier: GPL-2.0
#include "retain.h"

#include "conf.h"
#include "loop.h"
#include "message.h"
#include "stats.h"
#include "store.h"
#include "timer.h"
#include "topic.h"
#include "trie.h"
#include "util.h"

/* Looking through all of them for expired ones is not done more often. */
#define SWEEP_MS	10000u

static struct trie store;
static struct usage usage;
/* What the limits hold for: not the broker's own. */
static uint32_t client_count;
static uint64_t client_bytes;
static struct timer sweep_timer;

static void sweep(struct timer *timer);

void retain_init(void)
{
	trie_init(&store);
	usage = (struct usage){ 0 };
	client_count = 0;
	client_bytes = 0;
	sweep_timer.fn = sweep;
}

void retain_exit(void)
{
	struct trie_node *node = &store.root;

	timer_cancel(&sweep_timer);

	while ((node = trie_next(&store.root, node)))
		message_put(node->value);
	trie_free(&store);
}

uint32_t retain_count(void)
{
	return usage.count;
}

uint64_t retain_bytes(void)
{
	return client_bytes;
}

struct usage retain_usage(void)
{
	return (struct usage){ usage.count, usage.bytes + store.bytes };
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
	usage_del(&usage, message_size(msg));
	if (stored(msg))
		store_retained_del(msg);
	account(msg, -1);
	message_put(msg);
}

static void node_clear(struct trie_node *node)
{
	retain_drop(node->value);
	node->value = NULL;
	trie_prune(&store, node);
}

/* Expired messages are not sent; their memory is given back here, late. */
static void sweep(struct timer *timer)
{
	struct trie_node *node = trie_next(&store.root, &store.root);
	uint64_t first = 0;

	while (node) {
		struct trie_node *next = trie_next(&store.root, node);
		struct message *msg = node->value;

		if (msg && message_expired(msg))
			node_clear(node);
		else if (msg && msg->expires && (!first || msg->expires < first))
			first = msg->expires;
		node = next;
	}
	if (first)
		timer_arm(timer, max_t(uint64_t, first, loop_now() + SWEEP_MS));
}

static void expire_later(const struct message *msg)
{
	if (msg->expires && !sweep_timer.index)
		timer_arm(&sweep_timer, max_t(uint64_t, msg->expires,
					      loop_now() + SWEEP_MS));
}

bool retain_set(const char *topic, size_t len, struct message *msg)
{
	struct trie_node *node = trie_find(&store, topic, len);

	/* [MQTT-3.3.1-5]: without room for the new one there is none. */
	if (msg && !has_room(msg, node ? node->value : NULL)) {
		stats.retained_dropped++;
		msg = NULL;
	}
	if (!msg) {
		if (node && node->value)
			node_clear(node);
		return false;
	}
	if (!node)
		node = trie_get(&store, topic, len);
	message_get(msg);
	usage_add(&usage, message_size(msg));
	account(msg, 1);
	if (stored(msg))
		store_retained(msg);
	if (node->value)
		retain_drop(node->value);
	node->value = msg;
	expire_later(msg);
	return true;
}

struct match {
	void (*fn)(struct message *msg, void *arg);
	void *arg;
};

static void match_node(struct trie_node *node, void *arg)
{
	struct match *match = arg;

	if (!message_expired(node->value))
		match->fn(node->value, match->arg);
}

void retain_match(const char *filter, size_t len,
		  void (*fn)(struct message *msg, void *arg), void *arg)
{
	struct match match = { .fn = fn, .arg = arg };

	trie_match(&store, filter, len, match_node, &match);
}
