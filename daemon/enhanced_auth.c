// SPDX-License-Identifier: GPL-2.0
#include "enhanced_auth.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "client.h"
#include "conf.h"
#include "property.h"
#include "scram.h"
#include "send.h"
#include "users.h"
#include "util.h"

/**
 * struct enhanced_auth - an exchange under way
 * @scram: its messages
 * @answer: the last of ours, once the client has proved itself
 */
struct enhanced_auth {
	struct scram *scram;
	const char *answer;
};

bool enhanced_auth_named(const struct properties *props)
{
	const struct property_bytes *method = &props->auth_method;

	return property_present(props, PROP_AUTH_METHOD) &&
	       method->len == sizeof(SCRAM_METHOD) - 1 &&
	       !memcmp(method->p, SCRAM_METHOD, method->len);
}

enum reason enhanced_auth_first(struct client *c, const struct properties *props,
				const char **what)
{
	const struct users *users = c->listener->security->users;
	const char *challenge;
	const char *user;
	struct scram *s;

	enhanced_auth_end(c);
	if (!users || !enhanced_auth_named(props)) {
		*what = users ? "authentication method is not SCRAM-SHA-256" :
				"no authentication method is configured";
		return REASON_BAD_AUTHENTICATION_METHOD;
	}
	if (auth_must_wait(c)) {
		*what = "too many failed logins from this address, wait";
		return REASON_CONNECTION_RATE_EXCEEDED;
	}
	s = scram_first(props->auth_data.p, props->auth_data.len, what);
	if (!s)
		return REASON_NOT_AUTHORIZED;
	client_rare(c)->enhanced_auth = xcalloc(1, sizeof(*c->rare->enhanced_auth));
	c->rare->enhanced_auth->scram = s;
	user = scram_user(s);
	challenge = scram_challenge(s, users_find(users, user, strlen(user)));
	if (!challenge) {
		*what = "out of memory";
		return REASON_UNSPECIFIED;
	}
	if (!send_auth(c, REASON_CONTINUE_AUTHENTICATION, challenge)) {
		*what = "maximum packet size too small";
		return REASON_PACKET_TOO_LARGE;
	}
	return REASON_CONTINUE_AUTHENTICATION;
}

enum reason enhanced_auth_final(struct client *c, const struct properties *props,
				const char **what)
{
	struct enhanced_auth *e = c->rare->enhanced_auth;

	e->answer = scram_final(e->scram, props->auth_data.p,
				props->auth_data.len);
	if (e->answer) {
		auth_passed(c);
		return REASON_SUCCESS;
	}
	auth_failed(c);
	*what = "SCRAM: bad user name or password";
	return REASON_NOT_AUTHORIZED;
}

const char *enhanced_auth_user(const struct client *c)
{
	return scram_user(c->rare->enhanced_auth->scram);
}

const char *enhanced_auth_answer(const struct client *c)
{
	return c->rare->enhanced_auth->answer;
}

void enhanced_auth_end(struct client *c)
{
	if (!c->rare->enhanced_auth)
		return;
	scram_free(c->rare->enhanced_auth->scram);
	free(c->rare->enhanced_auth);
	c->rare->enhanced_auth = NULL;
}
