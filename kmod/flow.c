// SPDX-License-Identifier: GPL-2.0
#include <linux/bsearch.h>
#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "flow.h"
#include "group.h"
#include "net.h"
#include "parse.h"
#include "sub_ids.h"

struct mqtt_flow_key {
	const u8 *topic;
	u32 topic_len;
	u32 acl_class;
};

/* Topics come from hostile clients: the table's random seed goes in. */
static u32 mqtt_flow_hash(const u8 *topic, u32 topic_len, u32 acl_class,
			  u32 seed)
{
	return jhash(topic, topic_len, seed ^ jhash_1word(acl_class, seed));
}

static u32 mqtt_flow_key_hash(const void *data, u32 len, u32 seed)
{
	const struct mqtt_flow_key *key = data;

	return mqtt_flow_hash(key->topic, key->topic_len, key->acl_class, seed);
}

static u32 mqtt_flow_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct mqtt_flow *flow = data;

	return mqtt_flow_hash(flow->topic, flow->topic_len, flow->acl_class,
			      seed);
}

static int mqtt_flow_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct mqtt_flow_key *key = arg->key;
	const struct mqtt_flow *flow = obj;

	return flow->topic_len != key->topic_len ||
	       flow->acl_class != key->acl_class ||
	       memcmp(flow->topic, key->topic, key->topic_len);
}

static const struct rhashtable_params mqtt_flow_table = {
	.head_offset = offsetof(struct mqtt_flow, node),
	.hashfn = mqtt_flow_key_hash,
	.obj_hashfn = mqtt_flow_obj_hash,
	.obj_cmpfn = mqtt_flow_cmp,
	.automatic_shrinking = true,
};

struct mqtt_flow *mqtt_flow_lookup(struct mqtt_net *mn, u32 acl_class,
				   const u8 *topic, u32 topic_len)
{
	const struct mqtt_flow_key key = {
		.topic = topic,
		.topic_len = topic_len,
		.acl_class = acl_class,
	};
	struct mqtt_flow *flow;

	rcu_read_lock();
	flow = rhashtable_lookup(&mn->flows, &key, mqtt_flow_table);
	if (flow && !refcount_inc_not_zero(&flow->ref))
		flow = NULL;
	rcu_read_unlock();
	return flow;
}

bool mqtt_flow_exists(struct mqtt_net *mn, u32 acl_class, const u8 *topic,
		      u32 topic_len)
{
	const struct mqtt_flow_key key = {
		.topic = topic,
		.topic_len = topic_len,
		.acl_class = acl_class,
	};
	bool exists;

	rcu_read_lock();
	exists = rhashtable_lookup(&mn->flows, &key, mqtt_flow_table);
	rcu_read_unlock();
	return exists;
}

static int mqtt_merged_cmp(const void *a, const void *b)
{
	const struct mqtt_merged *ma = a, *mb = b;

	return ma->conn < mb->conn ? -1 : ma->conn > mb->conn;
}

const struct mqtt_merged *mqtt_flow_merged(const struct mqtt_flow *flow,
					   u32 conn)
{
	const struct mqtt_merged key = { .conn = conn };

	if (!flow->nr_merged)
		return NULL;
	return bsearch(&key, flow->merged, flow->nr_merged, sizeof(key),
		       mqtt_merged_cmp);
}

void mqtt_flow_hit(struct mqtt_flow *flow, u32 nr, u32 bytes)
{
	atomic64_add(nr, &flow->stats->hits);
	atomic64_add(bytes, &flow->stats->bytes);
	WRITE_ONCE(flow->stats->used, jiffies);
}

static size_t mqtt_flow_size(const struct mqtt_flow *flow)
{
	return struct_size(flow, topic, flow->topic_len) +
	       flow->nr_groups * sizeof(*flow->groups) +
	       flow->nr_merged * sizeof(*flow->merged) +
	       sizeof(*flow->stats);
}

static void mqtt_flow_free(struct mqtt_flow *flow)
{
	u32 i;

	for (i = 0; i < flow->nr_groups; i++)
		mqtt_group_put(flow->groups[i]);
	for (i = 0; i < flow->nr_merged; i++)
		mqtt_sub_ids_put(flow->merged[i].ids);
	if (flow->stats && refcount_dec_and_test(&flow->stats->ref))
		kfree(flow->stats);
	kvfree(flow->groups);
	kvfree(flow->merged);
	kfree_rcu(flow, rcu);
}

