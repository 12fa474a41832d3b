/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_GROUP_H
#define _MQTT_GROUP_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/xarray.h>

struct mqtt_conn;
struct mqtt_net;
struct mqtt_sub_ids;
struct netlink_ext_ack;

/*
 * Flags of a member that are not the owner's: what form of a publish it gets.
 * A member whose flags are those of the publisher's level, and no others, gets
 * what was received.
 */
#define MQTT_MEMBER_LEVEL5	BIT(31)		/* protocol level 5 */
#define MQTT_MEMBER_IDS		BIT(30)		/* Subscription Identifiers */
#define MQTT_MEMBER_FORM	(MQTT_MEMBER_LEVEL5 | MQTT_MEMBER_IDS)

/**
 * struct mqtt_group - the subscribers of one topic filter
 *
 * @ref: the table's, and one for each flow
 * @rcu: freed after readers
 * @id: identifier
 * @nr_members: members (under mqtt_net.lock)
 * @flags: MQTT_GROUP_F_*
 * @turn: of a shared group: identifier of the member served last; any
 *	publisher's worker moves it on
 * @nr_flows: flows in the table that name it (under mqtt_net.lock)
 * @members: members by conn identifier, 0 being the port, for RCU readers. The
 *	index lets an interrupted fan-out go on without holding anything.
 * @only: its one member, for RCU readers; NULL if there are none or more
 * @filter_len: length of @filter
 * @filter: topic filter, only shown
 */
struct mqtt_group {
	refcount_t ref;
	struct rcu_head rcu;
	u32 id;
	u32 nr_members;
	u32 nr_flows;
	u32 flags;
	u32 turn;
	struct xarray members;
	struct mqtt_member __rcu *only;
	u32 filter_len;
	u8 filter[];
};

/**
 * struct mqtt_member - a conn, or the port, in a group
 *
 * @conn: conn, or NULL for the port
 * @group: group
 * @link: entry in the conn's list (under mqtt_net.lock)
 * @rcu: freed after readers, when it is in no list any more
 * @ids: Subscription Identifiers, or NULL (changed under mqtt_net.lock)
 * @flags: MQTT_MEMBER_F_*, MQTT_MEMBER_LEVEL5, MQTT_MEMBER_IDS; changed in
 *	place
 * @qos: granted QoS; changed in place
 */
struct mqtt_member {
	struct mqtt_conn *conn;
	struct mqtt_group *group;
	union {
		struct list_head link;
		struct rcu_head rcu;
	};
	struct mqtt_sub_ids __rcu *ids;
	u32 flags;
	u8 qos;
};

/**
 * mqtt_member_index() - where a member is in its group
 * @member: member
 *
 * Context: any. Return: its index in the group's members.
 */
unsigned long mqtt_member_index(const struct mqtt_member *member);

/**
 * mqtt_group_find() - look a group up
 * @mn: namespace
 * @id: identifier
 *
 * Context: RCU read side, or @mn->lock held. Return: group or NULL.
 */
struct mqtt_group *mqtt_group_find(struct mqtt_net *mn, u32 id);

/**
 * mqtt_group_add() - make a group; a new table generation begins
 * @mn: namespace
 * @id: identifier
 * @filter: topic filter
 * @filter_len: its length
 * @flags: MQTT_GROUP_F_*
 * @extack: for the text of a refusal
 *
 * Context: process, @mn->lock held.
 * Return: 0, -EEXIST, -ENOSPC, -ENOMEM.
 */
int mqtt_group_add(struct mqtt_net *mn, u32 id, const u8 *filter,
		   u32 filter_len, u32 flags, struct netlink_ext_ack *extack);

/**
 * mqtt_group_del() - remove a group with its members
 * @mn: namespace
 * @group: group in the table that no flow names
 *
 * Context: process, @mn->lock held.
 */
void mqtt_group_del(struct mqtt_net *mn, struct mqtt_group *group);

/**
 * mqtt_group_flush() - remove all groups; all flows are gone
 * @mn: namespace
 *
 * Context: process, @mn->lock held.
 */
void mqtt_group_flush(struct mqtt_net *mn);

/**
 * mqtt_group_flows() - count flows that name groups
 * @groups: groups
 * @nr: number of them
 * @by: 1 or -1
 *
 * Context: mqtt_net.lock held.
 */
void mqtt_group_flows(struct mqtt_group **groups, u32 nr, int by);

/**
 * mqtt_member_form() - flags that say what form of a publish a conn gets
 * @conn: conn, or NULL for the port
 * @ids: its Subscription Identifiers, or NULL
 *
 * Context: any. Return: MQTT_MEMBER_LEVEL5, MQTT_MEMBER_IDS, or neither: only
 * level 5 has identifiers.
 */
u32 mqtt_member_form(const struct mqtt_conn *conn,
		     const struct mqtt_sub_ids *ids);

/**
 * mqtt_member_add() - put a conn or the port into a group
 * @mn: namespace
 * @group: group
 * @conn: conn, or NULL for the port
 * @qos: granted QoS
 * @flags: MQTT_MEMBER_F_*
 * @ids: Subscription Identifiers, or NULL; a reference is taken
 * @replace: update a member that is there
 * @extack: for the text of a refusal
 *
 * Context: process, @mn->lock held.
 * Return: 0, -EEXIST, -ENOSPC, -ENOENT (conn ended), -EOPNOTSUPP (the port in a
 * shared group), -ENOMEM.
 */
int mqtt_member_add(struct mqtt_net *mn, struct mqtt_group *group,
		    struct mqtt_conn *conn, u8 qos, u32 flags,
		    struct mqtt_sub_ids *ids, bool replace,
		    struct netlink_ext_ack *extack);

/**
 * mqtt_member_del() - take a member out
 * @mn: namespace
 * @member: member
 *
 * Context: process, @mn->lock held.
 */
void mqtt_member_del(struct mqtt_net *mn, struct mqtt_member *member);

/**
 * mqtt_member_del_conn() - take a conn out of all its groups
 * @conn: conn
 *
 * Context: process, mqtt_net.lock held.
 */
void mqtt_member_del_conn(struct mqtt_conn *conn);

/**
 * mqtt_group_init() - make the cache of members
 *
 * Context: module init. Return: 0 or -ENOMEM.
 */
int mqtt_group_init(void);

/**
 * mqtt_group_exit() - free it
 *
 * Context: module exit; waits for RCU callbacks.
 */
void mqtt_group_exit(void);

/**
 * mqtt_group_put() - drop a reference
 * @group: group
 *
 * Context: any.
 */
void mqtt_group_put(struct mqtt_group *group);

static inline struct mqtt_group *mqtt_group_get(struct mqtt_group *group)
{
	refcount_inc(&group->ref);
	return group;
}

#endif /* _MQTT_GROUP_H */
