/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside of the kernel data path: registration and tables (datapath_kernel.c),
 * what it is told of a client (datapath_conn.c), the flows that were installed
 * (flow.c), the port (port.c), who gets what goes down there (port_address.c),
 * and waiting for the module (datapath_watch.c).
 */
#ifndef MQTTD_DATAPATH_KERNEL_H
#define MQTTD_DATAPATH_KERNEL_H

#include <linux/mqtt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acl_class;
struct cJSON;
struct client;
struct filter;
struct flow;
struct mqtt_conn;
struct publish;
struct route;
struct run;
struct session;
struct sub;
struct subids;

/* Lowest value of the module's fast_max. */
#define FAST_MAX_LEAST	64u

/**
 * kernel_describe_conn() - what the module has to know of a client
 * @c: client with its session
 * @conn: filled in, to be added; refers to the session
 */
void kernel_describe_conn(const struct client *c, struct mqtt_conn *conn);

/**
 * kernel_start() - register as the owner of the data path
 *
 * Return: 0, or -errno: -ENOENT without the module.
 */
int kernel_start(void);

/**
 * kernel_version() - version of the module
 *
 * Return: its version, while registered.
 */
const char *kernel_version(void);

/**
 * kernel_lost() - note that the data path does not answer any more
 *
 * Acted upon at the end of the turn.
 */
void kernel_lost(void);

/**
 * kernel_watch() - call a function when the module is loaded
 * @fn: function
 */
void kernel_watch(void (*fn)(void));

/**
 * kernel_unwatch() - stop waiting
 */
void kernel_unwatch(void);

/**
 * struct kernel_merged - a client whose filters overlap in a flow
 * @session: its session
 * @conn: its conn
 * @qos: highest QoS granted
 * @no_local: it does not get what it publishes itself
 * @ids: subscription identifiers
 * @nr_ids: number of them
 */
struct kernel_merged {
	struct session *session;
	uint32_t conn;
	uint8_t qos;
	bool no_local;
	uint32_t ids[MQTT_MEMBER_IDS_MAX];
	uint32_t nr_ids;
};

/**
 * struct kernel_flow_key - which flow, and whether it is one that denies
 * @acl_class: class of the publishers
 * @deny: they may not publish here
 * @topic: its topic
 * @len: length of @topic
 */
struct kernel_flow_key {
	uint32_t acl_class;
	bool deny;
	const char *topic;
	size_t len;
};

/**
 * kernel_queue_flow() - install or replace a flow
 * @flow: the flow, must stay until the next commit
 * @key: what the module knows it by
 * @groups: groups of all matching filters
 * @nr_groups: their number
 * @merged: clients with overlapping filters
 * @nr_merged: their number
 */
void kernel_queue_flow(struct flow *flow, const struct kernel_flow_key *key,
		       const uint32_t *groups, uint32_t nr_groups,
		       const struct kernel_merged *merged, uint32_t nr_merged);

/**
 * kernel_queue_flow_del() - remove a flow
 * @acl_class: class of its publishers
 * @topic: its topic
 * @len: length of @topic
 */
void kernel_queue_flow_del(uint32_t acl_class, const char *topic, size_t len);

/**
 * kernel_queue_member() - add or update the membership of an attached client
 * @sub: subscription
 */
void kernel_queue_member(struct sub *sub);

/**
 * flows_init() - no flows yet
 */
void flows_init(void);

/**
 * flows_exit() - forget all flows, without telling the kernel
 */
void flows_exit(void);

/**
 * flows_count() - number of flows
 *
 * Return: those believed to be installed.
 */
uint32_t flows_count(void);

/**
 * flow_learn() - install a flow unless there is one
 * @class: class of the publisher, NULL for who may publish everything
 * @topic: valid topic name
 * @len: its length
 */
void flow_learn(struct acl_class *class, const char *topic, size_t len);

/**
 * flow_forget() - a flow was not installed after all
 * @flow: the flow
 */
void flow_forget(struct flow *flow);

