// SPDX-License-Identifier: GPL-2.0
#include "scram.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base64.h"
#include "packet.h"
#include "scram_verifier.h"
#include "util.h"

/* Longer than any honest message, with names of a kilobyte. */
#define MESSAGE_MAX	4096u
#define NONCE_LEN	18u
#define SERVER_FIRST_MAX (MESSAGE_MAX + 256u)

/**
 * struct scram - one exchange
 * @gs2_header: of the first message, ends in a comma
 * @bare: the rest of that message
 * @user: user name
 * @nonce: the client's nonce, then ours
 * @server_first: our first message
 * @server_final: our last message
 * @verifier: what is known of the password
 * @known: it is the user's
 */
struct scram {
	char *gs2_header;
	char *bare;
	char *user;
	char *nonce;
	char *server_first;
	char server_final[2 + BASE64_SIZE(SCRAM_KEY_LEN)];
	struct scram_verifier verifier;
	bool known;
};

/* printable but for comma: "nonce" in RFC 5802, section 7 */
static size_t nonce_span(const char *p)
{
	size_t n = 0;

	while (p[n] > ' ' && p[n] <= '~' && p[n] != ',')
		n++;
	return n;
}

/* Reads a saslname up to the comma; NULL if it is none. */
static char *read_name(const char **p)
{
	size_t len = strcspn(*p, ",");
	char *name = xmalloc(len + 1);
	char *out = name;
	const char *end = *p + len;

	for (; *p < end; ) {
		if (**p != '=') {
			*out++ = *(*p)++;
		} else if (!strncmp(*p, "=2C", 3)) {
			*out++ = ',';
			*p += 3;
		} else if (!strncmp(*p, "=3D", 3)) {
			*out++ = '=';
			*p += 3;
		} else {
			free(name);
			return NULL;
		}
	}
	*out = '\0';
	if (out != name)
		return name;
	free(name);
	return NULL;
}

/* Returns what comes behind "n,," or "y,,": nobody may act for another one. */
static const char *skip_gs2_header(const char *p, const char **what)
{
	if (*p == 'p') {
		*what = "SCRAM: channel binding is not offered";
		return NULL;
	}
	if ((*p != 'n' && *p != 'y') || p[1] != ',') {
		*what = "SCRAM: malformed first message";
		return NULL;
	}
	if (p[2] != ',') {
		*what = "SCRAM: authorization identity is not supported";
		return NULL;
	}
	return p + 3;
}

static const char *read_first(struct scram *s, const char *text)
{
	const char *what = "SCRAM: malformed first message";
	const char *p = skip_gs2_header(text, &what);
	size_t len;

	if (!p)
		return what;
	s->gs2_header = xstrndup(text, p - text);
	s->bare = xstrdup(p);
	if (p[0] == 'm')
		return "SCRAM: extensions are not supported";
	if (strncmp(p, "n=", 2))
		return what;
	p += 2;
	s->user = read_name(&p);
	if (!s->user || strncmp(p, ",r=", 3))
		return what;
	p += 3;
	len = nonce_span(p);
	if (!len || (p[len] && p[len] != ','))
		return what;
	s->nonce = xstrndup(p, len);
	return NULL;
}

/* A message as a string; NULL for what cannot be one. */
static char *message_text(const uint8_t *data, size_t len)
{
	if (!len || len > MESSAGE_MAX || !utf8_valid(data, len))
		return NULL;
	return xstrndup((const char *)data, len);
}

struct scram *scram_first(const uint8_t *data, size_t len, const char **what)
{
	char *text = message_text(data, len);
	struct scram *s;

