// SPDX-License-Identifier: GPL-2.0
#include "topic.h"

#include <string.h>

bool topic_name_valid(const char *topic, size_t len)
{
	return len && !memchr(topic, '+', len) && !memchr(topic, '#', len);
}

bool topic_filter_valid(const char *filter, size_t len)
{
	size_t i;

	if (!len)
		return false;
	for (i = 0; i < len; i++) {
		if (filter[i] != '+' && filter[i] != '#')
			continue;
		if (i && filter[i - 1] != '/')
			return false;
		if (i + 1 == len)
			continue;
		if (filter[i] == '#' || filter[i + 1] != '/')
			return false;
	}
	return true;
}

#define SHARE		"$share/"
#define SHARE_LEN	(sizeof(SHARE) - 1)

bool topic_filter_shared(const char *filter, size_t len)
{
	return len >= SHARE_LEN && !memcmp(filter, SHARE, SHARE_LEN);
}

size_t topic_share_filter(const char *filter, size_t len)
{
	const char *name = filter + SHARE_LEN;
	const char *slash = memchr(name, '/', len - SHARE_LEN);
	size_t begin;

	if (!slash || !topic_name_valid(name, slash - name))
		return 0;
	begin = slash + 1 - filter;
	return topic_filter_valid(slash + 1, len - begin) ? begin : 0;
}

static bool under(const char *topic, size_t len, const char *tree)
{
	size_t n = strlen(tree);

	return len >= n && !memcmp(topic, tree, n) &&
	       (len == n || topic[n] == '/');
}

bool topic_reserved(const char *topic, size_t len)
{
	return under(topic, len, "$SYS") || under(topic, len, "$CONTROL");
}

static size_t level_len(const char *p, size_t len)
{
	const char *slash = memchr(p, '/', len);

	return slash ? (size_t)(slash - p) : len;
}

bool topic_matches(const char *filter, size_t flen, const char *topic,
		   size_t tlen)
{
	if (*topic == '$' && (*filter == '+' || *filter == '#'))
		return false;
	for (;;) {
		size_t f = level_len(filter, flen);
		size_t t = level_len(topic, tlen);

		if (f == 1 && *filter == '#')
			return true;
		if (!(f == 1 && *filter == '+') &&
		    (f != t || memcmp(filter, topic, f)))
			return false;
		if (t == tlen) {
			/* "a/#" matches its parent "a" too */
			return f == flen ||
			       (flen == f + 2 && filter[f + 1] == '#');
		}
		if (f == flen)
			return false;
		filter += f + 1;
		flen -= f + 1;
		topic += t + 1;
		tlen -= t + 1;
	}
}

/**
 * struct levels - the rest of a filter, level by level
 * @p: present level
 * @len: its length
 * @left: bytes from @p to the end
 * @end: there is no level left
 */
struct levels {
	const char *p;
	size_t len;
	size_t left;
	bool end;
};

static struct levels levels_of(const char *filter, size_t len)
{
	return (struct levels){ filter, level_len(filter, len), len, false };
}

static void next_level(struct levels *l)
{
	if (l->len == l->left) {
		l->end = true;
		return;
	}
	l->p += l->len + 1;
	l->left -= l->len + 1;
	l->len = level_len(l->p, l->left);
}

static bool level_is(const struct levels *l, char wildcard)
{
	return !l->end && l->len == 1 && *l->p == wildcard;
}

static bool level_wild(const struct levels *l)
{
	return level_is(l, '+') || level_is(l, '#');
}

static bool level_equal(const struct levels *a, const struct levels *b)
{
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
}

bool topic_filters_overlap(const char *a, size_t alen, const char *b,
			   size_t blen)
{
	struct levels x = levels_of(a, alen);
	struct levels y = levels_of(b, blen);

	/* wildcards leave out what begins with "$" [MQTT-4.7.2-1] */
	if ((level_wild(&x) && *b == '$') || (level_wild(&y) && *a == '$'))
		return false;
	for (;;) {
		if (level_is(&x, '#') || level_is(&y, '#'))
			return true;
		if (x.end || y.end)
			return x.end && y.end;
		if (!level_wild(&x) && !level_wild(&y) && !level_equal(&x, &y))
			return false;
		next_level(&x);
		next_level(&y);
	}
}

bool topic_filter_covers(const char *a, size_t alen, const char *b, size_t blen)
{
	struct levels x = levels_of(a, alen);
	struct levels y = levels_of(b, blen);

	if (level_wild(&x) && *b == '$')
		return false;
	for (;;) {
		if (level_is(&x, '#'))
			return true;
		if (x.end || y.end)
			return x.end && y.end;
		if (level_is(&y, '#'))
			return false;
		if (!level_is(&x, '+') &&
		    (level_is(&y, '+') || !level_equal(&x, &y)))
			return false;
		next_level(&x);
		next_level(&y);
	}
}
