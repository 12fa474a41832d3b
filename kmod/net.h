/* SPDX-License-Identifier: GPL-2.0 */
/* What the module keeps for each network namespace. */
#ifndef _MQTT_NET_H
#define _MQTT_NET_H

#include <linux/mutex.h>
#include <linux/percpu_counter.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "stats.h"

struct mqtt_port;
struct netlink_ext_ack;

/**
 * struct mqtt_limits - hard limits of a namespace
 *
 * The fields are those of enum mqtt_a_limits. Written under mqtt_net.lock, read
 * anywhere with READ_ONCE().
 */
struct mqtt_limits {
	u64 topic_bytes_max;
	u64 tx_total_max;
	u32 conns_max;
	u32 flows_max;
	u32 groups_max;
	u32 members_max;
	u32 topic_max;
	u32 fast_max;
	u32 tx_conn_max;
	u32 tx_daemon_max;
	u32 port_queue_max;
	u32 port_packet_max;
	u32 tx_usecs;
	u32 tx_frames;
	u8 pingresp;
};

/**
 * struct mqtt_net - one namespace's data path
 *
 * @lock: serialises every change of the tables and of ownership
 * @list: entry in the list of all namespaces
 * @net: the namespace
 * @owner: netlink port of the owner, 0 for none
 * @drained: new conns and registrations are refused
 * @table_gen: rises with every group made or removed
 * @conns: conns by identifier, for RCU readers
 * @conn_next: where the search for the next identifier starts
 * @groups: groups by identifier
 * @flow_ids: flows by identifier, for dumps
 * @flow_next: where the search for the next identifier starts
 * @flows: flows by {ACL class, topic}, for RCU readers
 * @topic_bytes: bytes of all topics and filters
 * @nr_conns: attached sockets; falls only when the last descriptor is closed
 * @nr_flows: flows
 * @nr_groups: groups
 * @nr_members: members of all groups
 * @conn_bytes: bytes allocated for conns
 * @flow_bytes: bytes allocated for flows
 * @group_bytes: bytes allocated for groups
 * @aliases: Topic Aliases that conns know; changed by their workers
 * @alias_bytes: bytes allocated for them; likewise
 * @nr_attached: sockets that pin the module, ended ones included
 * @port: the owner's port, or NULL
 * @nr_ports: open port files, revoked ones included
 * @queued_bytes: bytes of module frames queued on all conns
 * @stats: counters
 * @limits: limits in force
 *
 * Fields without a note are protected by @lock.
 */
struct mqtt_net {
	struct mutex lock;
	struct list_head list;
	struct net *net;
	u32 owner;
	bool drained;
	u32 table_gen;
	struct xarray conns;
	u32 conn_next;
	struct xarray groups;
	struct xarray flow_ids;
	u32 flow_next;
	struct rhashtable flows;
	u64 topic_bytes;
	u32 nr_conns;
	u32 nr_flows;
	u32 nr_groups;
	u32 nr_members;
	u32 nr_attached;
	size_t conn_bytes;
	size_t flow_bytes;
	size_t group_bytes;
	atomic_long_t aliases;
	atomic_long_t alias_bytes;
	struct mqtt_port __rcu *port;
	u32 nr_ports;
	struct percpu_counter queued_bytes;
	struct mqtt_pcpu_stats __percpu *stats;
	struct mqtt_limits limits;
};

/**
 * mqtt_net() - the data path of a namespace
 * @net: namespace
 *
 * Context: any, while the namespace is alive.
 * Return: never NULL once the module is loaded.
 */
struct mqtt_net *mqtt_net(const struct net *net);

/**
 * mqtt_net_for_each() - call a function for every namespace
 * @fn: may sleep
 * @arg: passed on
 *
 * Context: may sleep; takes the lock of the namespace list.
 */
void mqtt_net_for_each(void (*fn)(struct mqtt_net *mn, void *arg), void *arg);

/**
 * mqtt_net_register() - make a netlink socket the owner
 * @mn: namespace
 * @portid: the netlink socket's port
 * @port: the owner's port; its reference is consumed on success
 * @extack: for the text of a refusal
 *
 * Context: process, @mn->lock held.
 * Return: 0, -EBUSY, -ESHUTDOWN.
 */
int mqtt_net_register(struct mqtt_net *mn, u32 portid, struct mqtt_port *port,
		      struct netlink_ext_ack *extack);

/**
 * mqtt_net_release_owner() - the owner is gone: shut its conns, empty the tables
 * @mn: namespace
 *
 * Context: process, @mn->lock held.
 */
void mqtt_net_release_owner(struct mqtt_net *mn);

/**
 * mqtt_net_drain() - get ready for unloading, or end that state
 * @mn: namespace
 * @on: begin or end
 *
 * Context: process, @mn->lock held.
 */
void mqtt_net_drain(struct mqtt_net *mn, bool on);

/**
 * mqtt_net_is_drained() - is nothing left that pins the module?
 * @mn: namespace
 *
 * Context: @mn->lock held.
 * Return: true once drained and the last conn and port are closed.
 */
bool mqtt_net_is_drained(const struct mqtt_net *mn);

/**
 * mqtt_net_init() - register the per-namespace state
 *
 * Context: module init. Return: 0 or -errno.
 */
int mqtt_net_init(void);

/**
 * mqtt_net_exit() - unregister and free it
 *
 * Context: module exit.
 */
void mqtt_net_exit(void);

#define mqtt_stat_add(mn, name, n)	\
	mqtt_stats_add_to((mn)->stats, MQTT_STAT_##name, (n))
#define mqtt_stat_inc(mn, name)		mqtt_stat_add(mn, name, 1)

#endif /* _MQTT_NET_H */