void mqtt_flow_put(struct mqtt_flow *flow)
{
	if (flow && refcount_dec_and_test(&flow->ref))
		mqtt_flow_free(flow);
}

/* Takes the groups and copies the merged members. */
static int mqtt_flow_fill(struct mqtt_net *mn, struct mqtt_flow *flow,
			  const struct mqtt_flow_params *params,
			  struct netlink_ext_ack *extack)
{
	u32 i;

	if (params->nr_groups) {
		flow->groups = kvcalloc(params->nr_groups,
					sizeof(*flow->groups),
					GFP_KERNEL_ACCOUNT);
		if (!flow->groups)
			return -ENOMEM;
	}
	for (i = 0; i < params->nr_groups; i++) {
		struct mqtt_group *group = mqtt_group_find(mn,
							   params->groups[i]);

		if (!group) {
			NL_SET_ERR_MSG_MOD(extack,
					   "flow names a group that does not exist");
			return -ENOENT;
		}
		flow->groups[flow->nr_groups++] = mqtt_group_get(group);
	}
	if (params->nr_merged) {
		flow->merged = kvmalloc_array(params->nr_merged,
					      sizeof(*flow->merged),
					      GFP_KERNEL_ACCOUNT);
		if (!flow->merged)
			return -ENOMEM;
		memcpy(flow->merged, params->merged,
		       params->nr_merged * sizeof(*flow->merged));
		sort(flow->merged, params->nr_merged, sizeof(*flow->merged),
		     mqtt_merged_cmp, NULL);
		flow->nr_merged = params->nr_merged;
		for (i = 0; i < flow->nr_merged; i++) {
			struct mqtt_merged *m = &flow->merged[i];

			mqtt_sub_ids_get(m->ids);
			/* A conn that is not there now will never be. */
			m->flags |= mqtt_member_form(mqtt_conn_find(mn, m->conn),
						     m->ids);
		}
	}
	return 0;
}

static struct mqtt_flow_stats *mqtt_flow_stats_alloc(void)
{
	struct mqtt_flow_stats *stats;

	stats = kzalloc(sizeof(*stats), GFP_KERNEL_ACCOUNT);
	if (!stats)
		return NULL;
	refcount_set(&stats->ref, 1);
	stats->used = jiffies;
	return stats;
}

static int mqtt_flow_check(struct mqtt_net *mn,
			   const struct mqtt_flow_params *params,
			   const struct mqtt_flow *old,
			   struct netlink_ext_ack *extack)
{
	if (params->table_gen != mn->table_gen) {
		NL_SET_ERR_MSG_MOD(extack,
				   "flow was computed from an older table generation");
		return -ESTALE;
	}
	if (old)
		return 0;
	if (params->topic_len > mn->limits.topic_max) {
		NL_SET_ERR_MSG_MOD(extack, "topic is longer than topic_max");
		return -EMSGSIZE;
	}
	if (!mqtt_topic_name_valid(params->topic, params->topic_len)) {
		NL_SET_ERR_MSG_MOD(extack, "topic is not a valid topic name");
		return -EINVAL;
	}
	if (mn->nr_flows >= mn->limits.flows_max) {
		NL_SET_ERR_MSG_MOD(extack, "flows_max reached");
		return -ENOSPC;
	}
	if (mn->topic_bytes + params->topic_len > mn->limits.topic_bytes_max) {
		NL_SET_ERR_MSG_MOD(extack, "topic_bytes_max reached");
		return -ENOSPC;
	}
	return 0;
}

/* Readers find the one or the other, never none. */
static int mqtt_flow_swap(struct mqtt_net *mn, struct mqtt_flow *old,
			  struct mqtt_flow *flow)
{
	int err;

