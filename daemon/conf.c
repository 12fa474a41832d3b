// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "util.h"

struct conf config;

struct conf_parser {
	struct conf *conf;
	const char *name;
	unsigned int line;
	bool log_type_given;
	bool log_dest_given;
};

/**
 * struct conf_option - one option of the configuration
 * @name: as written in the file
 * @parse: parses the rest of the line, returns 0 or -1 after conf_error()
 */
struct conf_option {
	const char *name;
	int (*parse)(struct conf_parser *p, const char *name, char *value);
};

static int __attribute__((format(printf, 2, 3)))
conf_error(struct conf_parser *p, const char *fmt, ...)
{
	int len = snprintf(p->conf->error, sizeof(p->conf->error), "%s:%u: ",
			   p->name, p->line);
	va_list ap;

	if (len < 0 || (size_t)len >= sizeof(p->conf->error))
		return -1;
	va_start(ap, fmt);
	vsnprintf(p->conf->error + len, sizeof(p->conf->error) - len, fmt, ap);
	va_end(ap);
	return -1;
}

static void conf_set(char **field, const char *value)
{
	free(*field);
	*field = xstrdup(value);
}

/* Takes the next blank-separated word of the line, NULL if there is none. */
static char *conf_word(char **rest)
{
	char *s = *rest + strspn(*rest, " \t");
	size_t len = strcspn(s, " \t");

	if (!len)
		return NULL;
	*rest = s + len;
	if (**rest)
		*(*rest)++ = '\0';
	return s;
}

static int conf_int(struct conf_parser *p, const char *name, const char *value,
		    int64_t lo, int64_t hi, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, 10);
	if (errno || end == value || *end)
		return conf_error(p, "%s: \"%s\" is not a number", name, value);
	if (*out < lo || *out > hi)
		return conf_error(p, "%s: %s is out of range (%lld to %lld)",
				  name, value, (long long)lo, (long long)hi);
	return 0;
}

static int conf_u32(struct conf_parser *p, const char *name, const char *value,
		    uint32_t lo, uint32_t hi, uint32_t *out)
{
	int64_t v;

	if (conf_int(p, name, value, lo, hi, &v))
		return -1;
	*out = (uint32_t)v;
	return 0;
}

static int conf_bool(struct conf_parser *p, const char *name, const char *value,
		     bool *out)
{
	if (!strcmp(value, "true")) {
		*out = true;
	} else if (!strcmp(value, "false")) {
		*out = false;
	} else {
		return conf_error(p, "%s: \"%s\" is neither true nor false",
				  name, value);
	}
	return 0;
}

static int parse_listener(struct conf_parser *p, const char *name, char *value)
{
	char *port = conf_word(&value);
	char *address = conf_word(&value);
	struct conf_listener *l;
	int64_t v;

	if (conf_word(&value))
		return conf_error(p, "%s: too many values", name);
	if (conf_int(p, name, port, 1, 65535, &v))
		return -1;
	l = xcalloc(1, sizeof(*l));
	l->port = (uint16_t)v;
	l->address = address ? xstrdup(address) : NULL;
	l->line = p->line;
	list_add_tail(&l->node, &p->conf->listeners);
	return 0;
}

static int parse_port(struct conf_parser *p, const char *name, char *value)
{
	int64_t v;

	if (conf_int(p, name, value, 1, 65535, &v))
		return -1;
	p->conf->port = (int)v;
	return 0;
}

static int parse_bind_address(struct conf_parser *p, const char *name,
			      char *value)
{
	(void)name;
	conf_set(&p->conf->bind_address, value);
	return 0;
}

static int parse_allow_anonymous(struct conf_parser *p, const char *name,
				 char *value)
{
	bool v = false;

	if (conf_bool(p, name, value, &v))
		return -1;
	p->conf->allow_anonymous = v;
	return 0;
}

static int parse_max_connections(struct conf_parser *p, const char *name,
				 char *value)
{
	return conf_int(p, name, value, -1, INT_MAX, &p->conf->max_connections);
}

static int parse_max_inflight(struct conf_parser *p, const char *name,
			      char *value)
{
	return conf_u32(p, name, value, 0, 65535,
			&p->conf->max_inflight_messages);
}

static int parse_max_queued(struct conf_parser *p, const char *name,
			    char *value)
{
	return conf_u32(p, name, value, 0, INT_MAX,
			&p->conf->max_queued_messages);
}

