// SPDX-License-Identifier: GPL-2.0
#include "subid.h"

#include <stdlib.h>
#include <string.h>

#include "property.h"
#include "util.h"

struct subids *subids_new(uint32_t id)
{
	struct subids *ids;

	if (!id)
		return NULL;
	ids = xmalloc(sizeof(*ids) + 1 + varint_len(id));
	ids->refs = 1;
	ids->len = 1 + varint_len(id);
	put_property_varint(ids->props, PROP_SUBSCRIPTION_ID, id);
	return ids;
}

struct subids *subids_join(struct subids *a, struct subids *b)
{
	struct subids *ids;

	if (!b)
		return a;
	if (!a)
		return subids_get(b);
	ids = xmalloc(sizeof(*ids) + a->len + b->len);
	ids->refs = 1;
	ids->len = a->len + b->len;
	memcpy(ids->props, a->props, a->len);
	memcpy(ids->props + a->len, b->props, b->len);
	subids_put(a);
	return ids;
}

bool subids_equal(const struct subids *a, const struct subids *b)
{
	if (a == b)
		return true;
	return a && b && a->len == b->len &&
	       !memcmp(a->props, b->props, a->len);
}

uint32_t subids_list(const struct subids *ids, uint32_t *list, uint32_t max)
{
	struct reader r = { .p = NULL };
	uint32_t nr = 0;

	if (!ids)
		return 0;
	r.p = ids->props;
	r.end = ids->props + ids->len;
	while (reader_left(&r)) {
		uint32_t id;

		read_u8(&r);
		id = read_varint(&r);
		if (nr < max)
			list[nr] = id;
		nr++;
	}
	return nr;
}

void subids_put(struct subids *ids)
{
	if (ids && !--ids->refs)
		free(ids);
}