	flow->id = old->id;
	flow->stats = old->stats;
	refcount_inc(&flow->stats->ref);
	err = rhashtable_replace_fast(&mn->flows, &old->node, &flow->node,
				      mqtt_flow_table);
	if (err)
		return err;
	xa_store(&mn->flow_ids, flow->id, flow, GFP_KERNEL);
	WRITE_ONCE(old->dead, true);
	WRITE_ONCE(mn->flow_bytes, mn->flow_bytes + mqtt_flow_size(flow) -
				   mqtt_flow_size(old));
	mqtt_group_flows(old->groups, old->nr_groups, -1);
	mqtt_flow_put(old);
	return 0;
}

static int mqtt_flow_insert(struct mqtt_net *mn, struct mqtt_flow *flow)
{
	int err;

	flow->stats = mqtt_flow_stats_alloc();
	if (!flow->stats)
		return -ENOMEM;
	err = xa_alloc_cyclic(&mn->flow_ids, &flow->id, flow,
			      XA_LIMIT(1, INT_MAX), &mn->flow_next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	err = rhashtable_insert_fast(&mn->flows, &flow->node, mqtt_flow_table);
	if (err) {
		xa_erase(&mn->flow_ids, flow->id);
		return err;
	}
	WRITE_ONCE(mn->nr_flows, mn->nr_flows + 1);
	WRITE_ONCE(mn->flow_bytes, mn->flow_bytes + mqtt_flow_size(flow));
	mn->topic_bytes += flow->topic_len;
	return 0;
}

int mqtt_flow_add(struct mqtt_net *mn, const struct mqtt_flow_params *params,
		  struct netlink_ext_ack *extack)
{
	const struct mqtt_flow_key key = {
		.topic = params->topic,
		.topic_len = params->topic_len,
		.acl_class = params->acl_class,
	};
	struct mqtt_flow *flow, *old;
	int err;

	old = rhashtable_lookup_fast(&mn->flows, &key, mqtt_flow_table);
	if (old && !params->replace) {
		NL_SET_ERR_MSG_MOD(extack, "flow exists");
		return -EEXIST;
	}
	if (!old && !params->create) {
		NL_SET_ERR_MSG_MOD(extack, "no such flow to replace");
		return -ENOENT;
	}
	err = mqtt_flow_check(mn, params, old, extack);
	if (err)
		return err;

	flow = kzalloc(struct_size(flow, topic, params->topic_len),
		       GFP_KERNEL_ACCOUNT);
	if (!flow)
		return -ENOMEM;
	refcount_set(&flow->ref, 1);
	flow->acl_class = params->acl_class;
	flow->flags = params->flags;
	flow->topic_len = params->topic_len;
	memcpy(flow->topic, params->topic, params->topic_len);
	err = mqtt_flow_fill(mn, flow, params, extack);
	if (!err)
		err = old ? mqtt_flow_swap(mn, old, flow)
			  : mqtt_flow_insert(mn, flow);
	if (err) {
		mqtt_flow_put(flow);
		return err;
	}
	mqtt_group_flows(flow->groups, flow->nr_groups, 1);
	return 0;
}

void mqtt_flow_del(struct mqtt_net *mn, struct mqtt_flow *flow)
{
	rhashtable_remove_fast(&mn->flows, &flow->node, mqtt_flow_table);
	xa_erase(&mn->flow_ids, flow->id);
	WRITE_ONCE(mn->nr_flows, mn->nr_flows - 1);
	WRITE_ONCE(mn->flow_bytes, mn->flow_bytes - mqtt_flow_size(flow));
	mn->topic_bytes -= flow->topic_len;
	WRITE_ONCE(flow->dead, true);
	mqtt_group_flows(flow->groups, flow->nr_groups, -1);
	mqtt_flow_put(flow);
}

void mqtt_flow_flush(struct mqtt_net *mn)
{
	struct mqtt_flow *flow;
	unsigned long id;

	xa_for_each(&mn->flow_ids, id, flow) {
		mqtt_flow_del(mn, flow);
		cond_resched();
	}
}

int mqtt_flow_table_init(struct mqtt_net *mn)
{
	xa_init_flags(&mn->flow_ids, XA_FLAGS_ALLOC1);
	return rhashtable_init(&mn->flows, &mqtt_flow_table);
}

void mqtt_flow_table_exit(struct mqtt_net *mn)
{
	rhashtable_destroy(&mn->flows);
	xa_destroy(&mn->flow_ids);
}
