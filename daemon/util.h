/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_UTIL_H
#define MQTTD_UTIL_H

#include <stddef.h>
#include <stdint.h>

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define min_t(type, a, b) \
	({ type _a = (a); type _b = (b); _a < _b ? _a : _b; })
#define max_t(type, a, b) \
	({ type _a = (a); type _b = (b); _a > _b ? _a : _b; })

/**
 * xmalloc() - allocate memory or die
 * @size: bytes
 *
 * For objects without which the broker cannot go on; sizes that a client
 * chooses go through malloc() and close that client on failure.
 *
 * Return: the memory, never NULL.
 */
void *xmalloc(size_t size);

/**
 * xcalloc() - allocate zeroed memory or die
 * @n: number of elements
 * @size: size of an element
 *
 * Return: the memory, never NULL.
 */
void *xcalloc(size_t n, size_t size);

/**
 * xrealloc() - resize memory or die
 * @old: memory from xmalloc(), or NULL
 * @size: new size in bytes
 *
 * Return: the memory, never NULL.
 */
void *xrealloc(void *old, size_t size);

/**
 * xstrdup() - copy a string or die
 * @str: string
 *
 * Return: the copy, never NULL.
 */
char *xstrdup(const char *str);

/**
 * xstrndup() - copy bytes into a string or die
 * @bytes: bytes
 * @len: their number
 *
 * Return: the copy with a NUL behind it, never NULL.
 */
char *xstrndup(const char *bytes, size_t len);

/**
 * hash_init() - choose the secret seed of all hash tables
 *
 * Clients choose topics and client identifiers, so a fixed hash function would
 * let them choose collisions too.
 */
void hash_init(void);

/**
 * hash_bytes() - hash a string of bytes with the secret seed
 * @data: bytes
 * @len: their number
 * @salt: mixed in, to key several things by the same bytes
 *
 * Return: 32 well mixed bits.
 */
uint32_t hash_bytes(const void *data, size_t len, uint64_t salt);

#endif /* MQTTD_UTIL_H */
