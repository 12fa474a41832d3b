// SPDX-License-Identifier: GPL-2.0
#include "tls_session.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "ktls.h"
#include "tls_credentials.h"
#include "util.h"

/* Extensions of a hello: RFC 6066, 4, and RFC 8449. */
#define EXT_MAX_FRAGMENT_LENGTH	1
#define EXT_RECORD_SIZE_LIMIT	28
#define RECORD_SIZE_MIN		64u
#define RECORD_SIZE_MAX		16384u

static struct tls *session_tls(gnutls_session_t session)
{
	return gnutls_session_get_ptr(session);
}

/*
 * GnuTLS asks for the header of a record, then for the rest, so that not a byte
 * too many leaves the socket before the kernel gets the keys.
 */
static ssize_t pull_socket(gnutls_transport_ptr_t ptr, void *buf, size_t len)
{
	struct tls *t = ptr;
	ssize_t n = recv(t->fd, buf, len, MSG_DONTWAIT);

	if (n < 0)
		gnutls_transport_set_errno(t->session, errno);
	return n;
}

static ssize_t push_socket(gnutls_transport_ptr_t ptr, const void *buf,
			   size_t len)
{
	struct tls *t = ptr;
	ssize_t n = send(t->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		gnutls_transport_set_errno(t->session, errno);
	return n;
}

static ssize_t pull_memory(gnutls_transport_ptr_t ptr, void *buf, size_t len)
{
	struct tls *t = ptr;
	size_t n = min_t(size_t, len, t->in_len);

	if (!n) {
		gnutls_transport_set_errno(t->session, EAGAIN);
		return -1;
	}
	memcpy(buf, t->in, n);
	t->in += n;
	t->in_len -= n;
	return n;
}

static ssize_t push_memory(gnutls_transport_ptr_t ptr, const giovec_t *iov,
			   int n)
{
	struct tls *t = ptr;
	ssize_t total = 0;
	int i;

	for (i = 0; i < n; i++)
		total += iov[i].iov_len;
	transport_pass(&t->layer, iov, n);
	return total;
}

static int hello_extension(void *ctx, unsigned int type,
			   const unsigned char *data, unsigned int size)
{
	struct tls *t = ctx;

	if (type == EXT_RECORD_SIZE_LIMIT && size == 2) {
		uint32_t limit = data[0] << 8 | data[1];

		if (limit >= RECORD_SIZE_MIN)
			t->record_size_limit = limit;
	} else if (type == EXT_MAX_FRAGMENT_LENGTH && size == 1 &&
		   data[0] >= 1 && data[0] <= 4) {
		t->max_fragment_length = 256u << data[0];
	}
	return 0;
}

static int hello_hook(gnutls_session_t session, unsigned int type,
		      unsigned int when, unsigned int incoming,
		      const gnutls_datum_t *msg)
{
	struct tls *t = session_tls(session);

	(void)type;
	(void)when;
	(void)incoming;
	t->record_size_limit = 0;
	t->max_fragment_length = 0;
	return gnutls_ext_raw_parse(t, hello_extension, msg,
				    GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
}

/* The version is settled: of the ciphers, those for it are left. */
static int hello_ciphers(gnutls_session_t session)
{
	struct tls *t = session_tls(session);
	bool tls13 = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3;
	gnutls_priority_t priority = tls13 ? t->cred->priority13 :
				     t->cred->priority12;

	return priority ? gnutls_priority_set(session, priority) : 0;
}

static int begin(struct tls *t)
{
	gnutls_session_t session;
	int rc = gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK |
			     GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS);

	if (rc)
		return rc;
	t->session = session;
	gnutls_session_set_ptr(session, t);
	gnutls_transport_set_ptr(session, t);
	gnutls_transport_set_pull_function(session, pull_socket);
	gnutls_transport_set_push_function(session, push_socket);
	gnutls_handshake_set_hook_function(session,
					   GNUTLS_HANDSHAKE_CLIENT_HELLO,
					   GNUTLS_HOOK_PRE, hello_hook);
	gnutls_handshake_set_post_client_hello_function(session, hello_ciphers);
	gnutls_certificate_server_set_request(session, t->cred->request);
	rc = gnutls_priority_set(session, t->cred->priority);
	if (rc)
		return rc;
	return gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
				      t->cred->cert);
}

static gnutls_alert_description_t alert_of(unsigned int status)
{
	if (status & GNUTLS_CERT_REVOKED)
		return GNUTLS_A_CERTIFICATE_REVOKED;
	if (status & GNUTLS_CERT_EXPIRED)
		return GNUTLS_A_CERTIFICATE_EXPIRED;
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
		return GNUTLS_A_UNKNOWN_CA;
	return GNUTLS_A_BAD_CERTIFICATE;
}

