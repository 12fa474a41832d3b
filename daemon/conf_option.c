// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "conf_parser.h"
#include "log.h"
#include "tls_cipher.h"
#include "util.h"

/**
 * enum conf_scope - what an option is about
 *
 * @CONF_GLOBAL: the broker
 * @CONF_LISTENER: the listener before it
 * @CONF_TLS: its TLS
 * @CONF_SECURITY: that listener with per_listener_settings, or else all
 */
enum conf_scope {
	CONF_GLOBAL,
	CONF_LISTENER,
	CONF_TLS,
	CONF_SECURITY,
};

/**
 * struct conf_opt - an option that is implemented
 * @name: as written in the file
 * @parse: parses the rest of the line, returns 0 or -1 after conf_error()
 * @scope: which structure has its field, for the common types
 * @off: offset of the field there
 * @lo: least value
 * @hi: largest value
 */
struct conf_opt {
	const char *name;
	int (*parse)(struct conf_parser *p, const struct conf_opt *o,
		     char *value);
	enum conf_scope scope;
	size_t off;
	int64_t lo;
	int64_t hi;
};

static void conf_set(char **field, const char *value)
{
	free(*field);
	*field = xstrdup(value);
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

static void *conf_field(struct conf_parser *p, const struct conf_opt *o)
{
	switch (o->scope) {
	case CONF_LISTENER:
		return (char *)conf_listener(p, o->name) + o->off;
	case CONF_TLS:
		return (char *)conf_tls(p, o->name) + o->off;
	case CONF_SECURITY:
		return (char *)conf_security(p, o->name) + o->off;
	default:
		return (char *)p->conf + o->off;
	}
}

static int parse_u32(struct conf_parser *p, const struct conf_opt *o,
		     char *value)
{
	uint32_t *field = conf_field(p, o);
	int64_t v;

	if (conf_int(p, o->name, value, o->lo, o->hi, &v))
		return -1;
	*field = (uint32_t)v;
	return 0;
}

static int parse_s64(struct conf_parser *p, const struct conf_opt *o,
		     char *value)
{
	return conf_int(p, o->name, value, o->lo, o->hi, conf_field(p, o));
}

static int parse_bool(struct conf_parser *p, const struct conf_opt *o,
		      char *value)
{
	return conf_bool(p, o->name, value, conf_field(p, o));
}

static int parse_string(struct conf_parser *p, const struct conf_opt *o,
			char *value)
{
	conf_set(conf_field(p, o), value);
	return 0;
}

static int parse_listener(struct conf_parser *p, const struct conf_opt *o,
			  char *value)
{
	char *port = text_word(&value);
	char *address = text_word(&value);
	struct conf_listener *l;
	int64_t v;

	if (text_word(&value))
		return conf_error(p, "%s: too many values", o->name);
	if (conf_int(p, o->name, port, address ? 0 : 1, 65535, &v))
		return -1;
	if (v && address && *address == '/')
		return conf_error(p, "%s: the port of a Unix socket is 0", o->name);
	if (!v && strlen(address) >= CONF_PATH_LEN)
		return conf_error(p, "%s: path is longer than %d bytes", o->name,
				  CONF_PATH_LEN - 1);
	l = conf_listener_new(NULL);
	l->port = (uint16_t)v;
	if (v)
		l->address = address ? xstrdup(address) : NULL;
	else
		l->path = xstrdup(address);
	l->line = p->text.line;
	list_add_tail(&l->node, &p->conf->listeners);
	return 0;
}

static int parse_use_peercred_as_username(struct conf_parser *p,
					  const struct conf_opt *o, char *value)
{
	struct conf_listener *l = conf_listener(p, o->name);

	if (!l->path)
		return conf_error(p, "%s: only a listener on a Unix socket knows its peers",
				  o->name);
	return conf_bool(p, o->name, value, &l->use_peercred_as_username);
}

static int parse_protocol(struct conf_parser *p, const struct conf_opt *o,
			  char *value)
{
	struct conf_listener *l = conf_listener(p, o->name);

	if (!strcmp(value, "mqtt"))
		l->protocol = CONF_PROTOCOL_MQTT;
	else if (!strcmp(value, "websockets"))
		l->protocol = CONF_PROTOCOL_WEBSOCKETS;
	else
		return conf_error(p, "%s: \"%s\" is neither mqtt nor websockets",
				  o->name, value);
	return 0;
}

static int parse_websockets_headers_size(struct conf_parser *p,
					 const struct conf_opt *o, char *value)
{
	int64_t v;

	if (conf_int(p, o->name, value, 0, 65536, &v))
		return -1;
	p->conf->websockets_headers_size = v ? (uint32_t)v : CONF_HEADERS_SIZE;
	return 0;
}

static int parse_socket_domain(struct conf_parser *p, const struct conf_opt *o,
			       char *value)
{
	int *family = &conf_listener(p, o->name)->socket_domain;

	if (!strcmp(value, "ipv4"))
		*family = AF_INET;
	else if (!strcmp(value, "ipv6"))
		*family = AF_INET6;
	else
		return conf_error(p, "%s: \"%s\" is neither ipv4 nor ipv6",
				  o->name, value);
	return 0;
}

static int check_ciphers(struct conf_parser *p, const struct conf_opt *o,
			 const char *value, bool tls13)
{
	const char *name;
	size_t len = tls_ciphers_unknown(value, tls13, &name);

	if (!len)
		return 0;
	return conf_error(p, "%s: \"%.*s\" is no AEAD cipher suite of TLS %s",
			  o->name, (int)len, name, tls13 ? "1.3" : "1.2");
}

static int parse_ciphers(struct conf_parser *p, const struct conf_opt *o,
			 char *value)
{
	if (check_ciphers(p, o, value, false))
		return -1;
	conf_set(&conf_tls(p, o->name)->ciphers, value);
	return 0;
}

static int parse_ciphers_tls13(struct conf_parser *p, const struct conf_opt *o,
			       char *value)
{
	if (check_ciphers(p, o, value, true))
		return -1;
	conf_set(&conf_tls(p, o->name)->ciphers_tls13, value);
	return 0;
}

static int parse_tls_version(struct conf_parser *p, const struct conf_opt *o,
			     char *value)
{
	if (!strcmp(value, "tlsv1.3"))
		conf_tls(p, o->name)->tls13_only = true;
	else if (!strcmp(value, "tlsv1.2"))
		conf_tls(p, o->name)->tls13_only = false;
	else if (!strncmp(value, "tlsv1", 5))
		return conf_error(p, "%s: %s is not safe; use tlsv1.2 or tlsv1.3",
				  o->name, value);
	else
		return conf_error(p, "%s: \"%s\" is neither tlsv1.2 nor tlsv1.3",
				  o->name, value);
	return 0;
}

static int parse_port(struct conf_parser *p, const struct conf_opt *o,
		      char *value)
{
	int64_t v;

	if (conf_int(p, o->name, value, 1, 65535, &v))
		return -1;
	p->conf->port = (int)v;
	return 0;
}

static int parse_bind_address(struct conf_parser *p, const struct conf_opt *o,
			      char *value)
{
	(void)o;
	conf_set(&p->conf->default_listener.address, value);
	return 0;
}

static int parse_per_listener_settings(struct conf_parser *p,
				       const struct conf_opt *o, char *value)
{
	if (p->conf->security_given)
		return conf_error(p, "%s: must stand before the options that it is about",
				  o->name);
	return conf_bool(p, o->name, value, &p->conf->per_listener_settings);
}

static int parse_allow_anonymous(struct conf_parser *p,
				 const struct conf_opt *o, char *value)
{
	bool v = false;

	if (conf_bool(p, o->name, value, &v))
		return -1;
	conf_security(p, o->name)->allow_anonymous = v;
	return 0;
}

static int parse_max_keepalive(struct conf_parser *p, const struct conf_opt *o,
			       char *value)
{
	if (!strcmp(value, "0")) {
		p->conf->max_keepalive = 0;
		return 0;
	}
	return parse_u32(p, o, value);
}

static int parse_log_type(struct conf_parser *p, const struct conf_opt *o,
			  char *value)
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
	return conf_error(p, "%s: unknown type \"%s\"", o->name, value);
}

