// SPDX-License-Identifier: GPL-2.0
#include "acl.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "packet.h"
#include "text.h"
#include "topic.h"
#include "util.h"

/**
 * struct acl_rule - one line
 * @filter: topic filter, in a pattern with %u and %c
 * @access: enum acl_access bits that are allowed, 0 for deny
 */
struct acl_rule {
	char *filter;
	unsigned int access;
};

/**
 * struct acl_list - lines that hold together
 * @user: whose they are; NULL for anonymous clients, and for the patterns
 * @rule: the lines, those that deny first and otherwise by filter
 * @count: their number
 * @cap: room in @rule
 */
struct acl_list {
	char *user;
	struct acl_rule *rule;
	size_t count;
	size_t cap;
};

/**
 * struct acl - an ACL file
 * @text: the file, while it is read
 * @patterns: for all clients
 * @anonymous: for clients without a user name
 * @user: for users, by name
 * @users: their number
 * @cap: room in @user
 * @now: where topics belong while the file is read
 */
struct acl {
	struct text text;
	struct acl_list patterns;
	struct acl_list anonymous;
	struct acl_list *user;
	size_t users;
	size_t cap;
	size_t now;
};

#define NO_USER	SIZE_MAX

/**
 * struct acl_rules - what holds for one client, in the order in which it does:
 *	the first rule that is for the access and matches the topic decides
 * @own: those of its user, not copied: there may be very many
 * @count: number of patterns
 * @rule: the patterns, with the names put in
 */
struct acl_rules {
	const struct acl_list *own;
	size_t count;
	struct acl_rule rule[];
};

static void list_add_rule(struct acl_list *list, unsigned int access,
			  const char *filter)
{
	if (list->count == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 8;
		list->rule = xrealloc(list->rule,
				      list->cap * sizeof(*list->rule));
	}
	list->rule[list->count].access = access;
	list->rule[list->count].filter = xstrdup(filter);
	list->count++;
}

/* A user may come several times: the lines add up. */
static int acl_user(struct acl *acl, const char *name)
{
	size_t i;

	for (i = 0; i < acl->users; i++)
		if (!strcmp(acl->user[i].user, name))
			break;
	acl->now = i;
	if (i < acl->users)
		return 0;
	if (acl->users == acl->cap) {
		acl->cap = acl->cap ? 2 * acl->cap : 64;
		acl->user = xrealloc(acl->user,
				     acl->cap * sizeof(*acl->user));
	}
	memset(&acl->user[i], 0, sizeof(acl->user[i]));
	acl->user[i].user = xstrdup(name);
	acl->users++;
	return 0;
}

static bool access_of(const char *word, unsigned int *access)
{
	static const struct {
		const char *word;
		unsigned int access;
	} words[] = {
		{ "read", ACL_READ },
		{ "write", ACL_WRITE },
		{ "readwrite", ACL_READ | ACL_WRITE },
		{ "deny", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, word))
			continue;
		*access = words[i].access;
		return true;
	}
	return false;
}

/* "topic [ACCESS] FILTER"; one word is a filter, whatever it is. */
static int acl_topic(struct acl *acl, struct acl_list *list, char *rest)
{
	unsigned int access = ACL_READ | ACL_WRITE;
	char *word = rest + strspn(rest, " \t");
	char *filter = word + strcspn(word, " \t");

	if (*filter) {
		*filter++ = '\0';
		filter += strspn(filter, " \t");
		if (!access_of(word, &access))
			return text_error(&acl->text,
					  "\"%s\" is none of read, write, readwrite, deny",
					  word);
	} else {
		filter = word;
	}
	if (strlen(filter) > UINT16_MAX ||
	    !topic_filter_valid(filter, strlen(filter)))
		return text_error(&acl->text, "invalid topic filter \"%s\"",
				  filter);
	list_add_rule(list, access, filter);
	return 0;
}

