// SPDX-License-Identifier: GPL-2.0
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib_mqtt.h"
#include "lib_sock.h"
#include "lib_world.h"

void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	printf("\n");
	fflush(stdout);
	va_end(args);
	_exit(1);
}

void check(struct mqtt_nl *nl, int ret, const char *what)
{
	if (ret < 0)
		die("%s: %s (%d)", what, mqtt_nl_error(nl), ret);
}

void world_netns(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		die("unshare: %m");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		die("lo up: %m");
	close(fd);
}

void world_register(struct world *w)
{
	struct mqtt_owner owner;
	int err = mqtt_nl_open(&w->nl);

	if (err)
		die("mqtt_nl_open: %s", strerror(-err));
	check(w->nl, mqtt_nl_register(w->nl, &owner), "register");
	w->port = owner.port_fd;
	w->gen = owner.table_gen;
	w->groups = 0;
}

void world_open(struct world *w)
{
	world_netns();
	world_register(w);
}

void world_close(struct world *w)
{
	mqtt_nl_close(w->nl);
	w->nl = NULL;
	if (w->port >= 0)
		close(w->port);
	w->port = -1;
}

uint32_t world_attach_with(struct world *w, int fd, struct mqtt_conn *conn)
{
	uint32_t id = 0;

	conn->present |= MQTT_BIT(MQTT_A_CONN_FD);
	conn->fd = fd;
	if (!MQTT_HAS(conn, MQTT_A_CONN_PROTOCOL_LEVEL)) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL);
		conn->protocol_level = 4;
	}
	check(w->nl, mqtt_nl_conn_add(w->nl, conn, &id), "conn add");
	return id;
}

uint32_t world_attach(struct world *w, int fd)
{
	struct mqtt_conn conn = {};

	return world_attach_with(w, fd, &conn);
}

int world_try_attach(struct world *w, int fd)
{
	const struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_FD) | MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL),
		.fd = fd,
		.protocol_level = 4,
	};
	uint32_t id;

	return mqtt_nl_conn_add(w->nl, &conn, &id);
}

uint32_t world_client(struct world *w, struct tcp *t)
{
	tcp_open(t, NULL);
	return world_attach(w, t->s);
}

uint32_t world_client5(struct world *w, struct tcp *t, uint32_t max_packet)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL) |
			   MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE),
		.protocol_level = 5,
		.max_packet_size = max_packet,
	};

	tcp_open(t, NULL);
	return world_attach_with(w, t->s, &conn);
}

void world_greet(struct tcp *t)
{
	sock_send(t->s, "\x20\x02\x00\x00", 4);
	sock_expect(t->c, "\x20\x02\x00\x00", 4);
}

uint32_t world_group(struct world *w, const char *filter)
{
	const struct mqtt_blob blob = { filter, strlen(filter) };

	check(w->nl, mqtt_nl_group_add(w->nl, ++w->groups, blob, 0), "group add");
	w->gen++;
	return w->groups;
}

void world_member(struct world *w, uint32_t group, uint32_t conn, uint8_t qos, uint32_t flags)
{
	const struct mqtt_member member = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN) |
			   MQTT_BIT(MQTT_A_MEMBER_QOS) | MQTT_BIT(MQTT_A_MEMBER_FLAGS),
		.group = group,
		.conn = conn,
		.qos = qos,
		.flags = flags,
	};

	check(w->nl, mqtt_nl_member_add(w->nl, &member, 0), "member add");
}

int world_try_flow(struct world *w, struct mqtt_flow *flow, unsigned int flags)
{
	if (!MQTT_HAS(flow, MQTT_A_FLOW_TABLE_GEN)) {
		flow->present |= MQTT_BIT(MQTT_A_FLOW_TABLE_GEN);
		flow->table_gen = w->gen;
	}
	return mqtt_nl_flow_add(w->nl, flow, flags);
}