	if (!text) {
		*what = "SCRAM: malformed first message";
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	*what = read_first(s, text);
	free(text);
	if (!*what)
		return s;
	scram_free(s);
	return NULL;
}

const char *scram_user(const struct scram *s)
{
	return s->user;
}

/* A salt that stays the same as long as the broker runs, and is nobody's. */
static bool make_up(struct scram *s)
{
	static uint8_t secret[SCRAM_KEY_LEN];
	static bool made;
	uint8_t salt[SCRAM_KEY_LEN];

	if (!made && getrandom(secret, sizeof(secret), 0) !=
	    (ssize_t)sizeof(secret))
		return false;
	made = true;
	if (!scram_hmac(secret, s->user, strlen(s->user), salt))
		return false;
	s->verifier.iterations = SCRAM_ITERATIONS;
	s->verifier.salt_len = SCRAM_SALT_LEN;
	memcpy(s->verifier.salt, salt, SCRAM_SALT_LEN);
	return true;
}

const char *scram_challenge(struct scram *s, const char *hash)
{
	char salt[BASE64_SIZE(SCRAM_SALT_MAX)];
	char ours[BASE64_SIZE(NONCE_LEN)];
	uint8_t rnd[NONCE_LEN];
	char *nonce;
	size_t size;

	s->known = hash && is_scram_verifier(hash) &&
		   !scram_verifier_parse(hash, &s->verifier);
	if (!s->known && !make_up(s))
		return NULL;
	if (getrandom(rnd, sizeof(rnd), 0) != (ssize_t)sizeof(rnd) ||
	    !base64_encode(rnd, sizeof(rnd), ours) ||
	    !base64_encode(s->verifier.salt, s->verifier.salt_len, salt))
		return NULL;
	size = strlen(s->nonce) + sizeof(ours);
	nonce = xmalloc(size);
	snprintf(nonce, size, "%s%s", s->nonce, ours);
	free(s->nonce);
	s->nonce = nonce;
	s->server_first = xmalloc(SERVER_FIRST_MAX);
	snprintf(s->server_first, SERVER_FIRST_MAX, "r=%s,s=%s,i=%u", nonce,
		 salt, s->verifier.iterations);
	return s->server_first;
}

/* "c=...,r=...": what is said without the proof must be what was said before. */
static bool check_final(const struct scram *s, const char *text, size_t len)
{
	const char *comma = memchr(text, ',', len);
	size_t nonce_len = strlen(s->nonce);
	uint8_t header[8];
	size_t size = sizeof(header);
	const char *nonce;

	if (!comma || strncmp(text, "c=", 2) ||
	    !base64_decode(text + 2, comma - text - 2, header, &size) ||
	    size != strlen(s->gs2_header) ||
	    memcmp(header, s->gs2_header, size) || strncmp(comma, ",r=", 3))
		return false;
	nonce = comma + 3;
	return !strncmp(nonce, s->nonce, nonce_len) &&
	       (nonce + nonce_len == text + len || nonce[nonce_len] == ',');
}

static bool check_proof(struct scram *s, const uint8_t proof[SCRAM_KEY_LEN],
			const char *message)
{
	uint8_t client[SCRAM_KEY_LEN];
	uint8_t stored[SCRAM_KEY_LEN];
	uint8_t server[SCRAM_KEY_LEN];
	size_t len = strlen(message);
	bool good;
	size_t i;

	if (!scram_hmac(s->verifier.stored_key, message, len, client) ||
	    !scram_hmac(s->verifier.server_key, message, len, server))
		return false;
	for (i = 0; i < sizeof(client); i++)
		client[i] ^= proof[i];
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, client, sizeof(client), stored))
		return false;
	good = !gnutls_memcmp(stored, s->verifier.stored_key, sizeof(stored));
	explicit_bzero(client, sizeof(client));
	memcpy(s->server_final, "v=", 2);
	return base64_encode(server, sizeof(server), s->server_final + 2) &&
	       good && s->known;
}

const char *scram_final(struct scram *s, const uint8_t *data, size_t len)
{
	char *text = message_text(data, len);
	const char *p = text ? strstr(text, ",p=") : NULL;
	uint8_t proof[SCRAM_KEY_LEN];
	size_t size = sizeof(proof);
	bool good = false;
	char *message;
	size_t room;

	if (p && check_final(s, text, p - text) &&
	    base64_decode(p + 3, strlen(p + 3), proof, &size) &&
	    size == sizeof(proof)) {
		room = strlen(s->bare) + strlen(s->server_first) + len + 3;
		message = xmalloc(room);
		snprintf(message, room, "%s,%s,%.*s", s->bare, s->server_first,
			 (int)(p - text), text);
		good = check_proof(s, proof, message);
		free(message);
	}
	free(text);
	return good ? s->server_final : NULL;
}

void scram_free(struct scram *s)
{
	if (!s)
		return;
	free(s->gs2_header);
	free(s->bare);
	free(s->user);
	free(s->nonce);
	free(s->server_first);
	free(s);
}