static int parse_log_dest(struct conf_parser *p, const struct conf_opt *o,
			  char *value)
{
	char *dest = text_word(&value);
	char *path = value + strspn(value, " \t");

	if (!p->log_dest_given)
		p->conf->log_dests = 0;
	p->log_dest_given = true;
	if (!strcmp(dest, "file")) {
		if (!*path)
			return conf_error(p, "%s: file needs a path", o->name);
		conf_set(&p->conf->log_file, path);
		p->conf->log_dests |= LOG_D_FILE;
		return 0;
	}
	if (*path)
		return conf_error(p, "%s: too many values", o->name);
	if (!strcmp(dest, "topic") || !strcmp(dest, "dlt"))
		return conf_error(p, "%s: %s is not supported; use stderr, stdout, syslog or file",
				  o->name, dest);
	if (!strcmp(dest, "stderr")) {
		p->conf->log_dests |= LOG_D_STDERR;
	} else if (!strcmp(dest, "stdout")) {
		p->conf->log_dests |= LOG_D_STDOUT;
	} else if (!strcmp(dest, "syslog")) {
		p->conf->log_dests |= LOG_D_SYSLOG;
	} else if (!strcmp(dest, "none")) {
		p->conf->log_dests = 0;
	} else {
		return conf_error(p, "%s: unknown destination \"%s\"", o->name,
				  dest);
	}
	return 0;
}