static int parse_max_packet_size(struct conf_parser *p, const char *name,
				 char *value)
{
	if (conf_u32(p, name, value, 20, MQTT_PACKET_MAX,
		     &p->conf->max_packet_size))
		return -1;
	return 0;
}

static int parse_max_keepalive(struct conf_parser *p, const char *name,
			       char *value)
{
	if (!strcmp(value, "0")) {
		p->conf->max_keepalive = 0;
		return 0;
	}
	return conf_u32(p, name, value, 10, 65535, &p->conf->max_keepalive);
}

static int parse_max_output_bytes(struct conf_parser *p, const char *name,
				  char *value)
{
	return conf_u32(p, name, value, 4096, 1u << 30,
			&p->conf->max_output_bytes);
}

static int parse_connect_timeout(struct conf_parser *p, const char *name,
				 char *value)
{
	return conf_u32(p, name, value, 1, 3600, &p->conf->connect_timeout);
}

static int parse_flow_idle(struct conf_parser *p, const char *name, char *value)
{
	return conf_u32(p, name, value, 1, 86400, &p->conf->flow_idle);
}

static int parse_tcp_nodelay(struct conf_parser *p, const char *name,
			     char *value)
{
	return conf_bool(p, name, value, &p->conf->set_tcp_nodelay);
}

static int parse_log_type(struct conf_parser *p, const char *name, char *value)
{
	static const struct {
		const char *name;
		unsigned int bits;
	} types[] = {
		{ "none",		0 },
		{ "error",		LOG_T_ERROR },
		{ "warning",		LOG_T_WARNING },
		{ "notice",		LOG_T_NOTICE },
		{ "information",	LOG_T_INFORMATION },
		{ "subscribe",		LOG_T_SUBSCRIBE },
		{ "unsubscribe",	LOG_T_UNSUBSCRIBE },
		{ "debug",		LOG_T_DEBUG },
		{ "all",		LOG_T_ALL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i].name, value))
			continue;
		/* The first one given replaces the default. */
		if (!p->log_type_given || !types[i].bits)
			p->conf->log_types = 0;
		p->log_type_given = true;
		p->conf->log_types |= types[i].bits;
		return 0;
	}
	return conf_error(p, "%s: unknown type \"%s\"", name, value);
}

static int parse_log_dest(struct conf_parser *p, const char *name, char *value)
{
	char *dest = conf_word(&value);
	char *path = value + strspn(value, " \t");

	if (!p->log_dest_given)
		p->conf->log_dests = 0;
	p->log_dest_given = true;
	if (!strcmp(dest, "file")) {
		if (!*path)
			return conf_error(p, "%s: file needs a path", name);
		conf_set(&p->conf->log_file, path);
		p->conf->log_dests |= LOG_D_FILE;
		return 0;
	}
	if (*path)
		return conf_error(p, "%s: too many values", name);
	if (!strcmp(dest, "stderr")) {
		p->conf->log_dests |= LOG_D_STDERR;
	} else if (!strcmp(dest, "syslog")) {
		p->conf->log_dests |= LOG_D_SYSLOG;
	} else if (!strcmp(dest, "none")) {
		p->conf->log_dests = 0;
	} else {
		return conf_error(p, "%s: unknown destination \"%s\"", name,
				  dest);
	}
	return 0;
}

static int parse_pid_file(struct conf_parser *p, const char *name, char *value)
{
	(void)name;
	conf_set(&p->conf->pid_file, value);
	return 0;
}

static int parse_user(struct conf_parser *p, const char *name, char *value)
{
	(void)name;
	conf_set(&p->conf->user, value);
	return 0;
}

static int parse_control_socket(struct conf_parser *p, const char *name,
				char *value)
{
	if (strlen(value) >= CONF_PATH_LEN)
		return conf_error(p, "%s: path is longer than %d bytes", name,
				  CONF_PATH_LEN - 1);
	conf_set(&p->conf->control_socket, value);
	return 0;
}

static int parse_datapath(struct conf_parser *p, const char *name, char *value)
{
	if (!strcmp(value, "auto")) {
		p->conf->datapath = CONF_DATAPATH_AUTO;
	} else if (!strcmp(value, "kernel")) {
		p->conf->datapath = CONF_DATAPATH_KERNEL;
	} else if (!strcmp(value, "user")) {
		p->conf->datapath = CONF_DATAPATH_USER;
	} else {
		return conf_error(p, "%s: \"%s\" is none of auto, kernel, user",
				  name, value);
	}
	return 0;
}

