// SPDX-License-Identifier: GPL-2.0
/*
 * Options of mosquitto.conf(5) that are known and refused: a broker that starts
 * without what its configuration asks for would be worse than none.
 * Documentation/mosquitto-options.md has the same texts.
 */
#include <string.h>

#include "conf_parser.h"
#include "util.h"

#define PSK	"TLS with shared keys is not supported; " \
	"use certfile, and require_certificate for the clients"
#define ENGINE	"TLS engines are OpenSSL's, and mqttd has GnuTLS; use certfile " \
	"and keyfile"
#define BRIDGE	"bridges are not supported yet; let a mosquitto beside mqttd " \
	"bridge to both brokers"
#define PLUGIN	"plugins are not supported yet"
#define SAVED	"the store saves every change by itself; " \
	"use persistence_sync to say how soon"

/**
 * struct conf_refused - an option that cannot be set
 * @name: as written in the file; with a "*" at its end, what begins so
 * @why: why, and what to use
 * @accept: value that changes nothing and is accepted, or NULL
 */
struct conf_refused {
	const char *name;
	const char *why;
	const char *accept;
};

static const struct conf_refused refused[] = {
	{ "auth_opt_*", PLUGIN, NULL },
	{ "auth_plugin", PLUGIN, NULL },
	{ "auth_plugin_deny_special_chars", PLUGIN, NULL },
	{ "autosave_interval", SAVED, NULL },
	{ "autosave_on_changes", SAVED, NULL },
	{ "check_retain_source",
	  "a retained message stays when its publisher may not publish it any more",
	  "false" },
	{ "memory_limit",
	  "mqttd does not count its memory; use MemoryMax= of systemd", NULL },
	{ "message_size_limit",
	  "payloads have no limit of their own; use max_packet_size", "0" },
	{ "mount_point",
	  "topics are forwarded unchanged; run a second mqttd to separate clients",
	  NULL },
	{ "persistence_file",
	  "the store has a name of its own; use persistence_location", NULL },
	{ "plugin", PLUGIN, NULL },
	{ "plugin_opt_*", PLUGIN, NULL },
	{ "psk_file", PSK, NULL },
	{ "queue_qos0_messages",
	  "QoS 0 messages are not kept for clients that are away; use QoS 1",
	  "false" },
	{ "upgrade_outgoing_qos",
	  "MQTT forbids a higher QoS than the message's; publish with that QoS",
	  "false" },
	{ "use_username_as_clientid",
	  "client identifiers are the clients' own; acl_file has %u for user names",
	  "false" },

	{ "http_dir",
	  "mqttd serves no files; let a web server do so", NULL },
	{ "websockets_log_level",
	  "what is wrong with a WebSocket is logged with the client", "0" },

	{ "dhparamfile",
	  "TLS agrees on keys by elliptic curves only, which need no parameters",
	  NULL },
	{ "psk_hint", PSK, NULL },
	{ "tls_engine", ENGINE, NULL },
	{ "tls_engine_kpass_sha1", ENGINE, NULL },
	{ "tls_keyform", ENGINE, NULL },

	{ "address", BRIDGE, NULL },
	{ "addresses", BRIDGE, NULL },
	{ "bridge_*", BRIDGE, NULL },
	{ "cleansession", BRIDGE, NULL },
	{ "connection", BRIDGE, NULL },
	{ "idle_timeout", BRIDGE, NULL },
	{ "keepalive_interval", BRIDGE, NULL },
	{ "local_cleansession", BRIDGE, NULL },
	{ "local_clientid", BRIDGE, NULL },
	{ "local_password", BRIDGE, NULL },
	{ "local_username", BRIDGE, NULL },
	{ "notification_topic", BRIDGE, NULL },
	{ "notifications", BRIDGE, NULL },
	{ "notifications_local_only", BRIDGE, NULL },
	{ "remote_clientid", BRIDGE, NULL },
	{ "remote_password", BRIDGE, NULL },
	{ "remote_username", BRIDGE, NULL },
	{ "restart_timeout", BRIDGE, NULL },
	{ "round_robin", BRIDGE, NULL },
	{ "start_type", BRIDGE, NULL },
	{ "threshold", BRIDGE, NULL },
	{ "topic", BRIDGE, NULL },
	{ "try_private", BRIDGE, NULL },
};

static bool named(const struct conf_refused *r, const char *name)
{
	size_t len = strlen(r->name) - 1;

	if (r->name[len] == '*')
		return !strncmp(r->name, name, len);
	return !strcmp(r->name, name);
}

int conf_refuse(struct conf_parser *p, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct conf_refused *r = &refused[i];

		if (!named(r, name))
			continue;
		if (r->accept && !strcmp(r->accept, value))
			return 0;
		return conf_error(p, "%s: %s", name, r->why);
	}
	return 1;
}