/* RATE BURST; without the latter, as many at once as in a second. */
static int parse_connect_rate(struct conf_parser *p, const struct conf_opt *o,
			      char *value)
{
	char *rate = text_word(&value);
	char *burst = text_word(&value);
	int64_t v, b;

	if (text_word(&value))
		return conf_error(p, "%s: too many values", o->name);
	if (conf_int(p, o->name, rate, o->lo, o->hi, &v))
		return -1;
	b = v;
	if (burst && conf_int(p, o->name, burst, 1, o->hi, &b))
		return -1;
	p->conf->connect_rate = (uint32_t)v;
	p->conf->connect_burst = (uint32_t)b;
	return 0;
}

static int parse_publish_limit_action(struct conf_parser *p,
				      const struct conf_opt *o, char *value)
{
	if (!strcmp(value, "wait"))
		p->conf->publish_limit_disconnect = false;
	else if (!strcmp(value, "disconnect"))
		p->conf->publish_limit_disconnect = true;
	else
		return conf_error(p, "%s: \"%s\" is neither wait nor disconnect",
				  o->name, value);
	return 0;
}

static int parse_control_socket(struct conf_parser *p, const struct conf_opt *o,
				char *value)
{
	if (strlen(value) >= CONF_PATH_LEN)
		return conf_error(p, "%s: path is longer than %d bytes", o->name,
				  CONF_PATH_LEN - 1);
	conf_set(&p->conf->control_socket, value);
	return 0;
}

static int parse_datapath(struct conf_parser *p, const struct conf_opt *o,
			  char *value)
{
	if (!strcmp(value, "auto")) {
		p->conf->datapath = CONF_DATAPATH_AUTO;
	} else if (!strcmp(value, "kernel")) {
		p->conf->datapath = CONF_DATAPATH_KERNEL;
	} else if (!strcmp(value, "user")) {
		p->conf->datapath = CONF_DATAPATH_USER;
	} else {
		return conf_error(p, "%s: \"%s\" is none of auto, kernel, user",
				  o->name, value);
	}
	return 0;
}

static int parse_persistence_sync(struct conf_parser *p,
				  const struct conf_opt *o, char *value)
{
	char *how = text_word(&value);
	char *seconds = text_word(&value);
	int64_t v = 0;

	if (!strcmp(how, "always") && !seconds) {
		p->conf->persistence_sync = CONF_SYNC_ALWAYS;
	} else if (!strcmp(how, "off") && !seconds) {
		p->conf->persistence_sync = CONF_SYNC_OFF;
	} else if (!strcmp(how, "interval") && seconds && !text_word(&value)) {
		if (conf_int(p, o->name, seconds, 1, 86400, &v))
			return -1;
		p->conf->persistence_sync = CONF_SYNC_INTERVAL;
	} else {
		return conf_error(p, "%s: neither always, interval SECONDS nor off",
				  o->name);
	}
	p->conf->persistence_sync_interval = (uint32_t)v;
	return 0;
}

static int parse_persistent_client_expiration(struct conf_parser *p,
					      const struct conf_opt *o,
					      char *value)
{
	static const char units[] = "hdwmy";
	static const uint32_t hours[] = { 1, 24, 24 * 7, 24 * 30, 24 * 365 };
	size_t len = strlen(value);
	const char *unit = strchr(units, value[len - 1]);
	int64_t v = 0;

	if (!unit)
		return conf_error(p, "%s: \"%s\" does not end in h, d, w, m or y",
				  o->name, value);
	value[len - 1] = '\0';
	if (conf_int(p, o->name, value, 1,
		     UINT32_MAX / 3600 / hours[unit - units], &v))
		return -1;
	p->conf->persistent_client_expiration =
		(uint32_t)v * 3600 * hours[unit - units];
	return 0;
}

static int parse_include_dir(struct conf_parser *p, const struct conf_opt *o,
			     char *value)
{
	if (p->included)
		return conf_error(p, "%s: only taken from the main file",
				  o->name);
	return conf_include(p, value);
}

