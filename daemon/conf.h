/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_CONF_H
#define MQTTD_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "list.h"

#define CONF_PATH_LEN		108
#define CONF_CONTROL_SOCKET	"/run/mqttd/control.sock"
/* Most topic aliases that a client may set on its connection. */
#define TOPIC_ALIAS_MAX		10u
#define MQTT_PACKET_MAX		268435455u

enum conf_datapath {
	CONF_DATAPATH_AUTO,
	CONF_DATAPATH_KERNEL,
	CONF_DATAPATH_USER,
};

/**
 * enum conf_sync - persistence_sync: when is a change on disk?
 *
 * @CONF_SYNC_ALWAYS: before it is acknowledged
 * @CONF_SYNC_INTERVAL: persistence_sync_interval seconds later at most
 * @CONF_SYNC_OFF: when the operating system writes it
 */
enum conf_sync {
	CONF_SYNC_ALWAYS,
	CONF_SYNC_INTERVAL,
	CONF_SYNC_OFF,
};

struct acl;
struct tls_credentials;
struct users;

/**
 * struct conf_security - who may come in, and what they may do
 * @node: in struct conf.securities, after conf_finish()
 * @allow_anonymous: without a user name; -1 while not given
 * @allow_zero_length_clientid: without a client identifier
 * @auto_id_prefix: how the identifiers begin that the broker chooses
 * @password_file: users, NULL for none
 * @acl_file: access control lists, NULL for none
 * @acl: what @acl_file says, see rights.c
 * @acl_next: what it will say when all other files have been read
 * @users: what @password_file says, see auth.c
 * @users_next: what it will say when all other files have been read
 *
 * All listeners have one in common, or with per_listener_settings one each.
 */
struct conf_security {
	struct list_head node;
	int allow_anonymous;
	bool allow_zero_length_clientid;
	char *auto_id_prefix;
	char *password_file;
	char *acl_file;
	struct acl *acl;
	struct acl *acl_next;
	struct users *users;
	struct users *users_next;
};

/**
 * struct conf_tls - TLS of a listener
 * @cafile: authorities that clients' certificates may come from
 * @capath: a directory with more of them
 * @certfile: the listener's certificate; without one it has no TLS
 * @keyfile: and its key
 * @crlfile: certificates that were revoked
 * @ciphers: suites of TLS 1.2, NULL for all
 * @ciphers_tls13: suites of TLS 1.3, NULL for all
 * @tls13_only: tls_version tlsv1.3
 * @require_certificate: clients need one
 * @use_identity_as_username: its Common Name is who they are
 * @use_subject_as_username: its subject is
 * @where: "file:line: option", of the last of these; NULL if there is none
 * @cred: credentials in force, see tls.c
 * @cred_next: those that will be when all files have been read
 */
struct conf_tls {
	char *cafile;
	char *capath;
	char *certfile;
	char *keyfile;
	char *crlfile;
	char *ciphers;
	char *ciphers_tls13;
	bool tls13_only;
	bool require_certificate;
	bool use_identity_as_username;
	bool use_subject_as_username;
	char *where;
	struct tls_credentials *cred;
	struct tls_credentials *cred_next;
};

/**
 * enum conf_protocol - what a listener's clients speak
 *
 * @CONF_PROTOCOL_MQTT: MQTT
 * @CONF_PROTOCOL_WEBSOCKETS: MQTT over WebSocket
 */
enum conf_protocol {
	CONF_PROTOCOL_MQTT,
	CONF_PROTOCOL_WEBSOCKETS,
};

/**
 * struct conf_listener - one configured listener
 * @node: in struct conf.listeners
 * @port: TCP port, 0 for a Unix socket
 * @path: name of that socket, NULL for TCP
 * @protocol: what its clients speak
 * @address: address or host name to bind, NULL for all addresses
 * @bind_interface: network interface to bind to, or NULL
 * @socket_domain: AF_INET, AF_INET6, or AF_UNSPEC for both
 * @max_connections: at a time, -1 for any number
 * @max_qos: highest QoS for its clients
 * @max_topic_alias: most topic aliases that a client may set
 * @use_peercred_as_username: who is at the other end of a Unix socket is the
 *	user
 * @line: line of the configuration that asked for it, 0 if none did
 * @connections: how many there are, see listener.c
 * @tls: TLS, if it has it
 * @security: settings that hold for its clients
 * @own: these, with per_listener_settings
 */
