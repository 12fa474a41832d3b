// SPDX-License-Identifier: GPL-2.0
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static uint64_t hash_seed[2] = {
	0x9e3779b97f4a7c15ULL, 0xc2b2ae3d27d4eb4fULL
};

static void __attribute__((noreturn)) out_of_memory(size_t size)
{
	fprintf(stderr, "mqttd: out of memory (%zu bytes)\n", size);
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory(size);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory(n * size);
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory(size);
	return p;
}

char *xstrdup(const char *str)
{
	size_t len = strlen(str) + 1;

	return memcpy(xmalloc(len), str, len);
}

char *xstrndup(const char *bytes, size_t len)
{
	char *str = xmalloc(len + 1);

	memcpy(str, bytes, len);
	str[len] = '\0';
	return str;
}

void hash_init(void)
{
	if (getrandom(hash_seed, sizeof(hash_seed), 0) != sizeof(hash_seed))
		hash_seed[0] ^= (uint64_t)time(NULL);
	hash_seed[0] |= 1;
	hash_seed[1] |= 1;
}

static uint64_t load64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The high half of the product folds every input bit over all output bits. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t p = (__uint128_t)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint32_t hash_bytes(const void *data, size_t len, uint64_t salt)
{
	const unsigned char *p = data;
	uint64_t h = mix(hash_seed[0] ^ salt, hash_seed[1] ^ len);
	uint64_t tail = 0;

	while (len >= 8) {
		h = mix(h ^ load64(p), hash_seed[1]);
		p += 8;
		len -= 8;
	}
	while (len)
		tail = tail << 8 | p[--len];
	h = mix(h ^ tail, hash_seed[0]);
	return (uint32_t)(h ^ h >> 32);
}