#define PARSED(_name) { .name = #_name, .parse = parse_##_name }
#define FIELD(_parse, _name) \
	{ .name = #_name, .parse = _parse, .off = offsetof(struct conf, _name) }
#define NUMBER(_parse, _name, _lo, _hi) \
	{ .name = #_name, .parse = _parse, .off = offsetof(struct conf, _name), \
	  .lo = _lo, .hi = _hi }
#define LISTENER_FIELD(_parse, _name) \
	{ .name = #_name, .parse = _parse, .scope = CONF_LISTENER, \
	  .off = offsetof(struct conf_listener, _name) }
#define LISTENER_NUMBER(_parse, _name, _lo, _hi) \
	{ .name = #_name, .parse = _parse, .scope = CONF_LISTENER, \
	  .off = offsetof(struct conf_listener, _name), .lo = _lo, .hi = _hi }
#define TLS_FIELD(_parse, _name) \
	{ .name = #_name, .parse = _parse, .scope = CONF_TLS, \
	  .off = offsetof(struct conf_tls, _name) }
#define SECURITY_FIELD(_parse, _name) \
	{ .name = #_name, .parse = _parse, .scope = CONF_SECURITY, \
	  .off = offsetof(struct conf_security, _name) }

static const struct conf_opt conf_options[] = {
	SECURITY_FIELD(parse_string, acl_file),
	PARSED(allow_anonymous),
	FIELD(parse_bool, allow_duplicate_messages),
	SECURITY_FIELD(parse_bool, allow_zero_length_clientid),
	SECURITY_FIELD(parse_string, auto_id_prefix),
	PARSED(bind_address),
	LISTENER_FIELD(parse_string, bind_interface),
	TLS_FIELD(parse_string, cafile),
	TLS_FIELD(parse_string, capath),
	TLS_FIELD(parse_string, certfile),
	PARSED(ciphers),
	{ .name = "ciphers_tls1.3", .parse = parse_ciphers_tls13 },
	FIELD(parse_string, clientid_prefixes),
	NUMBER(parse_connect_rate, connect_rate, 0, 1000000),
	NUMBER(parse_u32, connect_timeout, 1, 3600),
	FIELD(parse_bool, connection_messages),
	FIELD(parse_string, control_group),
	PARSED(control_socket),
	TLS_FIELD(parse_string, crlfile),
	PARSED(datapath),
	NUMBER(parse_u32, flow_idle, 1, 86400),
	NUMBER(parse_s64, global_max_connections, -1, INT_MAX),
	PARSED(include_dir),
	TLS_FIELD(parse_string, keyfile),
	PARSED(listener),
	PARSED(log_dest),
	NUMBER(parse_u32, log_facility, 0, 7),
	FIELD(parse_bool, log_timestamp),
	FIELD(parse_string, log_timestamp_format),
	PARSED(log_type),
	LISTENER_NUMBER(parse_s64, max_connections, -1, INT_MAX),
	NUMBER(parse_s64, max_connections_per_address, -1, INT_MAX),
	NUMBER(parse_u32, max_inflight_bytes, 0, INT_MAX),
	NUMBER(parse_u32, max_inflight_messages, 0, 65535),
	NUMBER(parse_max_keepalive, max_keepalive, 10, 65535),
	NUMBER(parse_u32, max_output_bytes, 4096, 1u << 30),
	NUMBER(parse_u32, max_packet_size, 20, MQTT_PACKET_MAX),
	NUMBER(parse_u32, max_publish_bytes, 0, INT_MAX),
	NUMBER(parse_u32, max_publish_rate, 0, 1000000),
	LISTENER_NUMBER(parse_u32, max_qos, 0, 2),
	NUMBER(parse_u32, max_queued_bytes, 0, INT_MAX),
	NUMBER(parse_u32, max_queued_messages, 0, INT_MAX),
	NUMBER(parse_u32, max_subscriptions, 0, INT_MAX),
	LISTENER_NUMBER(parse_u32, max_topic_alias, 0, TOPIC_ALIAS_MAX),
	NUMBER(parse_u32, max_topic_length, 1, 65535),
	NUMBER(parse_u32, max_topic_levels, 0, 65535),
	SECURITY_FIELD(parse_string, password_file),
	PARSED(per_listener_settings),
	FIELD(parse_bool, persistence),
	FIELD(parse_string, persistence_location),
	PARSED(persistence_sync),
	PARSED(persistent_client_expiration),
	FIELD(parse_string, pid_file),
	PARSED(port),
	PARSED(protocol),
	PARSED(publish_limit_action),
	TLS_FIELD(parse_bool, require_certificate),
	FIELD(parse_bool, retain_available),
	NUMBER(parse_s64, retained_bytes_max, 0, INT64_MAX),
	NUMBER(parse_u32, retained_messages_max, 0, INT_MAX),
	FIELD(parse_bool, seccomp),
	FIELD(parse_bool, set_tcp_nodelay),
	PARSED(socket_domain),
	NUMBER(parse_u32, sys_interval, 0, 65535),
	PARSED(tls_version),
	TLS_FIELD(parse_bool, use_identity_as_username),
	PARSED(use_peercred_as_username),
	TLS_FIELD(parse_bool, use_subject_as_username),
	FIELD(parse_string, user),
	PARSED(websockets_headers_size),
};

int conf_option(struct conf_parser *p, const char *name, char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conf_options); i++) {
		if (!strcmp(conf_options[i].name, name))
			return conf_options[i].parse(p, &conf_options[i],
						     value);
	}
	return 1;
}
