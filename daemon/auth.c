// SPDX-License-Identifier: GPL-2.0
#include "auth.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "auth_backoff.h"
#include "client.h"
#include "conf.h"
#include "handle.h"
#include "log.h"
#include "loop.h"
#include "packet.h"
#include "password.h"
#include "tls.h"
#include "unix_socket.h"
#include "users.h"
#include "util.h"
#include "work.h"

/* Of them the last waits seconds on a gateway; a client gives up sooner. */
#define VERIFICATIONS_MAX	1024u

/**
 * struct verification - a client's password, being verified, slowly on purpose
 * @work: for the thread
 * @client: who waits, NULL when nobody does any longer
 * @known: there is such a user
 * @hash: see password_verify(); its own, for files are read anew
 * @password: its own
 * @len: length of @password
 * @good: it is the password
 */
struct verification {
	struct work work;
	struct client *client;
	bool known;
	char *hash;
	uint8_t *password;
	uint16_t len;
	bool good;
};

/* One thread: what it takes from the processor is bounded, whoever asks. */
static struct work_pool pool;
static unsigned int verifications;

static void peer_address(const struct client *c, struct sockaddr_storage *ss)
{
	socklen_t len = sizeof(*ss);

	memset(ss, 0, sizeof(*ss));
	if (getpeername(c->fd, (struct sockaddr *)ss, &len))
		ss->ss_family = AF_UNSPEC;
}

bool auth_must_wait(const struct client *c)
{
	struct sockaddr_storage ss;

	peer_address(c, &ss);
	return auth_backoff_wait(&ss, loop_now());
}

void auth_failed(struct client *c)
{
	struct sockaddr_storage ss;
	unsigned int count;

	peer_address(c, &ss);
	count = auth_backoff_failed(&ss, loop_now());
	log_notice("authentication failed: %s, failure %u in a row",
		   client_address(c), count);
}

void auth_passed(struct client *c)
{
	struct sockaddr_storage ss;

	peer_address(c, &ss);
	auth_backoff_passed(&ss);
}

static void verification_free(struct verification *v)
{
	explicit_bzero(v->password, v->len);
	free(v->password);
	free(v->hash);
	free(v);
	verifications--;
}

static void verification_run(struct work *work)
{
	struct verification *v = container_of(work, struct verification, work);

	v->good = password_verify(v->hash, v->password, v->len);
}

static void verification_drop(struct work *work)
{
	verification_free(container_of(work, struct verification, work));
}

static void verified(struct work *work)
{
	struct verification *v = container_of(work, struct verification, work);
	struct client *c = v->client;
	bool good = v->good && v->known;

	verification_free(v);
	if (!c)
		return;
	c->rare->verification = NULL;
	if (good)
		auth_passed(c);
	else
		auth_failed(c);
	handle_connect_verified(c, good);
}

/*
 * Whether there is such a user must not show in how long the answer takes: for
 * one who is not there another one's hash is computed.
 */
static enum auth_verdict verify(struct client *c,
				const struct credentials *cred,
				enum reason *code)
{
	const struct users *users = c->listener->security->users;
	const char *hash = users_find(users, cred->user, cred->user_len);
	const char *any = hash ? hash : users_any(users);
	struct verification *v;

	if (!any) {
		auth_failed(c);
		return AUTH_REFUSE;
	}
	if (verifications >= VERIFICATIONS_MAX) {
		*code = REASON_SERVER_BUSY;
		return AUTH_REFUSE;
	}
	verifications++;
	v = xcalloc(1, sizeof(*v));
	v->work.run = verification_run;
	v->work.done = verified;
	v->known = hash;
	v->client = c;
	v->hash = xstrdup(any);
	v->password = xmalloc(max_t(size_t, cred->password_len, 1));
	memcpy(v->password, cred->password, cred->password_len);
	v->len = cred->password_len;
	client_rare(c)->verification = v;
	work_submit(&pool, &v->work);
	return AUTH_WAIT;
}