void world_flow(struct world *w, const char *topic, uint32_t group)
{
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC),
		.topic = { topic, strlen(topic) },
	};

	if (group) {
		flow.present |= MQTT_BIT(MQTT_A_FLOW_GROUPS);
		flow.groups.data = &group;
		flow.groups.len = sizeof(group);
	}
	check(w->nl, world_try_flow(w, &flow, 0), "flow add");
}

uint32_t world_subscribe(struct world *w, const char *topic, uint32_t conn)
{
	uint32_t group = world_group(w, topic);

	world_member(w, group, conn, 0, 0);
	world_flow(w, topic, group);
	return group;
}

void world_limit(struct world *w, unsigned int attr, uint64_t value)
{
	struct mqtt_limits limits = { .present = MQTT_BIT(attr) };

	if (mqtt_attr_set_number(&mqtt_limits_set.attr[attr], &limits, value))
		die("limit %u does not take %llu", attr, (unsigned long long)value);
	check(w->nl, mqtt_nl_limits_set(w->nl, &limits), "limits set");
}

struct mqtt_stats world_stats(struct world *w)
{
	struct mqtt_stats stats;

	check(w->nl, mqtt_nl_stats_get(w->nl, &stats), "stats get");
	return stats;
}

struct mqtt_conn world_conn(struct world *w, uint32_t id)
{
	struct mqtt_conn conn;

	check(w->nl, mqtt_nl_conn_get(w->nl, id, &conn), "conn get");
	return conn;
}

void record_out(struct buf *b, const struct packet_out *o, const void *p, size_t len)
{
	const struct mqtt_port_hdr hdr = {
		.len = sizeof(hdr) + len +
		       (o->nr_groups + o->nr_conns + o->nr_sub_ids) * sizeof(uint32_t),
		.type = MQTT_PORT_PACKET_OUT,
		.flags = o->flags,
		.nr_groups = o->nr_groups,
		.conn = o->conn,
		.nr_conns = o->nr_conns,
		.nr_sub_ids = o->nr_sub_ids,
	};

	buf_add(b, &hdr, sizeof(hdr));
	buf_add(b, o->groups, o->nr_groups * sizeof(uint32_t));
	buf_add(b, o->conns, o->nr_conns * sizeof(uint32_t));
	buf_add(b, o->sub_ids, o->nr_sub_ids * sizeof(uint32_t));
	buf_add(b, p, len);
	buf_add(b, NULL, MQTT_PORT_ALIGN(hdr.len) - hdr.len);
}

void record_ack(struct buf *b, uint32_t conn, uint64_t seq)
{
	const struct mqtt_port_hdr hdr = {
		.len = sizeof(hdr),
		.type = MQTT_PORT_GATE_ACK,
		.conn = conn,
		.seq = seq,
	};

	buf_add(b, &hdr, sizeof(hdr));
}

void world_ack(struct world *w, uint32_t conn, uint64_t seq)
{
	struct buf b = {};

	record_ack(&b, conn, seq);
	if (write(w->port, b.p, b.len) != (ssize_t)b.len)
		die("gate ack: %m");
	buf_free(&b);
}

void world_fence(struct world *w, struct tcp *pub)
{
	static uint16_t pid;
	struct buf b = {};

	(void)w;
	buf_puback(&b, ++pid);
	sock_send(pub->c, b.p, b.len);
	sock_expect(pub->s, b.p, b.len);
	buf_free(&b);
}

void world_expect(struct tcp *sub, const void *p, size_t len)
{
	static uint16_t pid = 0x8000;
	struct buf b = {};

	buf_puback(&b, ++pid | 0x8000);
	sock_send(sub->s, b.p, b.len);
	sock_expect(sub->c, p, len);
	sock_expect(sub->c, b.p, b.len);
	buf_free(&b);
}

uint64_t sysfs_stat(const char *name)
{
	unsigned long long value;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/mqtt/stats/%s", name);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &value) != 1)
		die("%s: %m", path);
	fclose(f);
	return value;
}

unsigned int scale(unsigned int few, unsigned int many)
{
	return getenv("LONG") ? many : few;
}

bool kernel_is_debug(void)
{
	struct utsname u;

	return !uname(&u) && strstr(u.release, "debug");
}
