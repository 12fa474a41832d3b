// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf_parser.h"
#include "log.h"
#include "util.h"

struct conf config;

void conf_init(struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	INIT_LIST_HEAD(&conf->listeners);
	INIT_LIST_HEAD(&conf->securities);
	conf_listener_init(&conf->default_listener);
	conf_security_init(&conf->security);
	conf->global_max_connections = -1;
	conf->max_connections_per_address = -1;
	conf->max_topic_length = UINT16_MAX;
	conf->websockets_headers_size = CONF_HEADERS_SIZE;
	conf->max_inflight_messages = 20;
	conf->max_queued_messages = 1000;
	conf->max_packet_size = MQTT_PACKET_MAX;
	conf->max_output_bytes = 8 << 20;
	conf->connect_timeout = 10;
	conf->flow_idle = 300;
	conf->sys_interval = 10;
	conf->seccomp = true;
	conf->set_tcp_nodelay = true;
	conf->retain_available = true;
	conf->connection_messages = true;
	conf->persistence_location = xstrdup(".");
	conf->log_types = LOG_T_DEFAULT;
	conf->log_dests = LOG_D_STDERR;
	conf->log_timestamp = true;
	conf->log_timestamp_format = xstrdup("%Y-%m-%dT%H:%M:%S");
	conf->log_facility = -1;
	conf->control_socket = xstrdup(CONF_CONTROL_SOCKET);
	conf->datapath = CONF_DATAPATH_AUTO;
}

static int conf_line(struct text *text, char *line)
{
	struct conf_parser *p = container_of(text, struct conf_parser, text);
	char *name = text_word(&line);
	int rc;

	line += strspn(line, " \t");
	if (!*line)
		return conf_error(p, "%s: value missing", name);
	rc = conf_option(p, name, line);
	if (rc > 0)
		rc = conf_refuse(p, name, line);
	return rc <= 0 ? rc : conf_error(p, "unknown option \"%s\"", name);
}

/* By letter, and the upper case of a letter before its lower case. */
static int include_order(const struct dirent **a, const struct dirent **b)
{
	int order = strcasecmp((*a)->d_name, (*b)->d_name);

	return order ? order : strcmp((*a)->d_name, (*b)->d_name);
}

static int include_filter(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && !strcmp(entry->d_name + len - 5, ".conf");
}

static int conf_included(struct conf_parser *p, const char *dir,
			 const char *file)
{
	struct conf_parser inner = *p;
	char *path;
	int rc;

	if (asprintf(&path, "%s%s%s", dir,
		     dir[strlen(dir) - 1] == '/' ? "" : "/", file) < 0)
		return conf_error(p, "include_dir: out of memory");
	inner.text.name = path;
	inner.text.line = 0;
	inner.included = true;
	rc = text_parse_file(&inner.text);
	p->log_type_given = inner.log_type_given;
	p->log_dest_given = inner.log_dest_given;
	free(path);
	return rc;
}

int conf_include(struct conf_parser *p, const char *dir)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, include_filter, include_order);
	int rc = 0;
	int i;

	if (n < 0)
		return conf_error(p, "include_dir: %s: %s", dir,
				  strerror(errno));
	for (i = 0; i < n; i++) {
		if (!rc)
			rc = conf_included(p, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

static void conf_parser_init(struct conf_parser *p, struct conf *conf,
			     const char *name)
{
	memset(p, 0, sizeof(*p));
	p->conf = conf;
	p->text.name = name;
	p->text.parse_line = conf_line;
	p->text.error = conf->error;
	p->text.size = sizeof(conf->error);
}

int conf_parse(struct conf *conf, const char *name, const char *text,
	       size_t len)
{
	struct conf_parser p;

	conf_parser_init(&p, conf, name);
	return text_parse(&p.text, text, len);
}

int conf_read(struct conf *conf, const char *path)
{
	struct conf_parser p;

	conf_parser_init(&p, conf, path);
	return text_parse_file(&p.text);
}

static void conf_add_listener(struct conf *conf, int port, const char *address)
{
	struct conf_listener *l = conf_listener_new(&conf->default_listener);

	l->port = (uint16_t)port;
	free(l->address);
	l->address = address ? xstrdup(address) : NULL;
	list_add(&l->node, &conf->listeners);
}

static void conf_finish_security(struct conf *conf, struct conf_security *s,
				 bool configured)
{
	if (s->allow_anonymous < 0)
		s->allow_anonymous = !configured && !s->password_file;
	list_add_tail(&s->node, &conf->securities);
}

int conf_finish(struct conf *conf, int port)
{
	const char *address = conf->default_listener.address;
	bool listeners = !list_empty(&conf->listeners);
	bool configured = listeners || conf->port || address;
	struct conf_listener *l;

	if (!port)
		port = conf->port;
	if (listeners && !port && !address && conf->default_option) {
		snprintf(conf->error, sizeof(conf->error),
			 "%s: belongs to a listener, and there is none before it",
			 conf->default_option);
		return -1;
	}
	if (address) {
		conf_add_listener(conf, port ? port : 1883, address);
	} else if (conf->port) {
		conf_add_listener(conf, port, NULL);
	} else if (port || !listeners) {
		if (!port)
			port = 1883;
		conf_add_listener(conf, port, "::1");
		conf_add_listener(conf, port, "127.0.0.1");
	}
	list_for_each_entry(l, &conf->listeners, node) {
		if (conf_finish_tls(conf, &l->tls))
			return -1;
		l->security = &conf->security;
		if (!conf->per_listener_settings)
			continue;
		l->security = &l->own;
		conf_finish_security(conf, &l->own, configured);
	}
	if (!conf->per_listener_settings)
		conf_finish_security(conf, &conf->security, configured);
	return 0;
}

static void conf_free_string(char **str)
{
	free(*str);
	*str = NULL;
}

void conf_free(struct conf *conf)
{
	struct conf_listener *l, *tmp;

	list_for_each_entry_safe(l, tmp, &conf->listeners, node) {
		conf_listener_clear(l);
		free(l);
	}
	INIT_LIST_HEAD(&conf->listeners);
	INIT_LIST_HEAD(&conf->securities);
	conf_listener_clear(&conf->default_listener);
	conf_security_clear(&conf->security);
	conf_free_string(&conf->default_option);
	conf_free_string(&conf->log_file);
	conf_free_string(&conf->pid_file);
	conf_free_string(&conf->user);
	conf_free_string(&conf->control_socket);
	conf_free_string(&conf->control_group);
	conf_free_string(&conf->persistence_location);
	conf_free_string(&conf->clientid_prefixes);
	conf_free_string(&conf->log_timestamp_format);
}
