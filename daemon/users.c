// SPDX-License-Identifier: GPL-2.0
#include "users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "packet.h"
#include "password.h"
#include "text.h"
#include "util.h"

/**
 * struct user - one user
 * @name: user name
 * @hash: of the password
 * @line: where it is in the file
 */
struct user {
	char *name;
	char *hash;
	unsigned int line;
};

/**
 * struct users - a password file
 * @text: the file, while it is read
 * @user: users by name
 * @count: their number
 * @cap: room in @user
 */
struct users {
	struct text text;
	struct user *user;
	size_t count;
	size_t cap;
};

static int compare(const void *a, const void *b)
{
	const struct user *x = a;
	const struct user *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int users_line(struct text *t, char *line)
{
	struct users *users = container_of(t, struct users, text);
	char *colon = strchr(line, ':');
	const char *wrong;
	struct user *u;

	if (!colon || colon == line)
		return text_error(t, "not USER:HASH");
	if (colon - line > UINT16_MAX ||
	    !utf8_valid((const uint8_t *)line, colon - line))
		return text_error(t, "user name is not UTF-8 of at most 65535 bytes");
	wrong = password_hash_error(colon + 1);
	if (wrong)
		return text_error(t, "%s", wrong);
	if (users->count == users->cap) {
		users->cap = users->cap ? 2 * users->cap : 64;
		users->user = xrealloc(users->user,
				       users->cap * sizeof(*users->user));
	}
	u = &users->user[users->count++];
	u->name = xstrndup(line, colon - line);
	u->hash = xstrdup(colon + 1);
	u->line = t->line;
	return 0;
}

/* Which of two hashes holds must not depend on chance. */
static int users_sort(struct users *users)
{
	struct text *t = &users->text;
	size_t i;

	if (!users->count)
		return 0;
	qsort(users->user, users->count, sizeof(*users->user), compare);
	for (i = 1; i < users->count; i++) {
		const struct user *u = &users->user[i];

		if (strcmp(u[-1].name, u->name))
			continue;
		t->line = u->line;
		return text_error(t, "user is in line %u already", u[-1].line);
	}
	return 0;
}

static struct users *users_new(const char *name, char *error, size_t size)
{
	struct users *users = xcalloc(1, sizeof(*users));

	users->text.name = name;
	users->text.parse_line = users_line;
	users->text.error = error;
	users->text.size = size;
	return users;
}

static struct users *users_done(struct users *users, int rc)
{
	if (!rc)
		rc = users_sort(users);
	if (!rc)
		return users;
	users_free(users);
	return NULL;
}

struct users *users_read(const char *path, char *error, size_t size)
{
	struct users *users = users_new(path, error, size);

	return users_done(users, text_parse_file(&users->text));
}

struct users *users_parse(const char *name, const char *text, size_t len,
			  char *error, size_t size)
{
	struct users *users = users_new(name, error, size);

	return users_done(users, text_parse(&users->text, text, len));
}

const char *users_find(const struct users *users, const char *name, size_t len)
{
	size_t lo = 0;
	size_t hi = users->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct user *u = &users->user[mid];
		int order = strncmp(name, u->name, len);

		if (!order && !u->name[len])
			return u->hash;
		/* a prefix of a name comes before it */
		if (order <= 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const char *users_any(const struct users *users)
{
	return users->count ? users->user[0].hash : NULL;
}

size_t users_count(const struct users *users)
{
	return users->count;
}

void users_free(struct users *users)
{
	size_t i;

	if (!users)
		return;
	for (i = 0; i < users->count; i++) {
		free(users->user[i].name);
		free(users->user[i].hash);
	}
	free(users->user);
	free(users);
}
