// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "group.h"
#include "net.h"
#include "sub_ids.h"

/* Of its own, for kmalloc() would give each 64 bytes. */
static struct kmem_cache *mqtt_member_cache;

struct mqtt_group *mqtt_group_find(struct mqtt_net *mn, u32 id)
{
	return xa_load(&mn->groups, id);
}

static size_t mqtt_group_size(const struct mqtt_group *group)
{
	return struct_size(group, filter, group->filter_len);
}

int mqtt_group_add(struct mqtt_net *mn, u32 id, const u8 *filter,
		   u32 filter_len, u32 flags, struct netlink_ext_ack *extack)
{
	struct mqtt_group *group;
	int err;

	if (xa_load(&mn->groups, id)) {
		NL_SET_ERR_MSG_MOD(extack, "group exists");
		return -EEXIST;
	}
	if (mn->nr_groups >= mn->limits.groups_max) {
		NL_SET_ERR_MSG_MOD(extack, "groups_max reached");
		return -ENOSPC;
	}
	if (mn->topic_bytes + filter_len > mn->limits.topic_bytes_max) {
		NL_SET_ERR_MSG_MOD(extack, "topic_bytes_max reached");
		return -ENOSPC;
	}
	group = kzalloc(struct_size(group, filter, filter_len),
			GFP_KERNEL_ACCOUNT);
	if (!group)
		return -ENOMEM;
	refcount_set(&group->ref, 1);
	group->id = id;
	group->flags = flags;
	xa_init(&group->members);
	group->filter_len = filter_len;
	memcpy(group->filter, filter, filter_len);
	err = xa_err(xa_store(&mn->groups, id, group, GFP_KERNEL_ACCOUNT));
	if (err) {
		kfree(group);
		return err;
	}
	WRITE_ONCE(mn->nr_groups, mn->nr_groups + 1);
	WRITE_ONCE(mn->group_bytes, mn->group_bytes + mqtt_group_size(group));
	mn->topic_bytes += filter_len;
	mn->table_gen++;
	return 0;
}

void mqtt_group_put(struct mqtt_group *group)
{
	if (!refcount_dec_and_test(&group->ref))
		return;
	xa_destroy(&group->members);
	kfree_rcu(group, rcu);
}

void mqtt_group_del(struct mqtt_net *mn, struct mqtt_group *group)
{
	struct mqtt_member *member;
	unsigned long id;

	xa_for_each(&group->members, id, member) {
		mqtt_member_del(mn, member);
		cond_resched();
	}
	xa_erase(&mn->groups, group->id);
	WRITE_ONCE(mn->nr_groups, mn->nr_groups - 1);
	WRITE_ONCE(mn->group_bytes, mn->group_bytes - mqtt_group_size(group));
	mn->topic_bytes -= group->filter_len;
	mn->table_gen++;
	mqtt_group_put(group);
}

void mqtt_group_flush(struct mqtt_net *mn)
{
	struct mqtt_group *group;
	unsigned long id;

	xa_for_each(&mn->groups, id, group)
		mqtt_group_del(mn, group);
}

void mqtt_group_flows(struct mqtt_group **groups, u32 nr, int by)
{
	u32 i;

	for (i = 0; i < nr; i++)
		groups[i]->nr_flows += by;
}

unsigned long mqtt_member_index(const struct mqtt_member *member)
{
	return member->conn ? member->conn->id : MQTT_CONN_PORT;
}

/* A reader may see what was there before, like one that came earlier. */
static void mqtt_group_set_only(struct mqtt_group *group)
{
	struct mqtt_member *member = NULL;
	unsigned long index = 0;

	if (group->nr_members == 1)
		member = xa_find(&group->members, &index, ULONG_MAX,
				 XA_PRESENT);
	rcu_assign_pointer(group->only, member);
}

u32 mqtt_member_form(const struct mqtt_conn *conn,
		     const struct mqtt_sub_ids *ids)
{
	if (!conn || conn->level < 5)
		return 0;
	return MQTT_MEMBER_LEVEL5 | (ids ? MQTT_MEMBER_IDS : 0);
}

