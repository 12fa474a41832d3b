// SPDX-License-Identifier: GPL-2.0
#include "subs.h"

#include <stdlib.h>
#include <string.h>

#include "trie.h"
#include "util.h"

#define SUBS_BUCKETS_MIN	256u

static struct trie filters;
static struct sub **table;
static uint32_t table_mask;
static uint32_t count;
static uint64_t generation;

void subs_init(void)
{
	trie_init(&filters);
	table_mask = SUBS_BUCKETS_MIN - 1;
	table = xcalloc(SUBS_BUCKETS_MIN, sizeof(*table));
	count = 0;
	generation = 1;
}

void subs_exit(void)
{
	trie_free(&filters);
	free(table);
	table = NULL;
}

uint64_t subs_generation(void)
{
	return generation;
}

uint32_t subs_count(void)
{
	return count;
}

static uint32_t sub_hash(const struct filter *filter,
			 const struct session *session)
{
	const void *key[2] = { filter, session };

	return hash_bytes(key, sizeof(key), 0);
}

static void subs_grow(void)
{
	uint32_t mask = table_mask * 2 + 1;
	struct sub **new = xcalloc((size_t)mask + 1, sizeof(*new));
	uint32_t i;

	for (i = 0; i <= table_mask; i++) {
		struct sub *sub = table[i];

		while (sub) {
			struct sub *next = sub->hnext;
			uint32_t h = sub_hash(sub->filter, sub->session) & mask;

			sub->hnext = new[h];
			new[h] = sub;
			sub = next;
		}
	}
	free(table);
	table = new;
	table_mask = mask;
}

struct sub *subs_get(struct filter *filter, struct session *session)
{
	struct sub *sub = table[sub_hash(filter, session) & table_mask];

	while (sub && (sub->filter != filter || sub->session != session))
		sub = sub->hnext;
	return sub;
}

struct sub *subs_find(struct session *session, const char *name, size_t len)
{
	struct trie_node *node = trie_find(&filters, name, len);

	if (!node || !node->value)
		return NULL;
	return subs_get(node->value, session);
}

static struct filter *filter_get(const char *name, size_t len)
{
	struct trie_node *node = trie_get(&filters, name, len);
	struct filter *filter = node->value;

	if (filter)
		return filter;
	filter = xcalloc(1, sizeof(*filter) + len + 1);
	filter->node = node;
	filter->len = len;
	memcpy(filter->name, name, len);
	INIT_LIST_HEAD(&filter->subs);
	INIT_LIST_HEAD(&filter->flows);
	node->value = filter;
	return filter;
}

struct sub *subs_add(struct session *session, struct list_head *subs,
		     const char *name, size_t len, uint8_t qos)
{
	struct filter *filter = filter_get(name, len);
	struct sub *sub = subs_get(filter, session);
	uint32_t h;

	if (sub) {
		if (sub->qos != qos)
			generation++;
		sub->qos = qos;
		return sub;
	}
	generation++;
	if (count > table_mask)
		subs_grow();
	sub = xcalloc(1, sizeof(*sub));
	sub->filter = filter;
	sub->session = session;
	sub->qos = qos;
	list_add_tail(&sub->by_filter, &filter->subs);
	list_add_tail(&sub->by_session, subs);
	h = sub_hash(filter, session) & table_mask;
	sub->hnext = table[h];
	table[h] = sub;
	filter->count++;
	count++;
	return sub;
}

void subs_del(struct sub *sub)
{
	struct filter *filter = sub->filter;
	struct sub **p = &table[sub_hash(filter, sub->session) & table_mask];

	while (*p != sub)
		p = &(*p)->hnext;
	*p = sub->hnext;
	list_del_init(&sub->by_filter);
	list_del_init(&sub->by_session);
	free(sub);
	count--;
	generation++;
	if (--filter->count)
		return;
	filter->node->value = NULL;
	trie_prune(&filters, filter->node);
	free(filter);
}

static void match_add(struct filter_set *set, const struct trie_node *node)
{
	if (!node || !node->value)
		return;
	if (set->count == set->cap) {
		set->cap = set->cap ? set->cap * 2 : 16;
		set->filter = xrealloc(set->filter,
				       set->cap * sizeof(*set->filter));
	}
	set->filter[set->count++] = node->value;
}

/*
 * Level by level rather than recursively: a topic may have 32,768 levels. Each
 * node of the trie is reached by one path only, so no filter is found twice.
 */
void subs_match(const char *topic, size_t len, struct filter_set *set)
{
	struct trie_set *cur = &filters.level[0];
	struct trie_set *next = &filters.level[1];
	bool wild = *topic != '$';

	set->count = 0;
	cur->count = 0;
	trie_set_add(cur, &filters.root);
	for (;;) {
		size_t n = trie_level(topic, len);
		struct trie_set *tmp;
		size_t i;

		next->count = 0;
		for (i = 0; i < cur->count; i++) {
			struct trie_node *node = cur->node[i];

			trie_set_add(next, trie_child(&filters, node, topic, n));
			if (!wild)
				continue;
			trie_set_add(next, trie_child(&filters, node, "+", 1));
			match_add(set, trie_child(&filters, node, "#", 1));
		}
		wild = true;
		tmp = cur;
		cur = next;
		next = tmp;
		if (n == len || !cur->count)
			break;
		topic += n + 1;
		len -= n + 1;
	}
	while (cur->count) {
		struct trie_node *node = cur->node[--cur->count];

		match_add(set, node);
		/* "a/#" matches its parent "a" too */
		match_add(set, trie_child(&filters, node, "#", 1));
	}
}

void subs_each_filter(void (*fn)(struct filter *filter, void *arg), void *arg)
{
	struct trie_node *node = &filters.root;

	while ((node = trie_next(&filters.root, node))) {
		if (node->value)
			fn(node->value, arg);
	}
}
