// SPDX-License-Identifier: GPL-2.0
#include "tls_cipher.h"

#include <stdio.h>
#include <string.h>

#include "list.h"

/**
 * struct suite - a cipher suite with authenticated encryption
 * @name: as OpenSSL calls it
 * @tls13: of TLS 1.3, where any key will do
 * @key: what goes with it otherwise
 * @cipher: as GnuTLS calls it
 */
struct suite {
	const char *name;
	bool tls13;
	enum tls_key key;
	const char *cipher;
};

static const struct suite suites[] = {
	{ "TLS_AES_128_GCM_SHA256", true, 0, "AES-128-GCM" },
	{ "TLS_AES_256_GCM_SHA384", true, 0, "AES-256-GCM" },
	{ "TLS_CHACHA20_POLY1305_SHA256", true, 0, "CHACHA20-POLY1305" },
	{ "TLS_AES_128_CCM_SHA256", true, 0, "AES-128-CCM" },
	{ "ECDHE-ECDSA-AES128-GCM-SHA256", false, TLS_KEY_ECDSA,
	  "AES-128-GCM" },
	{ "ECDHE-ECDSA-AES256-GCM-SHA384", false, TLS_KEY_ECDSA,
	  "AES-256-GCM" },
	{ "ECDHE-ECDSA-CHACHA20-POLY1305", false, TLS_KEY_ECDSA,
	  "CHACHA20-POLY1305" },
	{ "ECDHE-ECDSA-AES128-CCM", false, TLS_KEY_ECDSA, "AES-128-CCM" },
	{ "ECDHE-RSA-AES128-GCM-SHA256", false, TLS_KEY_RSA, "AES-128-GCM" },
	{ "ECDHE-RSA-AES256-GCM-SHA384", false, TLS_KEY_RSA, "AES-256-GCM" },
	{ "ECDHE-RSA-CHACHA20-POLY1305", false, TLS_KEY_RSA,
	  "CHACHA20-POLY1305" },
};

#define GROUPS	"+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1"
/* clients may ask for records of 64 bytes, as RFC 8449 says, in the handshake as well */
#define FLAGS	"+AEAD:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:" \
	"%%SERVER_PRECEDENCE:%%SAFE_RENEGOTIATION:%%ALLOW_SMALL_RECORDS"
#define ALL_OF_TLS13 \
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:" \
	"TLS_CHACHA20_POLY1305_SHA256"
#define ALL_OF_TLS12 \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

/* The next name of a list; returns its length, 0 at the end. */
static size_t next_name(const char **list)
{
	*list += strspn(*list, ": ,");
	return strcspn(*list, ": ,");
}

static const struct suite *find(const char *name, size_t len, bool tls13)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suites); i++) {
		if (suites[i].tls13 == tls13 &&
		    strlen(suites[i].name) == len &&
		    !memcmp(suites[i].name, name, len))
			return &suites[i];
	}
	return NULL;
}

size_t tls_ciphers_unknown(const char *list, bool tls13, const char **name)
{
	size_t len;

	while ((len = next_name(&list))) {
		if (!find(list, len, tls13)) {
			*name = list;
			return len;
		}
		list += len;
	}
	return 0;
}

void tls_priority(const char *list, bool tls13, enum tls_key key, char *out,
		  size_t size)
{
	bool any = false;
	size_t used;
	size_t len;

	if (!list)
		list = tls13 ? ALL_OF_TLS13 : ALL_OF_TLS12;
	used = snprintf(out, size, "NONE:+VERS-TLS%s:%s" GROUPS ":" FLAGS,
			tls13 ? "1.3" : "1.2",
			tls13 ? "" : key == TLS_KEY_RSA ? "+ECDHE-RSA:" :
			"+ECDHE-ECDSA:");
	while ((len = next_name(&list))) {
		const struct suite *suite = find(list, len, tls13);

		list += len;
		if (!suite || (!tls13 && suite->key != key))
			continue;
		any = true;
		used += snprintf(out + used, size - used, ":+%s",
				 suite->cipher);
	}
	if (!any)
		*out = '\0';
}
