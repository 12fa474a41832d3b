// SPDX-License-Identifier: GPL-2.0
#include "subs.h"

#include <stdlib.h>
#include <string.h>

#include "acl.h"
#include "subid.h"
#include "topic.h"
#include "trie.h"
#include "util.h"

#define SUBS_BUCKETS_MIN	256u

static struct trie filters;
static struct sub **table;
static uint32_t table_mask;
static uint32_t count;
static uint64_t generation;
static struct usage filter_usage;

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

/* Where the part of a filter begins that topics are matched against. */
static size_t pattern_of(const char *name, size_t len)
{
	return topic_filter_shared(name, len) ? topic_share_filter(name, len) :
						0;
}

static bool is_named(const struct filter *filter, const char *name, size_t len)
{
	return filter->len == len && !memcmp(filter->name, name, len);
}

static bool has_key(const struct filter *filter, const char *key, size_t len)
{
	if (!key || !filter->key)
		return !key && !filter->key;
	return filter->key_len == len && !memcmp(filter->key, key, len);
}

struct usage subs_usage(void)
{
	return (struct usage){ count, count * sizeof(struct sub) };
}

struct usage filters_usage(void)
{
	return (struct usage){
		.count = filter_usage.count,
		.bytes = filter_usage.bytes + filters.bytes,
	};
}

static size_t filter_size(const struct filter *filter)
{
	return sizeof(*filter) + filter->len + 1 + filter->key_len;
}

struct sub *subs_find(struct session *session, const char *name, size_t len)
{
	size_t begin = pattern_of(name, len);
	struct trie_node *node = trie_find(&filters, name + begin, len - begin);
	struct filter *filter = node ? node->value : NULL;

	for (; filter; filter = filter->next) {
		struct sub *sub = is_named(filter, name, len) ?
				  subs_get(filter, session) : NULL;

		if (sub)
			return sub;
	}
	return NULL;
}

static struct filter *filter_get(const char *name, size_t len, const char *key,
				 size_t key_len)
{
	size_t begin = pattern_of(name, len);
	struct trie_node *node = trie_get(&filters, name + begin, len - begin);
	struct filter *filter = node->value;

	/* one copy of each message is for all members, whatever they may read */
	if (begin)
		key = NULL;
	while (filter && !(is_named(filter, name, len) &&
			   has_key(filter, key, key_len)))
		filter = filter->next;
	if (filter)
		return filter;
	filter = xcalloc(1, sizeof(*filter) + len + 1);
	filter->node = node;
	filter->shared = begin;
	filter->len = len;
	memcpy(filter->name, name, len);
	if (key) {
		filter->key = xmalloc(max_t(size_t, key_len, 1));
		filter->key_len = key_len;
		memcpy(filter->key, key, key_len);
	}
	filter->pattern = filter->name + begin;
	filter->pattern_len = len - begin;
	INIT_LIST_HEAD(&filter->subs);
	INIT_LIST_HEAD(&filter->flows);
	filter->next = node->value;
	node->value = filter;
	usage_add(&filter_usage, filter_size(filter));
	return filter;
}

static void filter_free(struct filter *filter)
{
	struct trie_node *node = filter->node;
	struct filter *prev = node->value;

	if (prev == filter) {
		node->value = filter->next;
	} else {
		while (prev->next != filter)
			prev = prev->next;
		prev->next = filter->next;
	}
	usage_del(&filter_usage, filter_size(filter));
	free(filter->key);
	free(filter);
	trie_prune(&filters, node);
}

uint32_t sub_id(const struct sub *sub)
{
	uint32_t id = 0;

	subids_list(sub->ids, &id, 1);
	return id;
}

static void sub_set(struct sub *sub, const struct sub_options *options)
{
	if (sub->qos == options->qos && sub->no_local == options->no_local &&
	    sub->rap == options->rap && sub_id(sub) == options->id)
		return;
	sub->qos = options->qos;
	sub->no_local = options->no_local;
	sub->rap = options->rap;
	subids_put(sub->ids);
	sub->ids = subids_new(options->id);
	generation++;
}

static void sub_link(struct sub *sub)
{
	struct filter *filter = sub->filter;
	uint32_t h = sub_hash(filter, sub->session) & table_mask;

	list_add_tail(&sub->by_filter, &filter->subs);
	sub->hnext = table[h];
	table[h] = sub;
	filter->count++;
	generation++;
}

static void sub_unlink(struct sub *sub)
{
	struct filter *filter = sub->filter;
	struct sub **p = &table[sub_hash(filter, sub->session) & table_mask];

	while (*p != sub)
		p = &(*p)->hnext;
	*p = sub->hnext;
	list_del_init(&sub->by_filter);
	generation++;
	if (!--filter->count)
		filter_free(filter);
}

struct sub *subs_add(struct session *session, struct list_head *subs,
		     const char *name, size_t len,
		     const struct sub_options *options)
{
	struct filter *filter = filter_get(name, len, options->key,
					   options->key_len);
	struct sub *sub = subs_get(filter, session);

	if (sub) {
		sub_set(sub, options);
		return sub;
	}
	if (count > table_mask)
		subs_grow();
	sub = xcalloc(1, sizeof(*sub));
	sub->filter = filter;
	sub->session = session;
	sub_set(sub, options);
	sub->restricted = filter->shared && options->key;
	list_add_tail(&sub->by_session, subs);
	sub_link(sub);
	count++;
	return sub;
}

void subs_del(struct sub *sub)
{
	sub_unlink(sub);
	list_del_init(&sub->by_session);
	subids_put(sub->ids);
	free(sub);
	count--;
}

void subs_move(struct sub *sub, const char *key, size_t len)
{
	struct filter *filter = sub->filter;

	sub->restricted = filter->shared && key;
	if (filter->shared)
		return;
	/* before the old one goes, which has the name */
	filter = filter_get(filter->name, filter->len, key, len);
	if (filter == sub->filter)
		return;
	sub_unlink(sub);
	sub->filter = filter;
	sub_link(sub);
}

bool sub_reads(const struct sub *sub, const char *key, size_t len)
{
	return sub->filter->shared ? sub->restricted == !!key :
				     has_key(sub->filter, key, len);
}

bool filter_allows(const struct filter *filter, const char *topic, size_t len)
{
	return !filter->key || acl_key_allows(filter->key, filter->key_len,
					      topic, len);
}

static void match_add(struct filter_set *set, const struct trie_node *node)
{
	struct filter *filter = node ? node->value : NULL;

	for (; filter; filter = filter->next) {
		if (unlikely(filter->key) &&
		    !filter_allows(filter, set->topic, set->topic_len))
			continue;
		if (set->count == set->cap) {
			set->cap = set->cap ? set->cap * 2 : 16;
			set->filter = xrealloc(set->filter, set->cap *
					       sizeof(*set->filter));
		}
		set->filter[set->count++] = filter;
	}
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

	set->topic = topic;
	set->topic_len = len;
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

			if (!list_empty(&node->children))
				trie_set_add(next, trie_child(&filters, node,
							      topic, n));
			if (!wild)
				continue;
			trie_set_add(next, trie_wild(&filters, node, TRIE_PLUS));
			match_add(set, trie_wild(&filters, node, TRIE_HASH));
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
		match_add(set, trie_wild(&filters, node, TRIE_HASH));
	}
}

void subs_each_filter(void (*fn)(struct filter *filter, void *arg), void *arg)
{
	struct trie_node *node = &filters.root;
	struct filter *filter;

	while ((node = trie_next(&filters.root, node))) {
		for (filter = node->value; filter; filter = filter->next)
			fn(filter, arg);
	}
}
