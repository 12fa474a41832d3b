// SPDX-License-Identifier: GPL-2.0
#include "rights.h"

#include <stdlib.h>
#include <string.h>

#include "acl_class.h"
#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "log.h"
#include "session.h"
#include "subs.h"
#include "util.h"

/**
 * struct moving - a subscription whose filter has to be another object
 * @sub: the subscription
 * @key: what its session may read of it now
 * @len: length of @key
 */
struct moving {
	struct sub *sub;
	char *key;
	size_t len;
};

/**
 * struct moves - those of one change of rules
 * @sub: the subscriptions
 * @count: their number
 * @cap: room in @sub
 */
struct moves {
	struct moving *sub;
	size_t count;
	size_t cap;
};

static void leave_class(struct session_rights *r)
{
	if (!r->publish_class)
		return;
	r->publish_class->sessions--;
	acl_class_put(r->publish_class);
	r->publish_class = NULL;
}

/* Returns true if it is in another class now. */
static bool find_rules(struct session *s)
{
	struct session_rights *r = s->rights;
	struct acl_class *class;
	size_t len;
	char *key;
	bool other;

	acl_rules_free(r->rules);
	r->rules = acl_rules(r->security->acl, r->user, s->id);
	key = acl_key(r->rules, ACL_WRITE, NULL, 0, &len);
	class = acl_class_get(key, len);
	free(key);
	class->sessions++;
	other = class != r->publish_class;
	leave_class(r);
	r->publish_class = class;
	return other;
}

bool rights_allow(const struct session *s, enum acl_access access,
		  const char *topic, size_t len)
{
	return !s->rights->rules || acl_allows(s->rights->rules, access, topic, len);
}

char *rights_read_key(const struct session *s, const char *filter, size_t flen,
		      size_t *len)
{
	char *key;

	*len = 0;
	if (!s->rights->rules)
		return NULL;
	key = acl_key(s->rights->rules, ACL_READ, filter, flen, len);
	if (*len != strlen(ACL_KEY_ALL) || memcmp(key, ACL_KEY_ALL, *len))
		return key;
	free(key);
	return NULL;
}

static void collect(struct moves *m, struct session *s)
{
	struct moving now;

	list_for_each_entry(now.sub, &s->subs, by_session) {
		const struct filter *filter = now.sub->filter;

		now.key = rights_read_key(s, filter->pattern,
					  filter->pattern_len, &now.len);
		if (sub_reads(now.sub, now.key, now.len)) {
			free(now.key);
			continue;
		}
		if (m->count == m->cap) {
			m->cap = m->cap ? 2 * m->cap : 64;
			m->sub = xrealloc(m->sub, m->cap * sizeof(*m->sub));
		}
		m->sub[m->count++] = now;
	}
}

static void move(const struct moving *m)
{
	datapath_sub_del(m->sub);
	subs_move(m->sub, m->key, m->len);
}

static void moves_free(struct moves *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		free(m->sub[i].key);
	free(m->sub);
}

void rights_identify(struct session *s, const struct conf_security *security,
		     const char *user)
{
	struct moves m = { 0 };
	size_t i;

	if (!security->acl && !s->rights->rules)
		return;
	rights_forget(s);
	if (security->acl) {
		struct session_rights *r = session_rights(s);

		r->security = security;
		r->user = user ? xstrdup(user) : NULL;
		find_rules(s);
	}
	collect(&m, s);
	for (i = 0; i < m.count; i++)
		move(&m.sub[i]);
	moves_free(&m);
	deliver_withdraw(s);
}

void rights_forget(struct session *s)
{
	struct session_rights *r = s->rights;

	if (r == &session_no_rights)
		return;
	leave_class(r);
	acl_rules_free(r->rules);
	free(r->user);
	session_no_rules(s);
}

static void apply_session(struct session *s, void *arg)
{
	if (!s->rights->rules)
		return;
	if (find_rules(s) && s->client)
		datapath_acl_class(s->client);
	collect(arg, s);
	deliver_withdraw(s);
}

/* While CONNACK waits for the durable store, so do the subscriptions. */
static bool served(const struct sub *sub)
{
	const struct client *c = sub->session->client;

	return c && !c->connack_held;
}

/*
 * Without flows all that is published on the topics in question comes to the
 * broker, and waits until this is over: nobody misses anything, or gets it
 * twice, while members go from group to group.
 */
static void move_subs(const struct moves *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		datapath_unlearn(m->sub[i].sub->filter);
	datapath_commit(true);
	for (i = 0; i < m->count; i++)
		move(&m->sub[i]);
	for (i = 0; i < m->count; i++) {
		if (served(m->sub[i].sub))
			datapath_sub_add(m->sub[i].sub);
	}
}

bool rights_configured(void)
{
	const struct conf_security *s;

	list_for_each_entry(s, &config.securities, node)
		if (s->acl_file)
			return true;
	return false;
}

size_t rights_count(void)
{
	const struct conf_security *s;
	size_t count = 0;

	list_for_each_entry(s, &config.securities, node)
		if (s->acl)
			count += acl_count(s->acl);
	return count;
}

int rights_read(char *error, size_t size)
{
	struct conf_security *s;

	list_for_each_entry(s, &config.securities, node) {
		if (!s->acl_file)
			continue;
		s->acl_next = acl_read(s->acl_file, error, size);
		if (!s->acl_next)
			return -1;
	}
	return 0;
}

void rights_discard(void)
{
	struct conf_security *s;

	list_for_each_entry(s, &config.securities, node) {
		acl_free(s->acl_next);
		s->acl_next = NULL;
	}
}

void rights_apply(void)
{
	struct moves m = { 0 };
	struct conf_security *s;

	if (!rights_configured())
		return;
	list_for_each_entry(s, &config.securities, node) {
		struct acl *old = s->acl;

		if (!s->acl_next)
			continue;
		s->acl = s->acl_next;
		s->acl_next = old;
		log_notice("%s: %zu rules", s->acl_file, acl_count(s->acl));
	}
	session_each(apply_session, &m);
	if (m.count)
		move_subs(&m);
	moves_free(&m);
	/* what was in force, and to which rules referred until now */
	rights_discard();
	datapath_retire();
	datapath_commit(true);
}

int rights_start(void)
{
	char error[512];

	if (rights_read(error, sizeof(error))) {
		log_err("%s", error);
		return -1;
	}
	rights_apply();
	return 0;
}

void rights_exit(void)
{
	struct conf_security *s;

	list_for_each_entry(s, &config.securities, node) {
		acl_free(s->acl);
		s->acl = NULL;
	}
}