int tls_verify(gnutls_session_t session)
{
	struct tls *t = session_tls(session);
	gnutls_typed_vdata_st data = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT,
	};
	unsigned int status;
	gnutls_datum_t text;
	int rc = gnutls_certificate_verify_peers(session, &data, 1, &status);

	if (rc)
		return rc;
	if (!status)
		return 0;
	rc = gnutls_certificate_verification_status_print(status,
							  GNUTLS_CRT_X509,
							  &text, 0);
	snprintf(t->error, sizeof(t->error), "TLS: client certificate: %s",
		 rc ? "not good" : (char *)text.data);
	if (!rc)
		gnutls_free(text.data);
	gnutls_alert_send(session, GNUTLS_AL_FATAL, alert_of(status));
	return GNUTLS_E_CERTIFICATE_ERROR;
}

static char *common_name(gnutls_x509_crt_t crt)
{
	size_t size = 0;
	char *name;

	if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
					  0, NULL, &size) !=
	    GNUTLS_E_SHORT_MEMORY_BUFFER)
		return NULL;
	name = xcalloc(1, size + 1);
	if (!gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
					   0, name, &size) &&
	    size && strlen(name) == size)
		return name;
	free(name);
	return NULL;
}

static void take_certificate(struct tls_info *info, gnutls_session_t session)
{
	gnutls_x509_crt_t crt;
	gnutls_datum_t dn;
	unsigned int n = 0;
	const gnutls_datum_t *certs = gnutls_certificate_get_peers(session, &n);

	if (!n || gnutls_x509_crt_init(&crt))
		return;
	if (!gnutls_x509_crt_import(crt, certs, GNUTLS_X509_FMT_DER)) {
		info->identity = common_name(crt);
		if (!gnutls_x509_crt_get_dn3(crt, &dn, 0)) {
			if (dn.size && strlen((char *)dn.data) == dn.size)
				info->subject = xstrdup((char *)dn.data);
			gnutls_free(dn.data);
		}
	}
	gnutls_x509_crt_deinit(crt);
}

static struct tls_info *make_info(const struct tls *t)
{
	struct tls_info *info = xcalloc(1, sizeof(*info));
	bool tls13 = gnutls_protocol_get_version(t->session) == GNUTLS_TLS1_3;
	uint32_t limit = t->max_fragment_length;

	strcpy(info->version, tls13 ? "1.3" : "1.2");
	snprintf(info->cipher, sizeof(info->cipher), "%s",
		 gnutls_cipher_get_name(gnutls_cipher_get(t->session)));
	/* who sends both means this; in TLS 1.3 it counts the type of the record */
	if (t->record_size_limit)
		limit = t->record_size_limit - tls13;
	info->record_limit = limit < RECORD_SIZE_MAX ? limit : 0;
	take_certificate(info, t->session);
	return info;
}

static void failed(struct tls *t, int rc)
{
	t->result = rc;
	if (*t->error)
		return;
	if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
		snprintf(t->error, sizeof(t->error), "TLS: client says: %s",
			 gnutls_alert_get_name(gnutls_alert_get(t->session)));
	else if (rc == GNUTLS_E_NO_CERTIFICATE_FOUND ||
		 rc == GNUTLS_E_CERTIFICATE_REQUIRED)
		snprintf(t->error, sizeof(t->error),
			 "TLS: client has no certificate");
	else if (rc == GNUTLS_E_PREMATURE_TERMINATION)
		snprintf(t->error, sizeof(t->error),
			 "TLS: closed by client in the handshake");
	else
		snprintf(t->error, sizeof(t->error), "TLS: %s",
			 gnutls_strerror(rc));
}

static void done(struct tls *t)
{
	int rc;

	t->info = make_info(t);
	t->result = 0;
	if (!t->ktls)
		return;
	rc = ktls_switch(t->fd, t->session);
	if (rc > 0)
		return;
	if (rc < 0) {
		snprintf(t->error, sizeof(t->error), "TLS in the kernel: %s",
			 strerror(-rc));
		t->result = GNUTLS_E_INTERNAL_ERROR;
		t->dead = true;
		return;
	}
	t->info->ktls = true;
	gnutls_deinit(t->session);
	t->session = NULL;
}