/* Who it is need not be asked. */
static bool identify(struct client *c)
{
	struct ucred peer;
	char name[256];

	if (!c->listener->use_peercred_as_username ||
	    !unix_peer(c->fd, &peer))
		return false;
	unix_user_name(peer.uid, name, sizeof(name));
	client_rare(c)->user = xstrdup(name);
	c->identified = true;
	return true;
}

static bool by_certificate(const struct client *c)
{
	return c->listener->tls.use_identity_as_username ||
	       c->listener->tls.use_subject_as_username;
}

/* The handshake has verified it; what CONNECT says does not matter. */
static enum auth_verdict check_certificate(struct client *c, enum reason *code)
{
	const char *name = tls_username(c);

	*code = REASON_BAD_USER_NAME_OR_PASSWORD;
	if (!name || !utf8_valid((const uint8_t *)name, strlen(name)))
		return AUTH_REFUSE;
	client_rare(c)->user = xstrdup(name);
	c->identified = true;
	return AUTH_ALLOW;
}

enum auth_verdict auth_check(struct client *c, const struct credentials *cred,
			     enum reason *code)
{
	const struct conf_security *security = c->listener->security;

	if (identify(c))
		return AUTH_ALLOW;
	if (by_certificate(c))
		return check_certificate(c, code);
	*code = REASON_NOT_AUTHORIZED;
	if (!cred->user || !security->users)
		return security->allow_anonymous ? AUTH_ALLOW : AUTH_REFUSE;
	if (auth_must_wait(c)) {
		*code = REASON_CONNECTION_RATE_EXCEEDED;
		return AUTH_REFUSE;
	}
	*code = REASON_BAD_USER_NAME_OR_PASSWORD;
	if (!cred->password) {
		auth_failed(c);
		return AUTH_REFUSE;
	}
	return verify(c, cred, code);
}

void auth_cancel(struct client *c)
{
	if (!c->rare->verification)
		return;
	c->rare->verification->client = NULL;
	c->rare->verification = NULL;
}

static void check_client(struct client *c, void *arg)
{
	const struct conf_security *s = c->listener->security;
	const char *old, *new;

	(void)arg;
	if (!c->rare->user || c->identified || !s->users || c->state != CLIENT_CONNECTED)
		return;
	old = s->users_next ?
	      users_find(s->users_next, c->rare->user, strlen(c->rare->user)) : NULL;
	new = users_find(s->users, c->rare->user, strlen(c->rare->user));
	if (!new || (old && strcmp(old, new)))
		client_fail(c, REASON_NOT_AUTHORIZED,
			    "user or password changed");
}

void auth_discard(void)
{
	struct conf_security *s;

	list_for_each_entry(s, &config.securities, node) {
		users_free(s->users_next);
		s->users_next = NULL;
	}
}

int auth_read(char *error, size_t size)
{
	struct conf_security *s;

	list_for_each_entry(s, &config.securities, node) {
		if (!s->password_file)
			continue;
		s->users_next = users_read(s->password_file, error, size);
		if (!s->users_next)
			return -1;
	}
	return 0;
}

void auth_apply(void)
{
	struct conf_security *s;

	list_for_each_entry(s, &config.securities, node) {
		struct users *old = s->users;

		if (!s->users_next)
			continue;
		s->users = s->users_next;
		s->users_next = old;
		log_notice("%s: %zu users", s->password_file,
			   users_count(s->users));
	}
	/* what was in force is now in users_next, to compare */
	clients_each(check_client, NULL);
	auth_discard();
}

bool auth_configured(void)
{
	const struct conf_security *s;

	list_for_each_entry(s, &config.securities, node)
		if (s->password_file)
			return true;
	return false;
}

int auth_start(void)
{
	char error[512];
	int rc;

	if (!auth_configured())
		return 0;
	if (auth_read(error, sizeof(error))) {
		log_err("%s", error);
		return -1;
	}
	auth_apply();
	rc = work_pool_start(&pool, 1);
	if (rc) {
		log_err("authentication: %s", strerror(-rc));
		return -1;
	}
	return 0;
}

void auth_exit(void)
{
	struct conf_security *s;

	work_pool_stop(&pool, verification_drop);
	auth_backoff_exit();
	list_for_each_entry(s, &config.securities, node) {
		users_free(s->users);
		s->users = NULL;
	}
}
