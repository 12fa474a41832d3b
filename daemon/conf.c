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
	conf->allow_anonymous = -1;
	conf->max_connections = -1;
	conf->max_inflight_messages = 20;
	conf->max_queued_messages = 1000;
	conf->max_packet_size = MQTT_PACKET_MAX;
	conf->max_qos = 2;
	conf->max_topic_alias = TOPIC_ALIAS_MAX;
	conf->max_output_bytes = 8 << 20;
	conf->connect_timeout = 10;
	conf->flow_idle = 300;
	conf->sys_interval = 10;
	conf->set_tcp_nodelay = true;
	conf->allow_zero_length_clientid = true;
	conf->retain_available = true;
	conf->connection_messages = true;
	conf->persistence_location = xstrdup(".");
	conf->auto_id_prefix = xstrdup("auto-");
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
	struct conf_listener *l = xcalloc(1, sizeof(*l));

	l->port = (uint16_t)port;
	l->address = address ? xstrdup(address) : NULL;
	l->interface = conf->bind_interface ?
		       xstrdup(conf->bind_interface) : NULL;
	l->family = conf->socket_domain;
	list_add(&l->node, &conf->listeners);
}

void conf_finish(struct conf *conf, int port)
{
	bool configured = !list_empty(&conf->listeners) || conf->port ||
			  conf->bind_address;

	if (!port)
		port = conf->port;
	if (conf->bind_address) {
		conf_add_listener(conf, port ? port : 1883, conf->bind_address);
	} else if (conf->port) {
		conf_add_listener(conf, port, NULL);
	} else if (port || list_empty(&conf->listeners)) {
		if (!port)
			port = 1883;
		conf_add_listener(conf, port, "::1");
		conf_add_listener(conf, port, "127.0.0.1");
	}
	if (conf->allow_anonymous < 0)
		conf->allow_anonymous = !configured && !conf->password_file;
}

void conf_free(struct conf *conf)
{
	struct conf_listener *l, *tmp;

	list_for_each_entry_safe(l, tmp, &conf->listeners, node) {
		free(l->address);
		free(l->interface);
		free(l);
	}
	INIT_LIST_HEAD(&conf->listeners);
	free(conf->bind_address);
	free(conf->log_file);
	free(conf->password_file);
	free(conf->pid_file);
	free(conf->user);
	free(conf->control_socket);
	free(conf->persistence_location);
	free(conf->auto_id_prefix);
	free(conf->clientid_prefixes);
	free(conf->log_timestamp_format);
	free(conf->bind_interface);
	conf->bind_address = NULL;
	conf->log_file = NULL;
	conf->password_file = NULL;
	conf->pid_file = NULL;
	conf->user = NULL;
	conf->control_socket = NULL;
	conf->persistence_location = NULL;
	conf->auto_id_prefix = NULL;
	conf->clientid_prefixes = NULL;
	conf->log_timestamp_format = NULL;
	conf->bind_interface = NULL;
}
