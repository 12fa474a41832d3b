// SPDX-License-Identifier: GPL-2.0
#include "store_check.h"

#include <stdbool.h>
#include <stdlib.h>

#include "util.h"

/* Numbers in ascending order, as the records come. */
struct numbers {
	uint64_t *number;
	size_t count;
	size_t cap;
};

struct store_check {
	bool header;
	struct numbers messages;
	struct numbers sessions;
};

struct store_check *store_check_new(void)
{
	return xcalloc(1, sizeof(struct store_check));
}

void store_check_free(struct store_check *check)
{
	free(check->messages.number);
	free(check->sessions.number);
	free(check);
}

static const char *numbers_add(struct numbers *set, uint64_t number)
{
	if (set->count && set->number[set->count - 1] >= number)
		return "out of order";
	if (set->count == set->cap) {
		set->cap = set->cap ? set->cap * 2 : 64;
		set->number = xrealloc(set->number,
				       set->cap * sizeof(*set->number));
	}
	set->number[set->count++] = number;
	return NULL;
}

static bool numbers_have(const struct numbers *set, uint64_t number)
{
	size_t lo = 0;
	size_t hi = set->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (set->number[mid] == number)
			return true;
		if (set->number[mid] < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

const char *store_check_record(const struct store_record *rec, void *arg)
{
	struct store_check *check = arg;

	if (rec->kind == STORE_HEADER) {
		check->header = true;
		return NULL;
	}
	if (!check->header)
		return "no header before it";
	switch (rec->kind) {
	case STORE_MESSAGE:
		return numbers_add(&check->messages, rec->id);
	case STORE_SESSION:
		return numbers_add(&check->sessions, rec->session);
	case STORE_RETAINED:
		return numbers_have(&check->messages, rec->id) ? NULL :
			"its message is missing";
	case STORE_CLIENT_WILL:
		return !rec->owner || numbers_have(&check->sessions,
						   rec->owner) ?
			NULL : "its session is missing";
	case STORE_DELIVERY:
		if (rec->message && !numbers_have(&check->messages, rec->message))
			return "its message is missing";
		break;
	}
	return numbers_have(&check->sessions, rec->session) ? NULL :
		"its session is missing";
}