struct conf_listener {
	struct list_head node;
	uint16_t port;
	char *path;
	enum conf_protocol protocol;
	char *address;
	char *bind_interface;
	int socket_domain;
	int64_t max_connections;
	uint32_t max_qos;
	uint32_t max_topic_alias;
	bool use_peercred_as_username;
	unsigned int line;
	uint32_t connections;
	struct conf_tls tls;
	struct conf_security *security;
	struct conf_security own;
};

/**
 * struct conf - configuration in force
 *
 * Fields carry the names of their options in mosquitto.conf(5), with the same
 * meaning unless Documentation/man/mqttd.8 says otherwise. For a limit of bytes
 * or messages 0 means none; persistent_client_expiration is in seconds, 0 for
 * never.
 *
 * @default_listener has the options of listeners that stand before any
 * listener: they belong to the one of @port and @bind_address.
 * @default_option says where the last of them is, should there be no such one.
 */
struct conf {
	struct list_head listeners;
	struct conf_listener default_listener;
	char *default_option;
	int port;
	bool per_listener_settings;
	bool security_given;
	struct conf_security security;
	struct list_head securities;
	int64_t global_max_connections;
	int64_t max_connections_per_address;
	uint32_t connect_rate;
	uint32_t connect_burst;
	uint32_t max_topic_length;
	uint32_t max_topic_levels;
	uint32_t max_subscriptions;
	uint32_t max_publish_rate;
	uint32_t max_publish_bytes;
	bool publish_limit_disconnect;
	uint32_t websockets_headers_size;
	uint32_t max_inflight_messages;
	uint32_t max_inflight_bytes;
	uint32_t max_queued_messages;
	uint32_t max_queued_bytes;
	uint32_t retained_messages_max;
	int64_t retained_bytes_max;
	uint32_t max_packet_size;
	uint32_t max_keepalive;
	uint32_t max_output_bytes;
	uint32_t connect_timeout;
	uint32_t flow_idle;
	uint32_t sys_interval;
	uint32_t persistent_client_expiration;
	bool set_tcp_nodelay;
	bool allow_duplicate_messages;
	bool retain_available;
	bool connection_messages;
	bool persistence;
	bool seccomp;
	char *persistence_location;
	enum conf_sync persistence_sync;
	uint32_t persistence_sync_interval;
	char *clientid_prefixes;
	unsigned int log_types;
	unsigned int log_dests;
	char *log_file;
	bool log_timestamp;
	char *log_timestamp_format;
	int log_facility;
	char *pid_file;
	char *user;
	char *control_socket;
	char *control_group;
	enum conf_datapath datapath;
	char error[512];
};

/* The configuration in force. */
extern struct conf config;

/**
 * conf_init() - set every option to its default
 * @conf: configuration
 */
void conf_init(struct conf *conf);

/**
 * conf_read() - read a configuration file
 * @conf: configuration, initialised
 * @path: file to read
 *
 * Return: 0, or -1 with "file:line: message" in conf->error.
 */
int conf_read(struct conf *conf, const char *path);

/**
 * conf_parse() - parse configuration text
 * @conf: configuration, initialised
 * @name: name of the file, for messages
 * @text: the text
 * @len: its length
 *
 * Return: 0, or -1 with "file:line: message" in conf->error.
 */
int conf_parse(struct conf *conf, const char *name, const char *text,
	       size_t len);

/**
 * conf_finish() - settle the listeners and what follows from them
 * @conf: configuration, read
 * @port: port given on the command line, 0 if none
 *
 * Without any configured listener the broker serves the loopback addresses
 * only and allows anonymous clients, as mosquitto does.
 *
 * Return: 0, or -1 with "file:line: message" in conf->error.
 */
int conf_finish(struct conf *conf, int port);

/**
 * conf_free() - release what a configuration holds
 * @conf: configuration
 */
void conf_free(struct conf *conf);

#endif /* MQTTD_CONF_H */