/**
 * flow_evict() - remove a flow that is not needed
 * @acl_class: number of the class of its publishers
 * @topic: its topic
 * @len: length of @topic
 */
void flow_evict(uint32_t acl_class, const char *topic, size_t len);

/**
 * flows_retire() - remove the flows of classes that no session is in any more
 */
void flows_retire(void);

/**
 * flows_committed() - free what had to stay until the commit
 */
void flows_committed(void);

/**
 * flows_filter_new() - a filter has got a group: bring all flows it matches up
 *	to date
 * @filter: the filter
 */
void flows_filter_new(struct filter *filter);

/**
 * flows_filter_gone() - a filter is about to lose its group
 * @filter: the filter
 */
void flows_filter_gone(struct filter *filter);

/**
 * flows_unserve() - remove all flows a filter matches
 * @filter: a filter with subscribers that the kernel cannot serve
 */
void flows_unserve(struct filter *filter);

/**
 * flows_overlap() - bring flows up to date in which a subscription overlaps
 *	others of its session
 * @sub: subscription that was added to, or is being taken out of, a group
 *
 * Return: true if there are such flows.
 */
bool flows_overlap(struct sub *sub);

/**
 * port_open() - use a port
 * @fd: its descriptor, owned from now on
 * @fast_max: longest packet that comes up
 * @packet_max: longest packet that may go down
 */
void port_open(int fd, uint32_t fast_max, uint32_t packet_max);

/**
 * port_close() - close the port
 */
void port_close(void);

/**
 * struct port_out - where packets are to be fanned out
 * @conn: the publisher's conn, 0 if it has none
 * @qos0: only to members granted QoS 0
 * @v5: the packets are of MQTT 5.0
 * @retain: with RETAIN; without groups only
 * @expires: they have a Message Expiry Interval, all the same
 * @groups: groups
 * @nr_groups: their number
 * @conns: further conns
 * @nr_conns: their number
 * @ids: identifiers for @conns, not more than MQTT_MEMBER_IDS_MAX; without
 *	groups only
 */
struct port_out {
	uint32_t conn;
	bool qos0;
	bool v5;
	bool retain;
	bool expires;
	const uint32_t *groups;
	uint32_t nr_groups;
	const uint32_t *conns;
	uint32_t nr_conns;
	const struct subids *ids;
};

/**
 * port_publish() - have QoS 0 packets fanned out to all attached receivers
 * @route: where they go
 * @pub: what was published
 * @run: the packets, not longer than port_fits() allows
 *
 * Return: false, with nothing done, when the module cannot serve them all as
 * they have asked for.
 */
bool port_publish(const struct route *route, const struct publish *pub,
		  const struct run *run);

/**
 * port_address_overlaps() - queue what port_publish() relies on
 * @route: where a message goes
 * @pub: the message
 *
 * A member that is named too is only skipped in its groups if it says so; the
 * changes must be committed before the message is written.
 */
void port_address_overlaps(const struct route *route,
			   const struct publish *pub);

/**
 * port_address_exit() - free what port_publish() keeps
 */
void port_address_exit(void);

/**
 * port_fits() - may a packet of this length go down?
 * @len: length of the packet
 *
 * Return: true if so.
 */
bool port_fits(uint32_t len);

/**
 * port_packets_out() - have QoS 0 packets fanned out
 * @to: where to
 * @p: the packets
 * @len: their length together
 */
void port_packets_out(const struct port_out *to, const uint8_t *p,
		      uint32_t len);

/**
 * port_gate_ack() - acknowledge diverted packets
 * @conn: the conn
 * @seq: number of the last one handled
 */
void port_gate_ack(uint32_t conn, uint64_t seq);

/**
 * port_flush() - write what was queued
 */
void port_flush(void);

/**
 * port_drain() - deliver everything that has come up
 */
void port_drain(void);

/**
 * port_status() - add the port's counters
 * @json: object to add to
 */
void port_status(struct cJSON *json);

#endif /* MQTTD_DATAPATH_KERNEL_H */
