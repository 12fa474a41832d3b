/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of the "mqtt" netlink family as C structures, and tables that
 * tie every attribute to its name, its type and its place in the structure.
 * Requests are built, answers parsed and JSON printed from these tables.
 */
#ifndef MQTT_ATTR_H
#define MQTT_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/mqtt.h>

/* Bit of an attribute in the "present" mask that begins every object. */
#define MQTT_BIT(attr)		(1ULL << (attr))
#define MQTT_HAS(obj, attr)	(!!((obj)->present & MQTT_BIT(attr)))

/**
 * struct mqtt_blob - bytes that belong to somebody else
 * @data: first byte
 * @len: number of bytes
 */
struct mqtt_blob {
	const void *data;
	uint32_t len;
};

/**
 * struct mqtt_member - a member of a group, attributes MQTT_A_MEMBER_*
 * @present: MQTT_BIT() of every attribute that has a value
 * @subscription_ids: array of uint32_t
 */
struct mqtt_member {
	uint64_t present;
	uint32_t group;
	uint32_t conn;
	uint32_t flags;
	struct mqtt_blob subscription_ids;
	uint8_t qos;
};

/**
 * struct mqtt_members - an array of merged members
 * @v: the members
 * @nr: how many
 */
struct mqtt_members {
	const struct mqtt_member *v;
	uint32_t nr;
};

/**
 * struct mqtt_limits - limits of a namespace, attributes MQTT_A_LIMITS_*
 * @present: MQTT_BIT() of every attribute that has a value
 */
struct mqtt_limits {
	uint64_t present;
	uint32_t conns_max;
	uint32_t flows_max;
	uint32_t groups_max;
	uint32_t members_max;
	uint64_t topic_bytes_max;
	uint32_t topic_max;
	uint32_t fast_max;
	uint32_t tx_conn_max;
	uint32_t tx_daemon_max;
	uint64_t tx_total_max;
	uint32_t port_queue_max;
	uint32_t port_packet_max;
	uint32_t takeover_time;
	uint32_t tx_usecs;
	uint32_t tx_frames;
	uint8_t pingresp;
};

/**
 * struct mqtt_owner - answer to REGISTER and OWNER_GET, attributes MQTT_A_OWNER_*
 * @present: MQTT_BIT() of every attribute that has a value
 */
struct mqtt_owner {
	uint64_t present;
	uint64_t features;
	uint32_t port_fd;
	uint32_t table_gen;
	uint32_t takeover_time;
	uint32_t portid;
	uint8_t drain;
	char version[32];
	struct mqtt_limits limits;
};

/**
 * struct mqtt_conn - an attached socket, attributes MQTT_A_CONN_*
 * @present: MQTT_BIT() of every attribute that has a value
 */
struct mqtt_conn {
	uint64_t present;
	uint32_t id;
	uint32_t fd;
	uint32_t acl_class;
	uint32_t max_packet_size;
	uint32_t rx_skip;
	uint32_t flags;
	uint32_t record_limit;
	uint32_t publish_rate;
	uint32_t publish_burst;
	uint32_t bytes_rate;
	uint32_t bytes_burst;
	uint16_t keep_alive;
	uint16_t family;
	uint16_t port_number;
	uint16_t topic_alias_maximum;
	uint16_t tls_version;
	uint8_t protocol_level;
	struct mqtt_blob cookie;
	struct mqtt_blob address;
	uint64_t publish_fast;
	uint64_t deliver_fast;
	uint64_t deliver_packet_out;
	uint64_t diverted;
	uint64_t gate;
	uint64_t acked;
	uint64_t slow_bytes;
	uint64_t queued_bytes;
	uint64_t daemon_bytes;
	uint64_t drop_queue_full;
	uint64_t drop_oversize;
	uint64_t drop_nomem;
	uint64_t drop_expired;
	uint64_t idle_ms;
	uint32_t members;
	uint32_t state;
	uint32_t cpu;
};

/**
 * struct mqtt_flow - a flow, attributes MQTT_A_FLOW_*
 * @present: MQTT_BIT() of every attribute that has a value
 * @topic: topic name, without a final NUL
 * @groups: array of u32 in host byte order
 * @merged: merged members
 */
