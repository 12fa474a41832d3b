// SPDX-License-Identifier: GPL-2.0
#include "tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "ktls.h"
#include "log.h"
#include "tls_credentials.h"
#include "tls_session.h"
#include "transport.h"
#include "util.h"

#define ALERT_WARNING		1
#define ALERT_FATAL		2
#define ALERT_CLOSE_NOTIFY	0
#define ALERT_UNEXPECTED	10
#define ALERT_USER_CANCELED	90

static bool kernel;
static bool started;

static bool has_tls(const struct conf_listener *l)
{
	return l->tls.certfile;
}

bool tls_configured(void)
{
	const struct conf_listener *l;

	list_for_each_entry(l, &config.listeners, node)
		if (has_tls(l))
			return true;
	return false;
}

void tls_discard(void)
{
	struct conf_listener *l;

	list_for_each_entry(l, &config.listeners, node) {
		tls_credentials_put(l->tls.cred_next);
		l->tls.cred_next = NULL;
	}
}

int tls_read(char *error, size_t size)
{
	struct conf_listener *l;

	list_for_each_entry(l, &config.listeners, node) {
		if (!has_tls(l))
			continue;
		l->tls.cred_next = tls_credentials_read(&l->tls, error, size);
		if (!l->tls.cred_next)
			return -1;
	}
	return 0;
}

void tls_apply(void)
{
	struct conf_listener *l;

	list_for_each_entry(l, &config.listeners, node) {
		struct tls_credentials *old = l->tls.cred;

		if (!l->tls.cred_next)
			continue;
		l->tls.cred = l->tls.cred_next;
		l->tls.cred_next = old;
		log_notice("%s: certificate read", l->tls.certfile);
	}
	tls_discard();
}

int tls_start(void)
{
	char error[512];
	int rc;

	if (!tls_configured())
		return 0;
	if (tls_read(error, sizeof(error))) {
		log_err("%s", error);
		return -1;
	}
	tls_apply();
	rc = tls_handshake_start();
	if (rc) {
		log_err("TLS: %s", strerror(-rc));
		return -1;
	}
	started = true;
	if (config.datapath == CONF_DATAPATH_USER)
		return 0;
	kernel = ktls_probe();
	if (!kernel)
		log_notice("the kernel has no TLS, mqttd encrypts and decrypts: run \"modprobe tls\"");
	return 0;
}

void tls_stop(void)
{
	if (started)
		tls_handshake_stop();
	started = false;
}

void tls_exit(void)
{
	struct conf_listener *l;

	list_for_each_entry(l, &config.listeners, node) {
		tls_credentials_put(l->tls.cred);
		l->tls.cred = NULL;
	}
}

void tls_push(struct client *c)
{
	struct tls *t = xcalloc(1, sizeof(*t));

	t->layer.ops = &tls_transport;
	t->cred = tls_credentials_get(c->listener->tls.cred);
	t->fd = c->fd;
	transport_push(c, &t->layer);
}

/* Only what the module can read MQTT from is worth it. */
bool tls_kernel(const struct client *c)
{
	return kernel && !c->rare->transport->bottom->above &&
	       !strcmp(datapath_name(), datapath_kernel.name);
}

static void make_alert(struct client *c, uint8_t level, uint8_t description)
{
	struct tls_info *info = c->rare->tls;
	uint8_t *alert = info->alert;

	alert[0] = level;
	alert[1] = description;
	info->iov.iov_base = alert;
	info->iov.iov_len = sizeof(info->alert);
	info->msg.msg_iov = &info->iov;
	info->msg.msg_iovlen = 1;
	info->msg.msg_control = info->control;
	info->msg.msg_controllen = sizeof(info->control);
	ktls_alert_msg(&info->msg);
}

static void control_record(struct client *c, uint8_t type, const uint8_t *p,
			   size_t len)
{
	char what[64];

	if (type == TLS_RECORD_ALERT && len == 2) {
		if (p[1] == ALERT_USER_CANCELED)
			return;
		if (p[1] == ALERT_CLOSE_NOTIFY) {
			client_close(c, END_ABNORMAL,
				     "connection closed by client");
			return;
		}
		snprintf(what, sizeof(what), "TLS: client says: alert %u",
			 p[1]);
		client_close(c, END_LOST, what);
		return;
	}
	/* the kernel can do neither new keys nor another handshake */
	make_alert(c, ALERT_FATAL, ALERT_UNEXPECTED);
	if (sendmsg(c->fd, &c->rare->tls->msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("%s: alert not sent: %s", client_address(c),
			  strerror(errno));
	c->rare->tls->closed = true;
	client_close(c, END_LOST, "TLS: new keys or another handshake");
}

bool tls_control(struct client *c)
{
	uint8_t buf[64];
	uint8_t type;
	ssize_t n;

	if (!c->rare->tls || !c->rare->tls->ktls)
		return false;
	n = ktls_recv(c->fd, buf, sizeof(buf), &type);
	if (n == -EAGAIN)
		return true;
	if (n <= 0 || type == TLS_RECORD_DATA)
		return false;
	control_record(c, type, buf, n);
	return true;
}

static void closed(struct op *op, int res, uint32_t flags)
{
	struct tls_info *info = container_of(op, struct tls_info, op);
	struct client *c = info->client;

	(void)res;
	(void)flags;
	c->tx_busy = false;
	client_dirty(c);
}

bool tls_close(struct client *c)
{
	struct tls_info *info = c->rare->tls;

	if (!info || !info->ktls || info->closed)
		return false;
	info->closed = true;
	info->client = c;
	info->op.fn = closed;
	make_alert(c, ALERT_WARNING, ALERT_CLOSE_NOTIFY);
	c->tx_busy = true;
	loop_sendmsg(&info->op, c->fd, &info->msg);
	return true;
}

void tls_close_now(struct client *c)
{
	if (!c->rare->tls || !c->rare->tls->ktls || c->rare->tls->closed || c->tx_busy)
		return;
	make_alert(c, ALERT_WARNING, ALERT_CLOSE_NOTIFY);
	/* the connection ends with or without it */
	if (sendmsg(c->fd, &c->rare->tls->msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
	c->rare->tls->closed = true;
}

void tls_info_delete(struct tls_info *info)
{
	if (!info)
		return;
	free(info->identity);
	free(info->subject);
	free(info);
}

void tls_describe(const struct client *c, char *buf, size_t size)
{
	snprintf(buf, size, "tls %s %s", c->rare->tls->version,
		 c->rare->tls->ktls ? "ktls" : "daemon");
}

const char *tls_username(const struct client *c)
{
	if (!c->rare->tls)
		return NULL;
	return c->listener->tls.use_subject_as_username ? c->rare->tls->subject :
	       c->rare->tls->identity;
}