static int acl_line(struct text *t, char *line)
{
	struct acl *acl = container_of(t, struct acl, text);
	char *word;

	/* nor is it repeated on the log and to who asked */
	if (!utf8_valid((const uint8_t *)line, strlen(line)))
		return text_error(t, "not UTF-8");
	word = text_word(&line);
	line += strspn(line, " \t");
	if (!*line)
		return text_error(t, "%s: value missing", word);
	if (!strcmp(word, "user"))
		return acl_user(acl, line);
	if (!strcmp(word, "pattern"))
		return acl_topic(acl, &acl->patterns, line);
	if (strcmp(word, "topic"))
		return text_error(t, "\"%s\" is none of user, topic, pattern",
				  word);
	return acl_topic(acl, acl->now == NO_USER ? &acl->anonymous :
			 &acl->user[acl->now], line);
}

/* In this order it does not matter how a file is sorted. */
static int compare_rules(const void *a, const void *b)
{
	const struct acl_rule *x = a;
	const struct acl_rule *y = b;
	int order = !!x->access - !!y->access;

	if (!order)
		order = strcmp(x->filter, y->filter);
	return order ? order : (int)x->access - (int)y->access;
}

static void list_sort(struct acl_list *list)
{
	if (list->count)
		qsort(list->rule, list->count, sizeof(*list->rule),
		      compare_rules);
}

static int compare_users(const void *a, const void *b)
{
	const struct acl_list *x = a;
	const struct acl_list *y = b;

	return strcmp(x->user, y->user);
}

static struct acl *acl_new(const char *name, char *error, size_t size)
{
	struct acl *acl = xcalloc(1, sizeof(*acl));

	acl->text.name = name;
	acl->text.parse_line = acl_line;
	acl->text.error = error;
	acl->text.size = size;
	acl->now = NO_USER;
	return acl;
}

static struct acl *acl_done(struct acl *acl, int rc)
{
	size_t i;

	if (rc) {
		acl_free(acl);
		return NULL;
	}
	list_sort(&acl->patterns);
	list_sort(&acl->anonymous);
	for (i = 0; i < acl->users; i++)
		list_sort(&acl->user[i]);
	if (acl->users)
		qsort(acl->user, acl->users, sizeof(*acl->user),
		      compare_users);
	return acl;
}

struct acl *acl_read(const char *path, char *error, size_t size)
{
	struct acl *acl = acl_new(path, error, size);

	return acl_done(acl, text_parse_file(&acl->text));
}

struct acl *acl_parse(const char *name, const char *text, size_t len,
		      char *error, size_t size)
{
	struct acl *acl = acl_new(name, error, size);

	return acl_done(acl, text_parse(&acl->text, text, len));
}

static void list_free(struct acl_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->rule[i].filter);
	free(list->rule);
	free(list->user);
}

void acl_free(struct acl *acl)
{
	size_t i;

	if (!acl)
		return;
	list_free(&acl->patterns);
	list_free(&acl->anonymous);
	for (i = 0; i < acl->users; i++)
		list_free(&acl->user[i]);
	free(acl->user);
	free(acl);
}

size_t acl_count(const struct acl *acl)
{
	size_t count = acl->patterns.count + acl->anonymous.count;
	size_t i;

	for (i = 0; i < acl->users; i++)
		count += acl->user[i].count;
	return count;
}

static const struct acl_list *list_of(const struct acl *acl, const char *user)
{
	const struct acl_list key = { .user = (char *)user };

	if (!user)
		return &acl->anonymous;
	if (!acl->users)
		return NULL;
	return bsearch(&key, acl->user, acl->users, sizeof(*acl->user),
		       compare_users);
}

static void rules_add(struct acl_rules *rules, unsigned int access,
		      char *filter)
{
	rules->rule[rules->count].access = access;
	rules->rule[rules->count].filter = filter;
	rules->count++;
}

/* Returns the pattern with the names put in, NULL when one is missing. */
static char *fill_in(const char *pattern, const char *user, const char *id)
{
	size_t names = (user ? strlen(user) : 0) + strlen(id);
	/* a name stands for two bytes */
	char *filter = xmalloc(strlen(pattern) * (names + 1) + 1);
	char *p = filter;

	while (*pattern) {
		bool is_id = !strncmp(pattern, "%c", 2);

		if (!is_id && strncmp(pattern, "%u", 2)) {
			*p++ = *pattern++;
			continue;
		}
		if (!is_id && !user) {
			free(filter);
			return NULL;
		}
		p = stpcpy(p, is_id ? id : user);
		pattern += 2;
	}
	*p = '\0';
	return filter;
}