static void mqtt_member_update(struct mqtt_net *mn, struct mqtt_member *member,
			       u8 qos, u32 flags, struct mqtt_sub_ids *ids)
{
	ids = rcu_replace_pointer(member->ids, mqtt_sub_ids_get(ids),
				  lockdep_is_held(&mn->lock));
	WRITE_ONCE(member->qos, qos);
	WRITE_ONCE(member->flags, flags);
	mqtt_sub_ids_put(ids);
}

int mqtt_member_add(struct mqtt_net *mn, struct mqtt_group *group,
		    struct mqtt_conn *conn, u8 qos, u32 flags,
		    struct mqtt_sub_ids *ids, bool replace,
		    struct netlink_ext_ack *extack)
{
	u32 id = conn ? conn->id : MQTT_CONN_PORT;
	struct mqtt_member *member;
	int err;

	if (conn && READ_ONCE(conn->tx.ended)) {
		NL_SET_ERR_MSG_MOD(extack, "conn has ended");
		return -ENOENT;
	}
	if (!conn && (group->flags & MQTT_GROUP_F_SHARED)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "the port cannot be in a shared group");
		return -EOPNOTSUPP;
	}
	flags |= mqtt_member_form(conn, ids);
	member = xa_load(&group->members, id);
	if (member) {
		if (!replace) {
			NL_SET_ERR_MSG_MOD(extack, "member exists");
			return -EEXIST;
		}
		mqtt_member_update(mn, member, qos, flags, ids);
		return 0;
	}
	if (mn->nr_members >= mn->limits.members_max) {
		NL_SET_ERR_MSG_MOD(extack, "members_max reached");
		return -ENOSPC;
	}
	member = kmem_cache_zalloc(mqtt_member_cache, GFP_KERNEL_ACCOUNT);
	if (!member)
		return -ENOMEM;
	member->conn = conn;
	member->group = group;
	member->qos = qos;
	member->flags = flags;
	RCU_INIT_POINTER(member->ids, mqtt_sub_ids_get(ids));
	err = xa_err(xa_store(&group->members, id, member,
			      GFP_KERNEL_ACCOUNT));
	if (err) {
		mqtt_sub_ids_put(ids);
		kmem_cache_free(mqtt_member_cache, member);
		return err;
	}
	if (conn) {
		list_add_tail(&member->link, &conn->members);
		conn->nr_members++;
	}
	group->nr_members++;
	mqtt_group_set_only(group);
	WRITE_ONCE(mn->nr_members, mn->nr_members + 1);
	return 0;
}

static void mqtt_member_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(mqtt_member_cache,
			container_of(rcu, struct mqtt_member, rcu));
}

void mqtt_member_del(struct mqtt_net *mn, struct mqtt_member *member)
{
	struct mqtt_group *group = member->group;
	struct mqtt_conn *conn = member->conn;

	xa_erase(&group->members, mqtt_member_index(member));
	group->nr_members--;
	mqtt_group_set_only(group);
	if (conn) {
		list_del(&member->link);
		conn->nr_members--;
	}
	WRITE_ONCE(mn->nr_members, mn->nr_members - 1);
	mqtt_sub_ids_put(rcu_dereference_protected(member->ids,
						   lockdep_is_held(&mn->lock)));
	call_rcu(&member->rcu, mqtt_member_free_rcu);
}

void mqtt_member_del_conn(struct mqtt_conn *conn)
{
	struct mqtt_member *member, *tmp;

	list_for_each_entry_safe(member, tmp, &conn->members, link) {
		mqtt_member_del(conn->mn, member);
		cond_resched();
	}
}

int mqtt_group_init(void)
{
	mqtt_member_cache = KMEM_CACHE(mqtt_member, 0);
	return mqtt_member_cache ? 0 : -ENOMEM;
}

void mqtt_group_exit(void)
{
	/* For members freed by call_rcu() with a function of ours. */
	rcu_barrier();
	kmem_cache_destroy(mqtt_member_cache);
}
