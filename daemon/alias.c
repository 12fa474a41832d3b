// SPDX-License-Identifier: GPL-2.0
#include "alias.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "util.h"

/* Topics are looked for one by one, and a client has only so much to say. */
#define ALIAS_OUT_MAX	16u

struct alias {
	char *topic;
	uint16_t len;
};

/**
 * struct aliases - aliases of a connection
 * @in: set by the client
 * @out: set by the broker, in order
 * @nr_out: number of these
 */
struct aliases {
	struct alias in[CLIENT_ALIAS_MAX];
	struct alias out[ALIAS_OUT_MAX];
	uint16_t nr_out;
};

static struct aliases *aliases_of(struct client *c)
{
	if (!c->rare->aliases)
		client_rare(c)->aliases = xcalloc(1, sizeof(*c->rare->aliases));
	return c->rare->aliases;
}

static void alias_store(struct alias *alias, const char *topic, uint16_t len)
{
	alias->topic = xrealloc(alias->topic, len);
	memcpy(alias->topic, topic, len);
	alias->len = len;
}

void alias_set(struct client *c, uint16_t alias, const char *topic,
	       uint16_t len)
{
	alias_store(&aliases_of(c)->in[alias - 1], topic, len);
}

const char *alias_topic(const struct client *c, uint16_t alias, uint16_t *len)
{
	if (!c->rare->aliases)
		return NULL;
	*len = c->rare->aliases->in[alias - 1].len;
	return c->rare->aliases->in[alias - 1].topic;
}

uint16_t alias_find(const struct client *c, const char *topic, uint16_t len)
{
	uint16_t i;

	for (i = 0; c->rare->aliases && i < c->rare->aliases->nr_out; i++) {
		const struct alias *alias = &c->rare->aliases->out[i];

		if (alias->len == len && !memcmp(alias->topic, topic, len))
			return i + 1;
	}
	return 0;
}

uint16_t alias_next(const struct client *c)
{
	uint16_t nr = c->rare->aliases ? c->rare->aliases->nr_out : 0;

	return nr < min_t(uint16_t, c->alias_max, ALIAS_OUT_MAX) ? nr + 1 : 0;
}

void alias_give(struct client *c, const char *topic, uint16_t len)
{
	struct aliases *aliases = aliases_of(c);

	alias_store(&aliases->out[aliases->nr_out++], topic, len);
}

void aliases_free(struct aliases *aliases)
{
	unsigned int i;

	if (!aliases)
		return;
	for (i = 0; i < CLIENT_ALIAS_MAX; i++)
		free(aliases->in[i].topic);
	for (i = 0; i < aliases->nr_out; i++)
		free(aliases->out[i].topic);
	free(aliases);
}