static const struct conf_option conf_options[] = {
	{ "listener",			parse_listener },
	{ "port",			parse_port },
	{ "bind_address",		parse_bind_address },
	{ "allow_anonymous",		parse_allow_anonymous },
	{ "max_connections",		parse_max_connections },
	{ "max_inflight_messages",	parse_max_inflight },
	{ "max_queued_messages",	parse_max_queued },
	{ "max_packet_size",		parse_max_packet_size },
	{ "max_keepalive",		parse_max_keepalive },
	{ "max_output_bytes",		parse_max_output_bytes },
	{ "connect_timeout",		parse_connect_timeout },
	{ "flow_idle",			parse_flow_idle },
	{ "set_tcp_nodelay",		parse_tcp_nodelay },
	{ "log_type",			parse_log_type },
	{ "log_dest",			parse_log_dest },
	{ "pid_file",			parse_pid_file },
	{ "user",			parse_user },
	{ "control_socket",		parse_control_socket },
	{ "datapath",			parse_datapath },
};

void conf_init(struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	INIT_LIST_HEAD(&conf->listeners);
	conf->allow_anonymous = -1;
	conf->max_connections = -1;
	conf->max_inflight_messages = 20;
	conf->max_queued_messages = 1000;
	conf->max_packet_size = MQTT_PACKET_MAX;
	conf->max_output_bytes = 8 << 20;
	conf->connect_timeout = 10;
	conf->flow_idle = 300;
	conf->set_tcp_nodelay = true;
	conf->log_types = LOG_T_DEFAULT;
	conf->log_dests = LOG_D_STDERR;
	conf->control_socket = xstrdup(CONF_CONTROL_SOCKET);
	conf->datapath = CONF_DATAPATH_AUTO;
}

static int conf_line(struct conf_parser *p, char *line)
{
	size_t len;
	char *name;
	size_t i;

	line += strspn(line, " \t");
	len = strlen(line);
	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	if (!len || *line == '#')
		return 0;

	name = conf_word(&line);
	line += strspn(line, " \t");
	for (i = 0; i < ARRAY_SIZE(conf_options); i++) {
		if (strcmp(conf_options[i].name, name))
			continue;
		if (!*line)
			return conf_error(p, "%s: value missing", name);
		return conf_options[i].parse(p, name, line);
	}
	return conf_error(p, "unknown option \"%s\"", name);
}

int conf_parse(struct conf *conf, const char *name, const char *text,
	       size_t len)
{
	struct conf_parser p = { .conf = conf, .name = name };
	const char *end = text + len;

	while (text < end) {
		const char *nl = memchr(text, '\n', end - text);
		size_t n = (nl ? nl : end) - text;
		char *line = xmalloc(n + 1);
		int rc;

		memcpy(line, text, n);
		line[n] = '\0';
		p.line++;
		rc = strlen(line) == n ? conf_line(&p, line) :
			conf_error(&p, "null byte in line");
		free(line);
		if (rc)
			return rc;
		text += n + 1;
	}
	return 0;
}

int conf_read(struct conf *conf, const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t len = 0;
	size_t cap = 0;
	size_t n;
	int rc;

	if (!f) {
		snprintf(conf->error, sizeof(conf->error), "%s: %s", path,
			 strerror(errno));
		return -1;
	}
	do {
		if (len == cap) {
			cap = cap ? cap * 2 : 4096;
			text = xrealloc(text, cap);
		}
		n = fread(text + len, 1, cap - len, f);
		len += n;
	} while (n);
	if (ferror(f)) {
		snprintf(conf->error, sizeof(conf->error), "%s: %s", path,
			 strerror(errno));
		rc = -1;
	} else {
		rc = conf_parse(conf, path, text, len);
	}
	free(text);
	fclose(f);
	return rc;
}

static void conf_add_listener(struct conf *conf, int port, const char *address)
{
	struct conf_listener *l = xcalloc(1, sizeof(*l));

	l->port = (uint16_t)port;
	l->address = address ? xstrdup(address) : NULL;
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
		conf->allow_anonymous = !configured;
}

void conf_free(struct conf *conf)
{
	struct conf_listener *l, *tmp;

	list_for_each_entry_safe(l, tmp, &conf->listeners, node) {
		free(l->address);
		free(l);
	}
	INIT_LIST_HEAD(&conf->listeners);
	free(conf->bind_address);
	free(conf->log_file);
	free(conf->pid_file);
	free(conf->user);
	free(conf->control_socket);
	conf->bind_address = NULL;
	conf->log_file = NULL;
	conf->pid_file = NULL;
	conf->user = NULL;
	conf->control_socket = NULL;
}
