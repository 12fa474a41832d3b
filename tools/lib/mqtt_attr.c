// SPDX-License-Identifier: GPL-2.0
/* Attribute tables of the "mqtt" netlink family. */
#include <errno.h>
#include <string.h>

#include "mqtt_attr.h"

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

#define NAMES(table)	{ table, NR(table) }

static const char *const event_names[] = {
	[MQTT_EVENT_REGISTER] = "register",
	[MQTT_EVENT_UNREGISTER] = "unregister",
	[MQTT_EVENT_CONN_ADD] = "conn-add",
	[MQTT_EVENT_CONN_DEL] = "conn-del",
	[MQTT_EVENT_KEEPALIVE_EXPIRED] = "keepalive-expired",
	[MQTT_EVENT_DRAIN] = "drain",
	[MQTT_EVENT_DRAINED] = "drained",
};

const struct mqtt_names mqtt_event_names = NAMES(event_names);

static const char *const conn_state_names[] = {
	[MQTT_CONN_STATE_FAST] = "fast",
	[MQTT_CONN_STATE_DIVERT] = "divert",
	[MQTT_CONN_STATE_GATE] = "gate",
	[MQTT_CONN_STATE_EOF] = "eof",
	[MQTT_CONN_STATE_EXPIRED] = "expired",
	[MQTT_CONN_STATE_ENDED] = "ended",
	[MQTT_CONN_STATE_RATE] = "rate",
};

const struct mqtt_names mqtt_conn_state_names = NAMES(conn_state_names);

static const char *const conn_flag_names[] = { "no-pingresp", "no-publish", "rate-end" };
const struct mqtt_names mqtt_conn_flag_names = NAMES(conn_flag_names);
static const char *const flow_flag_names[] = { "deny" };
const struct mqtt_names mqtt_flow_flag_names = NAMES(flow_flag_names);
static const char *const group_flag_names[] = { "shared" };
const struct mqtt_names mqtt_group_flag_names = NAMES(group_flag_names);
static const char *const member_flag_names[] = { "overlap", "no-local" };
const struct mqtt_names mqtt_member_flag_names = NAMES(member_flag_names);
static const char *const feature_names[] = { "v311", "pingresp", "v5", "shared", "tls" };
const struct mqtt_names mqtt_feature_names = NAMES(feature_names);