struct mqtt_flow {
	uint64_t present;
	uint32_t id;
	uint32_t acl_class;
	uint32_t table_gen;
	uint32_t flags;
	struct mqtt_blob topic;
	struct mqtt_blob groups;
	struct mqtt_members merged;
	uint64_t hits;
	uint64_t bytes;
	uint64_t idle_ms;
};

/**
 * struct mqtt_group - a group, attributes MQTT_A_GROUP_*
 * @present: MQTT_BIT() of every attribute that has a value
 * @filter: topic filter, without a final NUL
 */
struct mqtt_group {
	uint64_t present;
	uint32_t id;
	uint32_t members;
	uint32_t flows;
	uint32_t table_gen;
	uint32_t flags;
	struct mqtt_blob filter;
};

/**
 * struct mqtt_stats - counters of a namespace, attributes MQTT_A_STATS_*
 * @present: MQTT_BIT() of every attribute that has a value
 */
struct mqtt_stats {
	uint64_t present;
	uint64_t conns;
	uint64_t flows;
	uint64_t groups;
	uint64_t members;
	uint64_t publish_fast;
	uint64_t publish_fast_bytes;
	uint64_t deliver_fast;
	uint64_t deliver_fast_bytes;
	uint64_t divert_miss;
	uint64_t divert_retain;
	uint64_t divert_qos;
	uint64_t divert_other;
	uint64_t gate_waits;
	uint64_t drop_queue_full;
	uint64_t drop_oversize;
	uint64_t drop_nomem;
	uint64_t drop_expired;
	uint64_t drop_no_subscriber;
	uint64_t drop_acl;
	uint64_t drop_port_full;
	uint64_t packet_out;
	uint64_t deliver_packet_out;
	uint64_t deliver_packet_out_bytes;
	uint64_t tx_partial;
	uint64_t keepalive_expired;
	uint64_t queued_bytes;
	uint64_t divert_alias;
	uint64_t divert_properties;
	uint64_t divert_payload;
	uint64_t rate_waits;
	uint64_t rate_ends;
	uint64_t conn_bytes;
	uint64_t flow_bytes;
	uint64_t group_bytes;
	uint64_t member_bytes;
	uint64_t aliases;
	uint64_t alias_bytes;
};

/**
 * struct mqtt_event_msg - a notification, attributes MQTT_A_EVENT_*
 * @present: MQTT_BIT() of every attribute that has a value
 * @type: enum mqtt_event
 */
struct mqtt_event_msg {
	uint64_t present;
	uint32_t type;
	uint32_t conn;
	struct mqtt_blob cookie;
};

/**
 * enum mqtt_attr_type - what an attribute is on the wire and in its structure
 * @MQTT_ATTR_NONE: padding, or unknown
 * @MQTT_ATTR_U8: uint8_t
 * @MQTT_ATTR_U16: uint16_t
 * @MQTT_ATTR_U32: uint32_t
 * @MQTT_ATTR_U64: uint64_t
 * @MQTT_ATTR_STRING: array of char with a final NUL
 * @MQTT_ATTR_BINARY: struct mqtt_blob
 * @MQTT_ATTR_NEST: structure of its own
 * @MQTT_ATTR_NESTS: repeated nest, struct mqtt_members
 */
enum mqtt_attr_type {
	MQTT_ATTR_NONE,
	MQTT_ATTR_U8,
	MQTT_ATTR_U16,
	MQTT_ATTR_U32,
	MQTT_ATTR_U64,
	MQTT_ATTR_STRING,
	MQTT_ATTR_BINARY,
	MQTT_ATTR_NEST,
	MQTT_ATTR_NESTS,
};

/**
 * enum mqtt_attr_form - how a value is shown to people and in JSON
 * @MQTT_FORM_PLAIN: number, string or nest as its type says
 * @MQTT_FORM_TEXT: bytes that should be UTF-8
 * @MQTT_FORM_HEX: bytes without a meaning here
 * @MQTT_FORM_ADDRESS: IPv4 or IPv6 address
 * @MQTT_FORM_NUMBERS: array of u32
 * @MQTT_FORM_ENUM: number with a name
 * @MQTT_FORM_FLAGS: bits with names
 */