static void add_patterns(struct acl_rules *rules, const struct acl *acl,
			 const char *user, const char *id)
{
	size_t i;

	if (strpbrk(id, "+#") || (user && strpbrk(user, "+#")))
		return;
	for (i = 0; i < acl->patterns.count; i++) {
		const struct acl_rule *r = &acl->patterns.rule[i];
		char *filter = fill_in(r->filter, user, id);

		if (filter)
			rules_add(rules, r->access, filter);
	}
}

struct acl_rules *acl_rules(const struct acl *acl, const char *user,
			    const char *id)
{
	struct acl_rules *rules;

	rules = xmalloc(sizeof(*rules) +
			acl->patterns.count * sizeof(rules->rule[0]));
	rules->own = list_of(acl, user);
	rules->count = 0;
	add_patterns(rules, acl, user, id);
	return rules;
}

void acl_rules_free(struct acl_rules *rules)
{
	size_t i;

	if (!rules)
		return;
	for (i = 0; i < rules->count; i++)
		free(rules->rule[i].filter);
	free(rules);
}

static size_t rules_count(const struct acl_rules *rules)
{
	return (rules->own ? rules->own->count : 0) + rules->count;
}

static const struct acl_rule *rules_at(const struct acl_rules *rules, size_t i)
{
	size_t own = rules->own ? rules->own->count : 0;

	return i < own ? &rules->own->rule[i] : &rules->rule[i - own];
}

static bool applies(const struct acl_rule *rule, enum acl_access access)
{
	return !rule->access || rule->access & access;
}

bool acl_allows(const struct acl_rules *rules, enum acl_access access,
		const char *topic, size_t len)
{
	size_t count = rules_count(rules);
	size_t i;

	for (i = 0; i < count; i++) {
		const struct acl_rule *r = rules_at(rules, i);

		if (applies(r, access) &&
		    topic_matches(r->filter, strlen(r->filter), topic, len))
			return r->access;
	}
	return false;
}

/*
 * The rules that matter for the filter, in order: "+" or "-" and their own
 * filter, a NUL behind each. Nothing comes behind one that covers all of it; what
 * says the same just before it, or denies at the end, says nothing.
 */
char *acl_key(const struct acl_rules *rules, enum acl_access access,
	      const char *filter, size_t flen, size_t *len)
{
	size_t count = rules_count(rules);
	size_t room = sizeof(ACL_KEY_ALL);
	size_t used = 0;
	size_t denied = 0;
	size_t end = 0;
	size_t i;
	char *key;

	for (i = 0; i < count; i++)
		room += 2 + strlen(rules_at(rules, i)->filter);
	key = xmalloc(room);
	for (i = 0; i < count; i++) {
		const struct acl_rule *r = rules_at(rules, i);
		size_t n = strlen(r->filter);

		if (!applies(r, access) ||
		    (filter && !topic_filters_overlap(r->filter, n, filter,
						      flen)))
			continue;
		if (filter && topic_filter_covers(r->filter, n, filter, flen)) {
			if (r->access) {
				key[denied] = '+';
				end = denied + 1;
			}
			break;
		}
		key[used] = r->access ? '+' : '-';
		memcpy(key + used + 1, r->filter, n + 1);
		used += n + 2;
		if (r->access)
			end = used;
		else
			denied = used;
	}
	*len = end;
	return key;
}

bool acl_key_allows(const char *key, size_t len, const char *topic,
		    size_t tlen)
{
	const char *end = key + len;

	while (key < end) {
		bool allow = *key++ == '+';
		size_t n = end - key;

		if (!n)
			return allow;
		n = strnlen(key, n);
		if (topic_matches(key, n, topic, tlen))
			return allow;
		key += n + 1;
	}
	return false;
}
