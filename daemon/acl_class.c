// SPDX-License-Identifier: GPL-2.0
#include "acl_class.h"

#include <stdlib.h>
#include <string.h>

#include "acl.h"
#include "util.h"

#define CLASS_BUCKETS	1024u

static struct acl_class *table[CLASS_BUCKETS];
static uint32_t last_id;

struct acl_class *acl_class_get(const char *key, size_t len)
{
	uint32_t hash = hash_bytes(key, len, 0);
	struct acl_class **bucket = &table[hash % CLASS_BUCKETS];
	struct acl_class *class = *bucket;

	while (class && !(class->hash == hash && class->len == len &&
			  !memcmp(class->key, key, len)))
		class = class->hnext;
	if (class)
		return acl_class_hold(class);
	class = xcalloc(1, sizeof(*class) + len);
	class->hash = hash;
	class->id = ++last_id;
	class->refs = 1;
	class->len = len;
	memcpy(class->key, key, len);
	class->hnext = *bucket;
	*bucket = class;
	return class;
}

struct acl_class *acl_class_hold(struct acl_class *class)
{
	if (class)
		class->refs++;
	return class;
}

void acl_class_put(struct acl_class *class)
{
	struct acl_class **p;

	if (!class || --class->refs)
		return;
	p = &table[class->hash % CLASS_BUCKETS];
	while (*p != class)
		p = &(*p)->hnext;
	*p = class->hnext;
	free(class);
}

bool acl_class_allows(const struct acl_class *class, const char *topic,
		      size_t len)
{
	return !class || acl_key_allows(class->key, class->len, topic, len);
}
