// SPDX-License-Identifier: GPL-2.0
#include "tls_credentials.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "tls_cipher.h"
#include "tls_session.h"
#include "util.h"

#define PRIORITY_MAX	512

static bool set_error(char *error, size_t size, const char *file, int rc)
{
	/* GnuTLS does not tell why a file cannot be read */
	if (access(file, R_OK))
		snprintf(error, size, "%s: %s", file, strerror(errno));
	else
		snprintf(error, size, "%s: %s", file, gnutls_strerror(rc));
	return false;
}

static bool read_trust(gnutls_certificate_credentials_t cert,
		       const struct conf_tls *conf, char *error, size_t size)
{
	int rc;

	if (conf->cafile) {
		rc = gnutls_certificate_set_x509_trust_file(cert, conf->cafile,
							    GNUTLS_X509_FMT_PEM);
		if (rc <= 0)
			return set_error(error, size, conf->cafile, rc ? rc :
					 GNUTLS_E_NO_CERTIFICATE_FOUND);
	}
	if (conf->capath) {
		rc = gnutls_certificate_set_x509_trust_dir(cert, conf->capath,
							   GNUTLS_X509_FMT_PEM);
		/* a directory that is not there holds none, says GnuTLS */
		if (rc <= 0)
			return set_error(error, size, conf->capath, rc ? rc :
					 GNUTLS_E_NO_CERTIFICATE_FOUND);
	}
	if (conf->crlfile) {
		rc = gnutls_certificate_set_x509_crl_file(cert, conf->crlfile,
							  GNUTLS_X509_FMT_PEM);
		if (rc <= 0)
			return set_error(error, size, conf->crlfile, rc ? rc :
					 GNUTLS_E_NO_CERTIFICATE_FOUND);
	}
	return true;
}

static bool read_key(gnutls_certificate_credentials_t cert,
		     const struct conf_tls *conf, enum tls_key *key,
		     char *error, size_t size)
{
	gnutls_x509_privkey_t priv;
	unsigned int bits;
	int rc;

	rc = gnutls_certificate_set_x509_key_file2(cert, conf->certfile,
						   conf->keyfile,
						   GNUTLS_X509_FMT_PEM, NULL,
						   0);
	if (rc < 0) {
		set_error(error, size, conf->certfile, rc);
		if (!access(conf->certfile, R_OK))
			snprintf(error, size, "%s and %s: %s", conf->certfile,
				 conf->keyfile, access(conf->keyfile, R_OK) ?
				 strerror(errno) : gnutls_strerror(rc));
		return false;
	}
	rc = gnutls_certificate_get_x509_key(cert, 0, &priv);
	if (rc < 0)
		return set_error(error, size, conf->keyfile, rc);
	rc = gnutls_x509_privkey_get_pk_algorithm2(priv, &bits);
	gnutls_x509_privkey_deinit(priv);
	if (rc == GNUTLS_PK_RSA || rc == GNUTLS_PK_RSA_PSS) {
		*key = TLS_KEY_RSA;
	} else if (rc == GNUTLS_PK_ECDSA || rc == GNUTLS_PK_EDDSA_ED25519 ||
		   rc == GNUTLS_PK_EDDSA_ED448) {
		*key = TLS_KEY_ECDSA;
	} else {
		snprintf(error, size, "%s: neither an RSA nor an EC key",
			 conf->keyfile);
		return false;
	}
	return true;
}

static bool make_priority(gnutls_priority_t *out, const char *text, char *error,
			  size_t size)
{
	int rc;

	if (!*text)
		return true;
	rc = gnutls_priority_init(out, text, NULL);
	if (!rc)
		return true;
	snprintf(error, size, "ciphers: %s", gnutls_strerror(rc));
	return false;
}

/* One list for both versions first, then that of the version agreed upon. */
static bool make_priorities(struct tls_credentials *cred,
			    const struct conf_tls *conf, enum tls_key key,
			    char *error, size_t size)
{
	char tls12[PRIORITY_MAX] = "";
	char tls13[PRIORITY_MAX];
	char both[2 * PRIORITY_MAX];

	tls_priority(conf->ciphers_tls13, true, key, tls13, sizeof(tls13));
	if (!conf->tls13_only)
		tls_priority(conf->ciphers, false, key, tls12, sizeof(tls12));
	if (!*tls12 && !*tls13) {
		snprintf(error, size, "%s: no cipher is configured for its key",
			 conf->certfile);
		return false;
	}
	if (*tls12 && *tls13)
		snprintf(both, sizeof(both), "%s%s", tls13,
			 tls12 + strlen("NONE"));
	else
		snprintf(both, sizeof(both), "%s", *tls13 ? tls13 : tls12);
	return make_priority(&cred->priority, both, error, size) &&
	       make_priority(&cred->priority12, tls12, error, size) &&
	       make_priority(&cred->priority13, tls13, error, size);
}

struct tls_credentials *tls_credentials_read(const struct conf_tls *conf,
					     char *error, size_t size)
{
	struct tls_credentials *cred = xcalloc(1, sizeof(*cred));
	enum tls_key key = TLS_KEY_RSA;

	cred->refs = 1;
	if (gnutls_certificate_allocate_credentials(&cred->cert)) {
		free(cred);
		snprintf(error, size, "out of memory");
		return NULL;
	}
	if (!read_trust(cred->cert, conf, error, size) ||
	    !read_key(cred->cert, conf, &key, error, size) ||
	    !make_priorities(cred, conf, key, error, size)) {
		tls_credentials_put(cred);
		return NULL;
	}
	gnutls_certificate_set_verify_function(cred->cert, tls_verify);
	cred->request = conf->require_certificate ? GNUTLS_CERT_REQUIRE :
			GNUTLS_CERT_IGNORE;
	return cred;
}

struct tls_credentials *tls_credentials_get(struct tls_credentials *cred)
{
	cred->refs++;
	return cred;
}

void tls_credentials_put(struct tls_credentials *cred)
{
	if (!cred || --cred->refs)
		return;
	if (cred->priority)
		gnutls_priority_deinit(cred->priority);
	if (cred->priority12)
		gnutls_priority_deinit(cred->priority12);
	if (cred->priority13)
		gnutls_priority_deinit(cred->priority13);
	gnutls_certificate_free_credentials(cred->cert);
	free(cred);
}