static void handshake_alert(struct tls *t, int rc)
{
	/* one that says why has been sent by tls_verify() */
	if (!t->session || *t->error || rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
		return;
	/* GnuTLS has another one for a client of 1.2 without; RFC 5246, 7.4.6 */
	if (rc == GNUTLS_E_NO_CERTIFICATE_FOUND)
		gnutls_alert_send(t->session, GNUTLS_AL_FATAL,
				  GNUTLS_A_HANDSHAKE_FAILURE);
	else
		gnutls_alert_send_appropriate(t->session, rc);
}

void tls_session_handshake(struct tls *t)
{
	int rc = 0;

	if (!t->session)
		rc = begin(t);
	if (!rc)
		rc = gnutls_handshake(t->session);
	if (!rc) {
		done(t);
	} else if (!gnutls_error_is_fatal(rc)) {
		t->result = GNUTLS_E_AGAIN;
	} else {
		handshake_alert(t, rc);
		failed(t, rc);
	}
}

unsigned int tls_session_events(const struct tls *t)
{
	return gnutls_record_get_direction(t->session) ? POLLOUT : POLLIN;
}

void tls_session_layer(struct tls *t)
{
	t->up = true;
	gnutls_transport_set_pull_function(t->session, pull_memory);
	gnutls_transport_set_vec_push_function(t->session, push_memory);
}

static void tls_begin(struct transport_layer *l)
{
	struct tls *t = container_of(l, struct tls, layer);
	int rc;

	t->ktls = tls_kernel(l->client);
	/* while there is a connection; it changes nothing yet */
	rc = t->ktls ? ktls_prepare(t->fd) : 0;
	if (rc == -ENOTCONN) {
		client_close(l->client, END_LOST,
			     "connection closed by client");
		return;
	}
	if (rc)
		t->ktls = false;
	tls_handshake(t);
}

static void session_failed(struct tls *t, int rc)
{
	struct client *c = t->layer.client;

	if (rc == GNUTLS_E_REHANDSHAKE)
		gnutls_alert_send(t->session, GNUTLS_AL_FATAL,
				  GNUTLS_A_NO_RENEGOTIATION);
	else
		gnutls_alert_send_appropriate(t->session, rc);
	t->dead = true;
	failed(t, rc);
	client_close(c, END_ABNORMAL, t->error);
}

static void tls_input(struct transport_layer *l, const uint8_t *p, size_t len)
{
	static uint8_t plain[RECORD_SIZE_MAX];
	struct tls *t = container_of(l, struct tls, layer);

	t->in = p;
	t->in_len = len;
	while (l->client->state != CLIENT_CLOSING) {
		ssize_t n = gnutls_record_recv(t->session, plain,
					       sizeof(plain));

		if (n > 0) {
			transport_deliver(l, plain, n);
		} else if (!n) {
			transport_end(l);
		} else if (n == GNUTLS_E_REHANDSHAKE ||
			   gnutls_error_is_fatal(n)) {
			session_failed(t, n);
		} else if (n == GNUTLS_E_AGAIN && !t->in_len) {
			/* with bytes left it was new keys, say, and goes on */
			break;
		}
	}
	t->in = NULL;
	t->in_len = 0;
}

/* Pieces are sent as few records. */
static void tls_output(struct transport_layer *l, const struct iovec *iov,
		       unsigned int n)
{
	static uint8_t plain[RECORD_SIZE_MAX];
	struct tls *t = container_of(l, struct tls, layer);
	size_t max = t->info->record_limit ? t->info->record_limit :
		     sizeof(plain);
	unsigned int i = 0;
	size_t off = 0;

	while (i < n && !t->dead) {
		size_t len = 0;
		size_t sent = 0;

		while (i < n && len < max) {
			size_t more = min_t(size_t, iov[i].iov_len - off,
					    max - len);

			memcpy(plain + len, (uint8_t *)iov[i].iov_base + off,
			       more);
			len += more;
			off += more;
			if (off == iov[i].iov_len) {
				i++;
				off = 0;
			}
		}
		while (sent < len) {
			ssize_t rc = gnutls_record_send(t->session,
							plain + sent,
							len - sent);

			if (rc < 0) {
				t->dead = true;
				failed(t, rc);
				client_close(l->client, END_LOST, t->error);
				return;
			}
			sent += rc;
		}
	}
}

static void tls_end(struct transport_layer *l)
{
	struct tls *t = container_of(l, struct tls, layer);

	if (t->up && !t->dead)
		gnutls_bye(t->session, GNUTLS_SHUT_WR);
}

static void tls_free(struct transport_layer *l)
{
	struct tls *t = container_of(l, struct tls, layer);

	if (t->session)
		gnutls_deinit(t->session);
	if (!t->up)
		tls_info_delete(t->info);
	tls_credentials_put(t->cred);
	free(t);
}

const struct transport_ops tls_transport = {
	.name = "tls",
	.start = tls_begin,
	.input = tls_input,
	.output = tls_output,
	.close = tls_end,
	.free = tls_free,
};
