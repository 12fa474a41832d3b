// SPDX-License-Identifier: GPL-2.0
/* Listeners of the configuration, and the settings that they may share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_parser.h"
#include "util.h"

/* The strings of listeners and settings, to be copied and released. */
static const size_t listener_strings[] = {
	offsetof(struct conf_listener, path),
	offsetof(struct conf_listener, address),
	offsetof(struct conf_listener, bind_interface),
	offsetof(struct conf_listener, tls.cafile),
	offsetof(struct conf_listener, tls.capath),
	offsetof(struct conf_listener, tls.certfile),
	offsetof(struct conf_listener, tls.keyfile),
	offsetof(struct conf_listener, tls.crlfile),
	offsetof(struct conf_listener, tls.ciphers),
	offsetof(struct conf_listener, tls.ciphers_tls13),
	offsetof(struct conf_listener, tls.where),
};

static const size_t security_strings[] = {
	offsetof(struct conf_security, auto_id_prefix),
	offsetof(struct conf_security, acl_file),
	offsetof(struct conf_security, password_file),
};

static char **string_at(void *object, size_t off)
{
	return (char **)((char *)object + off);
}

static void copy_strings(void *object, const size_t *offs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char **str = string_at(object, offs[i]);

		if (*str)
			*str = xstrdup(*str);
	}
}

static void free_strings(void *object, const size_t *offs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(*string_at(object, offs[i]));
		*string_at(object, offs[i]) = NULL;
	}
}

void conf_security_init(struct conf_security *s)
{
	memset(s, 0, sizeof(*s));
	s->allow_anonymous = -1;
	s->allow_zero_length_clientid = true;
	s->auto_id_prefix = xstrdup("auto-");
}

void conf_security_clear(struct conf_security *s)
{
	free_strings(s, security_strings, ARRAY_SIZE(security_strings));
}

void conf_listener_init(struct conf_listener *l)
{
	memset(l, 0, sizeof(*l));
	l->max_connections = -1;
	l->max_qos = 2;
	l->max_topic_alias = TOPIC_ALIAS_MAX;
	conf_security_init(&l->own);
}

struct conf_listener *conf_listener_new(const struct conf_listener *from)
{
	struct conf_listener *l = xmalloc(sizeof(*l));

	if (!from) {
		conf_listener_init(l);
		return l;
	}
	*l = *from;
	copy_strings(l, listener_strings, ARRAY_SIZE(listener_strings));
	copy_strings(&l->own, security_strings, ARRAY_SIZE(security_strings));
	return l;
}

void conf_listener_clear(struct conf_listener *l)
{
	free_strings(l, listener_strings, ARRAY_SIZE(listener_strings));
	conf_security_clear(&l->own);
}

/* Noted, for without a default listener such an option would be lost. */
static struct conf_listener *default_listener(struct conf_parser *p,
					      const char *name)
{
	char *where;

	if (asprintf(&where, "%s:%u: %s", p->text.name, p->text.line, name) >= 0) {
		free(p->conf->default_option);
		p->conf->default_option = where;
	}
	return &p->conf->default_listener;
}

struct conf_listener *conf_listener(struct conf_parser *p, const char *name)
{
	if (list_empty(&p->conf->listeners))
		return default_listener(p, name);
	return list_last_entry(&p->conf->listeners, struct conf_listener, node);
}

struct conf_tls *conf_tls(struct conf_parser *p, const char *name)
{
	struct conf_tls *tls = &conf_listener(p, name)->tls;

	free(tls->where);
	if (asprintf(&tls->where, "%s:%u: %s", p->text.name, p->text.line,
		     name) < 0)
		tls->where = NULL;
	return tls;
}

static int tls_error(struct conf *conf, const struct conf_tls *tls,
		     const char *what)
{
	snprintf(conf->error, sizeof(conf->error), "%s: %s", tls->where, what);
	return -1;
}

int conf_finish_tls(struct conf *conf, const struct conf_tls *tls)
{
	bool username = tls->use_identity_as_username ||
			tls->use_subject_as_username;

	if (!tls->where)
		return 0;
	if (!tls->certfile != !tls->keyfile)
		return tls_error(conf, tls, tls->certfile ?
				 "certfile needs a keyfile" :
				 "keyfile needs a certfile");
	if (!tls->certfile)
		return tls_error(conf, tls, "TLS needs certfile and keyfile");
	if (tls->require_certificate && !tls->cafile && !tls->capath)
		return tls_error(conf, tls,
				 "require_certificate needs cafile or capath");
	if (username && !tls->require_certificate)
		return tls_error(conf, tls, "a user name needs require_certificate");
	return 0;
}

struct conf_security *conf_security(struct conf_parser *p, const char *name)
{
	p->conf->security_given = true;
	if (p->conf->per_listener_settings)
		return &conf_listener(p, name)->own;
	return &p->conf->security;
}