enum mqtt_attr_form {
	MQTT_FORM_PLAIN,
	MQTT_FORM_TEXT,
	MQTT_FORM_HEX,
	MQTT_FORM_ADDRESS,
	MQTT_FORM_NUMBERS,
	MQTT_FORM_ENUM,
	MQTT_FORM_FLAGS,
};

/**
 * struct mqtt_names - names of the values of an enum, or of the bits of flags
 * @name: names by value, or by bit number
 * @nr: how many
 */
struct mqtt_names {
	const char *const *name;
	unsigned int nr;
};

struct mqtt_attr_set;

/**
 * struct mqtt_attr - one attribute
 * @name: its name in lower case with underscores, without the prefix
 * @type: enum mqtt_attr_type
 * @form: enum mqtt_attr_form
 * @offset: of the value in the structure
 * @size: of the value in the structure
 * @names: names of its values, for MQTT_FORM_ENUM and MQTT_FORM_FLAGS
 * @nest: what is inside, for MQTT_ATTR_NEST and MQTT_ATTR_NESTS
 */
struct mqtt_attr {
	const char *name;
	uint8_t type;
	uint8_t form;
	uint16_t offset;
	uint16_t size;
	const struct mqtt_names *names;
	const struct mqtt_attr_set *nest;
};

/**
 * struct mqtt_attr_set - the attributes of one kind of object
 * @name: name of the kind
 * @attr: attributes by number
 * @max: highest number
 * @size: size of the structure
 */
struct mqtt_attr_set {
	const char *name;
	const struct mqtt_attr *attr;
	unsigned int max;
	size_t size;
};

extern const struct mqtt_attr_set mqtt_owner_set;
extern const struct mqtt_attr_set mqtt_conn_set;
extern const struct mqtt_attr_set mqtt_flow_set;
extern const struct mqtt_attr_set mqtt_group_set;
extern const struct mqtt_attr_set mqtt_member_set;
extern const struct mqtt_attr_set mqtt_limits_set;
extern const struct mqtt_attr_set mqtt_stats_set;
extern const struct mqtt_attr_set mqtt_event_set;

extern const struct mqtt_names mqtt_event_names;
extern const struct mqtt_names mqtt_conn_state_names;
extern const struct mqtt_names mqtt_conn_flag_names;
extern const struct mqtt_names mqtt_flow_flag_names;
extern const struct mqtt_names mqtt_group_flag_names;
extern const struct mqtt_names mqtt_member_flag_names;
extern const struct mqtt_names mqtt_feature_names;

/**
 * mqtt_name() - name of a value
 * @names: the table
 * @value: the value, or the number of a bit
 *
 * Return: the name, or NULL if the table has none.
 */
const char *mqtt_name(const struct mqtt_names *names, uint64_t value);

/**
 * mqtt_cmd_name() - name of a command
 * @cmd: enum mqtt_cmd
 *
 * Return: the name in lower case with dashes, or "unknown".
 */
const char *mqtt_cmd_name(unsigned int cmd);

/**
 * mqtt_cmd_set() - attributes that a command and its answer carry
 * @cmd: enum mqtt_cmd
 *
 * Return: the set, or NULL for an unknown command.
 */
const struct mqtt_attr_set *mqtt_cmd_set(unsigned int cmd);

/**
 * mqtt_attr_find() - look an attribute up by its name
 * @set: where
 * @name: which
 *
 * Return: its number, or 0 if there is none.
 */
unsigned int mqtt_attr_find(const struct mqtt_attr_set *set, const char *name);

/**
 * mqtt_attr_number() - value of an integer attribute in an object
 * @attr: the attribute
 * @obj: the object
 *
 * Return: the value; 0 if the attribute is not an integer.
 */
uint64_t mqtt_attr_number(const struct mqtt_attr *attr, const void *obj);

/**
 * mqtt_attr_set_number() - store an integer attribute in an object
 * @attr: the attribute
 * @obj: the object
 * @value: the value
 *
 * Return: 0, -ERANGE if the type cannot hold the value, or -EINVAL if the
 * attribute is not an integer.
 */
int mqtt_attr_set_number(const struct mqtt_attr *attr, void *obj, uint64_t value);

#endif /* MQTT_ATTR_H */
