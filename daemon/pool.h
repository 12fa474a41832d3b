/* SPDX-License-Identifier: GPL-2.0 */
/* Freed memory that is kept for whoever asks next: nothing is allocated per message. */
#ifndef MQTTD_POOL_H
#define MQTTD_POOL_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* There, what is used after it was freed must be noticed. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define POOL_KEEPS_NOTHING
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define POOL_KEEPS_NOTHING
#endif

/**
 * struct pool - entries of one kind that are free
 * @first: the last one put; the first word of each is the pool's, and says which is next
 * @count: number of entries
 */
struct pool {
	void *first;
	unsigned int count;
};

/**
 * pool_get() - take an entry
 * @pool: pool
 *
 * Return: an entry as it was put, its first word aside; NULL if there is none.
 */
static inline void *pool_get(struct pool *pool)
{
	void *entry = pool->first;

	if (!entry)
		return NULL;
	memcpy(&pool->first, entry, sizeof(pool->first));
	pool->count--;
	return entry;
}

/**
 * pool_put() - keep an entry
 * @pool: pool
 * @entry: entry that nobody uses
 * @keep: how many are kept
 *
 * Return: false if there are that many: it is the caller's to free.
 */
static inline bool pool_put(struct pool *pool, void *entry, unsigned int keep)
{
#ifdef POOL_KEEPS_NOTHING
	keep = 0;
#endif
	if (pool->count >= keep)
		return false;
	memcpy(entry, &pool->first, sizeof(pool->first));
	pool->first = entry;
	pool->count++;
	return true;
}

/**
 * pool_exit() - free all entries
 * @pool: pool whose entries hold nothing
 */
static inline void pool_exit(struct pool *pool)
{
	void *entry;

	while ((entry = pool_get(pool)))
		free(entry);
}

#endif /* MQTTD_POOL_H */
