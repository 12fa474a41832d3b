/* SPDX-License-Identifier: GPL-2.0 */
/* A network namespace of the test's own, which owns the data path in it. */
#ifndef LIB_WORLD_H
#define LIB_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "mqtt_nl.h"

struct buf;
struct tcp;

/**
 * struct world - a namespace and its owner
 * @nl: the owner's netlink handle
 * @port: the port
 * @gen: table generation
 * @groups: groups made, and identifier of the last one
 */
struct world {
	struct mqtt_nl *nl;
	int port;
	uint32_t gen;
	uint32_t groups;
};

/**
 * die() - end the test as failed
 * @fmt: why, like printf()
 */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/**
 * check() - die unless a netlink call succeeded
 * @nl: handle
 * @ret: what the call returned
 * @what: what was tried
 */
void check(struct mqtt_nl *nl, int ret, const char *what);

/**
 * world_netns() - move into a new network namespace with loopback up
 */
void world_netns(void);

/**
 * world_register() - become the owner of the present namespace
 * @w: world to fill
 */
void world_register(struct world *w);

/**
 * world_open() - a new namespace with an owner
 * @w: world to fill
 */
void world_open(struct world *w);

/**
 * world_close() - give up ownership
 * @w: world
 */
void world_close(struct world *w);

/**
 * world_attach() - attach a socket at level 4 without any attributes
 * @w: world
 * @fd: socket
 *
 * Return: its identifier.
 */
uint32_t world_attach(struct world *w, int fd);

/**
 * world_attach_with() - attach a socket
 * @w: world
 * @fd: socket
 * @conn: attributes, marked in present; fd and level 4 are added
 *
 * Return: its identifier.
 */
uint32_t world_attach_with(struct world *w, int fd, struct mqtt_conn *conn);

/**
 * world_try_attach() - attach a socket, or not
 * @w: world
 * @fd: socket
 *
 * Return: 0 or a negative errno; mqtt_nl_error() tells more.
 */
int world_try_attach(struct world *w, int fd);

/**
 * world_client() - make a connection and attach it
 * @w: world
 * @t: receives the connection
 *
 * Return: identifier of the conn.
 */
uint32_t world_client(struct world *w, struct tcp *t);

/**
 * world_client5() - the same at level 5
 * @w: world
 * @t: receives the connection
 * @max_packet: the longest packet it takes, 0 for any
 *
 * Return: identifier of the conn.
 */
uint32_t world_client5(struct world *w, struct tcp *t, uint32_t max_packet);

/**
 * world_greet() - send CONNACK: the module answers PINGREQ only after it
 * @t: attached connection
 */
void world_greet(struct tcp *t);

/**
 * world_group() - make a group
 * @w: world
 * @filter: topic filter
 *
 * Return: its identifier.
 */
uint32_t world_group(struct world *w, const char *filter);

/**
 * world_member() - put a conn into a group
 * @w: world
 * @group: group
 * @conn: conn, or MQTT_CONN_PORT
 * @qos: granted QoS
 * @flags: MQTT_MEMBER_F_*
 */
void world_member(struct world *w, uint32_t group, uint32_t conn, uint8_t qos, uint32_t flags);

/**
 * world_flow() - install a flow of ACL class 0 for one group
 * @w: world
 * @topic: topic
 * @group: group, or 0 for none
 */
void world_flow(struct world *w, const char *topic, uint32_t group);

/**
 * world_try_flow() - install a flow, or not
 * @w: world
 * @flow: attributes, marked in present; the table generation is added if absent
 * @flags: MQTT_NL_*
 *
 * Return: 0 or a negative errno.
 */
int world_try_flow(struct world *w, struct mqtt_flow *flow, unsigned int flags);

/**
 * world_subscribe() - group with one member and a flow for the same topic
 * @w: world
 * @topic: topic
 * @conn: member
 *
 * Return: the group.
 */
uint32_t world_subscribe(struct world *w, const char *topic, uint32_t conn);

/**
 * world_limit() - set one limit
 * @w: world
 * @attr: MQTT_A_LIMITS_*
 * @value: value
 */
void world_limit(struct world *w, unsigned int attr, uint64_t value);

/**
 * world_stats() - read the counters
 * @w: world
 *
 * Return: the counters.
 */
struct mqtt_stats world_stats(struct world *w);

/**
 * world_conn() - read a conn
 * @w: world
 * @id: conn
 *
 * Return: the conn; its blobs are valid until the next netlink call.
 */
struct mqtt_conn world_conn(struct world *w, uint32_t id);

/**
 * world_ack() - acknowledge diverted packets
 * @w: world
 * @conn: conn
 * @seq: number
 */
void world_ack(struct world *w, uint32_t conn, uint64_t seq);

/**
 * struct packet_out - receivers of a packet for the port
 * @conn: publisher, 0 for none
 * @flags: MQTT_PORT_F_*
 * @groups: groups
 * @nr_groups: number of them
 * @conns: conns
 * @nr_conns: number of them
 * @sub_ids: Subscription Identifiers
 * @nr_sub_ids: number of them
 */
struct packet_out {
	uint32_t conn;
	uint8_t flags;
	const uint32_t *groups;
	uint16_t nr_groups;
	const uint32_t *conns;
	uint32_t nr_conns;
	const uint32_t *sub_ids;
	uint32_t nr_sub_ids;
};

/**
 * record_out() - append a PACKET_OUT record
 * @b: buffer
 * @o: receivers
 * @p: packet
 * @len: its length
 */
void record_out(struct buf *b, const struct packet_out *o, const void *p, size_t len);

/**
 * record_ack() - append a GATE_ACK record
 * @b: buffer
 * @conn: conn
 * @seq: number
 */
void record_ack(struct buf *b, uint32_t conn, uint64_t seq);

/**
 * world_fence() - wait until what a client has sent is queued on all members
 * @w: world
 * @pub: client whose daemon has nothing else to read
 *
 * A diverted packet becomes readable after everything before it was fanned out.
 */
void world_fence(struct world *w, struct tcp *pub);

/**
 * world_expect() - a client's stream holds these bytes next, and nothing else
 * @sub: client; no daemon packet is cut
 * @p: bytes
 * @len: number of them
 */
void world_expect(struct tcp *sub, const void *p, size_t len);

/**
 * sysfs_stat() - read a counter of all namespaces
 * @name: its name
 *
 * Return: its value.
 */
uint64_t sysfs_stat(const char *name);

/**
 * scale() - how much of a load to run
 * @few: for every run of the tests
 * @many: for the long form, when $LONG is set
 *
 * Return: one of them.
 */
unsigned int scale(unsigned int few, unsigned int many);

/**
 * kernel_is_debug() - is this the debug kernel?
 *
 * Return: whether it is.
 */
bool kernel_is_debug(void);

#endif /* LIB_WORLD_H */
