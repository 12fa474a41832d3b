// SPDX-License-Identifier: GPL-2.0
/* TLS 1.3 by GnuTLS, below the MQTT of a client, with the results of send() and recv(). */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>

#include "tls.h"

/**
 * struct tls - a session
 * @session: of GnuTLS
 * @flushing: the record before is not all sent
 * @error: what went wrong last
 */
struct tls {
	gnutls_session_t session;
	bool flushing;
	int error;
};

/* One for all connections: they all trust the same authorities. */
static gnutls_certificate_credentials_t credentials;

static bool tls_trust(const char *cafile)
{
	int n;

	if (credentials)
		return true;
	if (gnutls_certificate_allocate_credentials(&credentials))
		return false;
	n = gnutls_certificate_set_x509_trust_file(credentials, cafile, GNUTLS_X509_FMT_PEM);
	if (n > 0)
		return true;
	fprintf(stderr, "mqload: %s: %s\n", cafile, n ? gnutls_strerror(n) : "no certificate");
	exit(1);
}

/**
 * tls_new() - a session over a connected socket that does not block
 * @fd: the socket
 * @to: whom to expect there
 *
 * Return: the session, %NULL without memory.
 */
struct tls *tls_new(int fd, const struct tls_target *to)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	if (!tls || !tls_trust(to->cafile))
		goto fail;
	if (gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL))
		goto fail;
	if (gnutls_priority_set_direct(tls->session, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL) ||
	    gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, credentials))
		goto fail_session;
	gnutls_session_set_verify_cert(tls->session, to->host, 0);
	gnutls_transport_set_int(tls->session, fd);
	return tls;
fail_session:
	gnutls_deinit(tls->session);
fail:
	free(tls);
	return NULL;
}

/**
 * tls_handshake() - go on with the handshake
 * @tls: the session
 * @want_out: it waits for the socket to take more, not for the peer
 *
 * Return: 1 when it has ended, 0 when it goes on, -1 when it failed.
 */
int tls_handshake(struct tls *tls, bool *want_out)
{
	int err;

	do
		err = gnutls_handshake(tls->session);
	while (err == GNUTLS_E_INTERRUPTED || (err < 0 && err != GNUTLS_E_AGAIN &&
					       !gnutls_error_is_fatal(err)));
	*want_out = err == GNUTLS_E_AGAIN && gnutls_record_get_direction(tls->session);
	if (err == GNUTLS_E_SUCCESS)
		return 1;
	tls->error = err;
	return err == GNUTLS_E_AGAIN ? 0 : -1;
}

/* As a system call puts it; what is no error to GnuTLS is one more try. */
static ssize_t tls_result(struct tls *tls, ssize_t n)
{
	if (n >= 0)
		return n;
	if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED || !gnutls_error_is_fatal(n)) {
		errno = EAGAIN;
		return -1;
	}
	tls->error = n;
	/* The peer went without a word: so does TCP. */
	errno = n == GNUTLS_E_PREMATURE_TERMINATION ? ECONNRESET : EPROTO;
	return n == GNUTLS_E_PREMATURE_TERMINATION ? 0 : -1;
}

/**
 * tls_send() - as send()
 * @tls: the session
 * @p: bytes; the same ones again after EAGAIN
 * @len: how many
 *
 * Return: how many were taken, -1 with errno.
 */
ssize_t tls_send(struct tls *tls, const void *p, size_t len)
{
	ssize_t n = tls->flushing ? gnutls_record_send(tls->session, NULL, 0) :
				    gnutls_record_send(tls->session, p, len);

	tls->flushing = n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED;
	return tls_result(tls, n);
}

/**
 * tls_recv() - as recv(), as many records as there are and fit
 * @tls: the session
 * @p: where to
 * @len: room there
 *
 * Return: bytes, 0 at the end, -1 with errno.
 */
ssize_t tls_recv(struct tls *tls, void *p, size_t len)
{
	size_t have = 0;
	ssize_t n;

	do {
		n = gnutls_record_recv(tls->session, (char *)p + have, len - have);
		if (n > 0)
			have += n;
	} while (n > 0 && have < len);
	/* What ended or broke does so again at the next call. */
	return have ? (ssize_t)have : tls_result(tls, n);
}

/**
 * tls_error() - what went wrong last
 * @tls: the session
 *
 * Return: a text.
 */
const char *tls_error(const struct tls *tls)
{
	return gnutls_strerror(tls->error);
}

/**
 * tls_free() - end a session
 * @tls: the session, may be %NULL
 * @bye: say so to the peer
 */
void tls_free(struct tls *tls, bool bye)
{
	if (!tls)
		return;
	if (bye)
		gnutls_bye(tls->session, GNUTLS_SHUT_WR);
	gnutls_deinit(tls->session);
	free(tls);
}
