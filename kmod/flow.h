/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_FLOW_H
#define _MQTT_FLOW_H

#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/string.h>

struct mqtt_group;
struct mqtt_net;
struct mqtt_sub_ids;
struct netlink_ext_ack;

/**
 * struct mqtt_flow_stats - what a flow has seen; outlives a replacement
 *
 * @ref: flows that share it
 * @hits: publishes that hit
 * @bytes: their bytes
 * @used: jiffies of the last hit, or of the installation
 */
struct mqtt_flow_stats {
	refcount_t ref;
	atomic64_t hits;
	atomic64_t bytes;
	unsigned long used;
};

/**
 * struct mqtt_merged - a conn that is in more than one group of a flow
 *
 * @conn: identifier; it may be gone
 * @qos: highest QoS granted
 * @flags: MQTT_MEMBER_F_*; in a flow also the flags of mqtt_member_form()
 * @ids: Subscription Identifiers of all its subscriptions, referenced, or NULL
 */
struct mqtt_merged {
	u32 conn;
	u8 qos;
	u32 flags;
	struct mqtt_sub_ids *ids;
};

/**
 * struct mqtt_flow - {ACL class, topic} -> groups; immutable but for @dead
 *
 * @node: entry in mqtt_net.flows
 * @rcu: freed after readers
 * @ref: the table's, and one for each frame and each conn that caches it
 * @dead: no longer in the table: look it up again
 * @id: identifier
 * @acl_class: part of the key
 * @flags: MQTT_FLOW_F_*
 * @topic_len: length of @topic
 * @nr_groups: groups
 * @nr_merged: merged members
 * @groups: groups, referenced
 * @merged: merged members sorted by conn
 * @stats: counters
 * @topic: part of the key, valid UTF-8
 */
struct mqtt_flow {
	struct rhash_head node;
	struct rcu_head rcu;
	refcount_t ref;
	bool dead;
	u32 id;
	u32 acl_class;
	u32 flags;
	u32 topic_len;
	u32 nr_groups;
	u32 nr_merged;
	struct mqtt_group **groups;
	struct mqtt_merged *merged;
	struct mqtt_flow_stats *stats;
	u8 topic[];
};

/**
 * struct mqtt_flow_params - a flow to install
 *
 * @topic: topic name
 * @topic_len: its length, 1 to 65,535
 * @acl_class: of the publishers
 * @table_gen: generation it was computed from
 * @flags: MQTT_FLOW_F_*
 * @groups: identifiers
 * @nr_groups: number of them, up to MQTT_FLOW_GROUPS_MAX
 * @merged: merged members in any order; gets sorted
 * @nr_merged: number of them, up to MQTT_FLOW_MERGED_MAX
 * @create: make it if it is not there
 * @replace: replace it if it is there
 */
struct mqtt_flow_params {
	const u8 *topic;
	u32 topic_len;
	u32 acl_class;
	u32 table_gen;
	u32 flags;
	const u32 *groups;
	u32 nr_groups;
	struct mqtt_merged *merged;
	u32 nr_merged;
	bool create;
	bool replace;
};

/**
 * mqtt_flow_lookup() - find the flow of a publish
 * @mn: namespace
 * @acl_class: ACL class of the publisher
 * @topic: topic name
 * @topic_len: its length
 *
 * Context: process.
 * Return: flow with a reference, or NULL.
 */
struct mqtt_flow *mqtt_flow_lookup(struct mqtt_net *mn, u32 acl_class,
				   const u8 *topic, u32 topic_len);

/**
 * mqtt_flow_exists() - is there a flow of a publish?
 * @mn: namespace
 * @acl_class: ACL class of the publisher
 * @topic: topic name
 * @topic_len: its length
 *
 * Context: any. Return: true if there is one now.
 */
bool mqtt_flow_exists(struct mqtt_net *mn, u32 acl_class, const u8 *topic,
		      u32 topic_len);

/**
 * mqtt_flow_is() - is this the flow of a publish?
 * @flow: a flow, or NULL
 * @acl_class: ACL class of the publisher
 * @topic: topic name
 * @topic_len: its length
 *
 * Context: any. Return: true if it is, and is still in force.
 */
static inline bool mqtt_flow_is(const struct mqtt_flow *flow, u32 acl_class,
				const u8 *topic, u32 topic_len)
{
	return flow && flow->topic_len == topic_len &&
	       flow->acl_class == acl_class && !READ_ONCE(flow->dead) &&
	       !memcmp(flow->topic, topic, topic_len);
}

/**
 * mqtt_flow_merged() - the merged member of a conn
 * @flow: flow
 * @conn: identifier
 *
 * Context: any. Return: merged member or NULL.
 */
const struct mqtt_merged *mqtt_flow_merged(const struct mqtt_flow *flow,
					   u32 conn);

/**
 * mqtt_flow_add() - install or replace a flow
 * @mn: namespace
 * @params: what
 * @extack: for the text of a refusal
 *
 * Context: process, @mn->lock held.
 * Return: 0 or -errno as MQTT_CMD_FLOW_ADD lists them.
 */
int mqtt_flow_add(struct mqtt_net *mn, const struct mqtt_flow_params *params,
		  struct netlink_ext_ack *extack);

/**
 * mqtt_flow_del() - remove a flow
 * @mn: namespace
 * @flow: flow in the table
 *
 * Context: process, @mn->lock held.
 */
void mqtt_flow_del(struct mqtt_net *mn, struct mqtt_flow *flow);

/**
 * mqtt_flow_flush() - remove all flows
 * @mn: namespace
 *
 * Context: process, @mn->lock held.
 */
void mqtt_flow_flush(struct mqtt_net *mn);

/**
 * mqtt_flow_hit() - count hits
 * @flow: flow
 * @nr: publishes
 * @bytes: their bytes
 *
 * Context: any.
 */
void mqtt_flow_hit(struct mqtt_flow *flow, u32 nr, u32 bytes);

/**
 * mqtt_flow_put() - drop a reference
 * @flow: flow or NULL
 *
 * Context: process.
 */
void mqtt_flow_put(struct mqtt_flow *flow);

static inline struct mqtt_flow *mqtt_flow_get(struct mqtt_flow *flow)
{
	refcount_inc(&flow->ref);
	return flow;
}

/**
 * mqtt_flow_table_init() - make a namespace's table
 * @mn: namespace
 *
 * Context: process. Return: 0 or -errno.
 */
int mqtt_flow_table_init(struct mqtt_net *mn);

/**
 * mqtt_flow_table_exit() - free an empty table
 * @mn: namespace
 *
 * Context: process.
 */
void mqtt_flow_table_exit(struct mqtt_net *mn);

#endif /* _MQTT_FLOW_H */