#define FIELD(set, NUMBER, field, ...)					\
	[MQTT_A_##NUMBER] = {						\
		.name = #field,						\
		.offset = offsetof(struct mqtt_##set, field),		\
		.size = sizeof(((struct mqtt_##set *)0)->field),	\
		__VA_ARGS__						\
	}

#define U8(set, NUMBER, field)	FIELD(set, NUMBER, field, .type = MQTT_ATTR_U8)
#define U16(set, NUMBER, field)	FIELD(set, NUMBER, field, .type = MQTT_ATTR_U16)
#define U32(set, NUMBER, field)	FIELD(set, NUMBER, field, .type = MQTT_ATTR_U32)
#define U64(set, NUMBER, field)	FIELD(set, NUMBER, field, .type = MQTT_ATTR_U64)
#define BLOB(set, NUMBER, field, shown)					\
	FIELD(set, NUMBER, field, .type = MQTT_ATTR_BINARY, .form = MQTT_FORM_##shown)
#define NAMED(set, NUMBER, field, width, shown, table)			\
	FIELD(set, NUMBER, field, .type = MQTT_ATTR_##width,		\
	      .form = MQTT_FORM_##shown, .names = &(table))
#define NEST(set, NUMBER, field, kind, inside)				\
	FIELD(set, NUMBER, field, .type = MQTT_ATTR_##kind, .nest = &(inside))

#define SET(kind, struct_name)						\
	const struct mqtt_attr_set mqtt_##kind##_set = {		\
		.name = #kind,						\
		.attr = kind##_attrs,					\
		.max = NR(kind##_attrs) - 1,				\
		.size = sizeof(struct struct_name),			\
	}

static const struct mqtt_attr limits_attrs[MQTT_A_LIMITS_MAX + 1] = {
	U32(limits, LIMITS_CONNS_MAX, conns_max),
	U32(limits, LIMITS_FLOWS_MAX, flows_max),
	U32(limits, LIMITS_GROUPS_MAX, groups_max),
	U32(limits, LIMITS_MEMBERS_MAX, members_max),
	U64(limits, LIMITS_TOPIC_BYTES_MAX, topic_bytes_max),
	U32(limits, LIMITS_TOPIC_MAX, topic_max),
	U32(limits, LIMITS_FAST_MAX, fast_max),
	U32(limits, LIMITS_TX_CONN_MAX, tx_conn_max),
	U32(limits, LIMITS_TX_DAEMON_MAX, tx_daemon_max),
	U64(limits, LIMITS_TX_TOTAL_MAX, tx_total_max),
	U32(limits, LIMITS_PORT_QUEUE_MAX, port_queue_max),
	U32(limits, LIMITS_PORT_PACKET_MAX, port_packet_max),
	U8(limits, LIMITS_PINGRESP, pingresp),
	U32(limits, LIMITS_TAKEOVER_TIME, takeover_time),
	U32(limits, LIMITS_TX_USECS, tx_usecs),
	U32(limits, LIMITS_TX_FRAMES, tx_frames),
};

SET(limits, mqtt_limits);

static const struct mqtt_attr owner_attrs[MQTT_A_OWNER_MAX + 1] = {
	U32(owner, OWNER_PORT_FD, port_fd),
	FIELD(owner, OWNER_VERSION, version, .type = MQTT_ATTR_STRING),
	NAMED(owner, OWNER_FEATURES, features, U64, FLAGS, mqtt_feature_names),
	U32(owner, OWNER_TABLE_GEN, table_gen),
	U32(owner, OWNER_TAKEOVER_TIME, takeover_time),
	NEST(owner, OWNER_LIMITS, limits, NEST, mqtt_limits_set),
	U8(owner, OWNER_DRAIN, drain),
	U32(owner, OWNER_PORTID, portid),
};

SET(owner, mqtt_owner);

static const struct mqtt_attr conn_attrs[MQTT_A_CONN_MAX + 1] = {
	U32(conn, CONN_ID, id),
	U32(conn, CONN_FD, fd),
	U8(conn, CONN_PROTOCOL_LEVEL, protocol_level),
	U32(conn, CONN_ACL_CLASS, acl_class),
	U16(conn, CONN_KEEP_ALIVE, keep_alive),
	U32(conn, CONN_MAX_PACKET_SIZE, max_packet_size),
	U32(conn, CONN_RX_SKIP, rx_skip),
	NAMED(conn, CONN_FLAGS, flags, U32, FLAGS, mqtt_conn_flag_names),
	BLOB(conn, CONN_COOKIE, cookie, HEX),
	U16(conn, CONN_FAMILY, family),
	BLOB(conn, CONN_ADDRESS, address, ADDRESS),
	U16(conn, CONN_PORT_NUMBER, port_number),
	U64(conn, CONN_PUBLISH_FAST, publish_fast),
	U64(conn, CONN_DELIVER_FAST, deliver_fast),
	U64(conn, CONN_DELIVER_PACKET_OUT, deliver_packet_out),
	U64(conn, CONN_DIVERTED, diverted),
	U64(conn, CONN_GATE, gate),
	U64(conn, CONN_ACKED, acked),
	U64(conn, CONN_SLOW_BYTES, slow_bytes),
	U64(conn, CONN_QUEUED_BYTES, queued_bytes),
	U64(conn, CONN_DAEMON_BYTES, daemon_bytes),
	U64(conn, CONN_DROP_QUEUE_FULL, drop_queue_full),
	U64(conn, CONN_DROP_OVERSIZE, drop_oversize),
	U64(conn, CONN_DROP_NOMEM, drop_nomem),
	U64(conn, CONN_DROP_EXPIRED, drop_expired),
	U16(conn, CONN_TOPIC_ALIAS_MAXIMUM, topic_alias_maximum),
	U16(conn, CONN_TLS_VERSION, tls_version),
	U32(conn, CONN_RECORD_LIMIT, record_limit),
	U32(conn, CONN_PUBLISH_RATE, publish_rate),
	U32(conn, CONN_PUBLISH_BURST, publish_burst),
	U32(conn, CONN_BYTES_RATE, bytes_rate),
	U32(conn, CONN_BYTES_BURST, bytes_burst),
	U64(conn, CONN_IDLE_MS, idle_ms),
	U32(conn, CONN_MEMBERS, members),
	NAMED(conn, CONN_STATE, state, U32, ENUM, mqtt_conn_state_names),
	U32(conn, CONN_CPU, cpu),
};

SET(conn, mqtt_conn);

static const struct mqtt_attr member_attrs[MQTT_A_MEMBER_MAX + 1] = {
	U32(member, MEMBER_GROUP, group),
	U32(member, MEMBER_CONN, conn),
	U8(member, MEMBER_QOS, qos),
	NAMED(member, MEMBER_FLAGS, flags, U32, FLAGS, mqtt_member_flag_names),
	BLOB(member, MEMBER_SUBSCRIPTION_IDS, subscription_ids, NUMBERS),
};

SET(member, mqtt_member);

static const struct mqtt_attr flow_attrs[MQTT_A_FLOW_MAX + 1] = {
	U32(flow, FLOW_ID, id),
	U32(flow, FLOW_ACL_CLASS, acl_class),
	BLOB(flow, FLOW_TOPIC, topic, TEXT),
	U32(flow, FLOW_TABLE_GEN, table_gen),
	NAMED(flow, FLOW_FLAGS, flags, U32, FLAGS, mqtt_flow_flag_names),
	BLOB(flow, FLOW_GROUPS, groups, NUMBERS),
	NEST(flow, FLOW_MERGED, merged, NESTS, mqtt_member_set),
	U64(flow, FLOW_HITS, hits),
	U64(flow, FLOW_BYTES, bytes),
	U64(flow, FLOW_IDLE_MS, idle_ms),
};

SET(flow, mqtt_flow);

static const struct mqtt_attr group_attrs[MQTT_A_GROUP_MAX + 1] = {
	U32(group, GROUP_ID, id),
	BLOB(group, GROUP_FILTER, filter, TEXT),
	U32(group, GROUP_MEMBERS, members),
	U32(group, GROUP_FLOWS, flows),
	U32(group, GROUP_TABLE_GEN, table_gen),
	NAMED(group, GROUP_FLAGS, flags, U32, FLAGS, mqtt_group_flag_names),
};

SET(group, mqtt_group);

static const struct mqtt_attr stats_attrs[MQTT_A_STATS_MAX + 1] = {
	U64(stats, STATS_CONNS, conns),
	U64(stats, STATS_FLOWS, flows),
	U64(stats, STATS_GROUPS, groups),
	U64(stats, STATS_MEMBERS, members),
	U64(stats, STATS_PUBLISH_FAST, publish_fast),
	U64(stats, STATS_PUBLISH_FAST_BYTES, publish_fast_bytes),
	U64(stats, STATS_DELIVER_FAST, deliver_fast),
	U64(stats, STATS_DELIVER_FAST_BYTES, deliver_fast_bytes),
	U64(stats, STATS_DIVERT_MISS, divert_miss),
	U64(stats, STATS_DIVERT_RETAIN, divert_retain),
	U64(stats, STATS_DIVERT_QOS, divert_qos),
	U64(stats, STATS_DIVERT_OTHER, divert_other),
	U64(stats, STATS_GATE_WAITS, gate_waits),
	U64(stats, STATS_DROP_QUEUE_FULL, drop_queue_full),
	U64(stats, STATS_DROP_OVERSIZE, drop_oversize),
	U64(stats, STATS_DROP_NOMEM, drop_nomem),
	U64(stats, STATS_DROP_EXPIRED, drop_expired),
	U64(stats, STATS_DROP_NO_SUBSCRIBER, drop_no_subscriber),
	U64(stats, STATS_DROP_ACL, drop_acl),
	U64(stats, STATS_DROP_PORT_FULL, drop_port_full),
	U64(stats, STATS_PACKET_OUT, packet_out),
	U64(stats, STATS_DELIVER_PACKET_OUT, deliver_packet_out),
	U64(stats, STATS_DELIVER_PACKET_OUT_BYTES, deliver_packet_out_bytes),
	U64(stats, STATS_TX_PARTIAL, tx_partial),
	U64(stats, STATS_KEEPALIVE_EXPIRED, keepalive_expired),
	U64(stats, STATS_QUEUED_BYTES, queued_bytes),
	U64(stats, STATS_RATE_WAITS, rate_waits),
	U64(stats, STATS_RATE_ENDS, rate_ends),
	U64(stats, STATS_CONN_BYTES, conn_bytes),
	U64(stats, STATS_FLOW_BYTES, flow_bytes),
	U64(stats, STATS_GROUP_BYTES, group_bytes),
	U64(stats, STATS_MEMBER_BYTES, member_bytes),
	U64(stats, STATS_ALIASES, aliases),
	U64(stats, STATS_ALIAS_BYTES, alias_bytes),
	U64(stats, STATS_DIVERT_ALIAS, divert_alias),
	U64(stats, STATS_DIVERT_PROPERTIES, divert_properties),
	U64(stats, STATS_DIVERT_PAYLOAD, divert_payload),
};

SET(stats, mqtt_stats);

static const struct mqtt_attr event_attrs[MQTT_A_EVENT_MAX + 1] = {
	NAMED(event_msg, EVENT_TYPE, type, U32, ENUM, mqtt_event_names),
	U32(event_msg, EVENT_CONN, conn),
	BLOB(event_msg, EVENT_COOKIE, cookie, HEX),
};

SET(event, mqtt_event_msg);

static const struct {
	const char *name;
	const struct mqtt_attr_set *set;
} commands[MQTT_CMD_MAX + 1] = {
	[MQTT_CMD_REGISTER] = { "register", &mqtt_owner_set },
	[MQTT_CMD_CONN_ADD] = { "conn-add", &mqtt_conn_set },
	[MQTT_CMD_CONN_DEL] = { "conn-del", &mqtt_conn_set },
	[MQTT_CMD_CONN_SET] = { "conn-set", &mqtt_conn_set },
	[MQTT_CMD_CONN_GET] = { "conn-get", &mqtt_conn_set },
	[MQTT_CMD_CONN_CLAIM] = { "conn-claim", &mqtt_conn_set },
	[MQTT_CMD_FLOW_ADD] = { "flow-add", &mqtt_flow_set },
	[MQTT_CMD_FLOW_DEL] = { "flow-del", &mqtt_flow_set },
	[MQTT_CMD_FLOW_GET] = { "flow-get", &mqtt_flow_set },
	[MQTT_CMD_GROUP_ADD] = { "group-add", &mqtt_group_set },
	[MQTT_CMD_GROUP_DEL] = { "group-del", &mqtt_group_set },
	[MQTT_CMD_GROUP_GET] = { "group-get", &mqtt_group_set },
	[MQTT_CMD_MEMBER_ADD] = { "member-add", &mqtt_member_set },
	[MQTT_CMD_MEMBER_DEL] = { "member-del", &mqtt_member_set },
	[MQTT_CMD_MEMBER_GET] = { "member-get", &mqtt_member_set },
	[MQTT_CMD_BARRIER] = { "barrier", &mqtt_owner_set },
	[MQTT_CMD_LIMITS_GET] = { "limits-get", &mqtt_limits_set },
	[MQTT_CMD_LIMITS_SET] = { "limits-set", &mqtt_limits_set },
	[MQTT_CMD_STATS_GET] = { "stats-get", &mqtt_stats_set },
	[MQTT_CMD_DRAIN] = { "drain", &mqtt_owner_set },
	[MQTT_CMD_EVENT] = { "event", &mqtt_event_set },
	[MQTT_CMD_OWNER_GET] = { "owner-get", &mqtt_owner_set },
};

const char *mqtt_name(const struct mqtt_names *names, uint64_t value)
{
	return value < names->nr ? names->name[value] : NULL;
}

const char *mqtt_cmd_name(unsigned int cmd)
{
	return cmd <= MQTT_CMD_MAX && commands[cmd].name ? commands[cmd].name : "unknown";
}

const struct mqtt_attr_set *mqtt_cmd_set(unsigned int cmd)
{
	return cmd <= MQTT_CMD_MAX ? commands[cmd].set : NULL;
}

unsigned int mqtt_attr_find(const struct mqtt_attr_set *set, const char *name)
{
	for (unsigned int i = 1; i <= set->max; i++)
		if (set->attr[i].name && !strcmp(set->attr[i].name, name))
			return i;
	return 0;
}

uint64_t mqtt_attr_number(const struct mqtt_attr *attr, const void *obj)
{
	const void *p = (const char *)obj + attr->offset;

	switch (attr->type) {
	case MQTT_ATTR_U8:
		return *(const uint8_t *)p;
	case MQTT_ATTR_U16:
		return *(const uint16_t *)p;
	case MQTT_ATTR_U32:
		return *(const uint32_t *)p;
	case MQTT_ATTR_U64:
		return *(const uint64_t *)p;
	}
	return 0;
}

int mqtt_attr_set_number(const struct mqtt_attr *attr, void *obj, uint64_t value)
{
	void *p = (char *)obj + attr->offset;

	switch (attr->type) {
	case MQTT_ATTR_U8:
		if (value > UINT8_MAX)
			return -ERANGE;
		*(uint8_t *)p = value;
		return 0;
	case MQTT_ATTR_U16:
		if (value > UINT16_MAX)
			return -ERANGE;
		*(uint16_t *)p = value;
		return 0;
	case MQTT_ATTR_U32:
		if (value > UINT32_MAX)
			return -ERANGE;
		*(uint32_t *)p = value;
		return 0;
	case MQTT_ATTR_U64:
		*(uint64_t *)p = value;
		return 0;
	}
	return -EINVAL;
}
