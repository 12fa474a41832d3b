// SPDX-License-Identifier: GPL-2.0
/* Flows, groups and members. */
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "flow.h"
#include "group.h"
#include "net.h"
#include "netlink.h"
#include "sub_ids.h"

static struct netlink_range_validation mqtt_member_range = {
	.max = INT_MAX,
};

const struct nla_policy mqtt_member_policy[MQTT_A_MEMBER_MAX + 1] = {
	[MQTT_A_MEMBER_GROUP] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
	[MQTT_A_MEMBER_CONN] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_member_range),
	[MQTT_A_MEMBER_QOS] = NLA_POLICY_MAX(NLA_U8, 2),
	[MQTT_A_MEMBER_FLAGS] = NLA_POLICY_MASK(NLA_U32, MQTT_MEMBER_F_MASK),
	[MQTT_A_MEMBER_SUBSCRIPTION_IDS] = {
		.type = NLA_BINARY,
		.len = MQTT_MEMBER_IDS_MAX * sizeof(u32),
	},
};

const struct nla_policy mqtt_member_key_policy[MQTT_A_MEMBER_CONN + 1] = {
	[MQTT_A_MEMBER_GROUP] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
	[MQTT_A_MEMBER_CONN] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_member_range),
};

const struct nla_policy mqtt_member_dump_policy[MQTT_A_MEMBER_GROUP + 1] = {
	[MQTT_A_MEMBER_GROUP] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
};

const struct nla_policy mqtt_flow_key_policy[MQTT_A_FLOW_TOPIC + 1] = {
	[MQTT_A_FLOW_ID] = { .type = NLA_REJECT },
	[MQTT_A_FLOW_ACL_CLASS] = { .type = NLA_U32 },
	[MQTT_A_FLOW_TOPIC] = { .type = NLA_BINARY },
};

const struct nla_policy mqtt_flow_policy[MQTT_A_FLOW_MERGED + 1] = {
	[MQTT_A_FLOW_ID] = { .type = NLA_REJECT },
	[MQTT_A_FLOW_ACL_CLASS] = { .type = NLA_U32 },
	[MQTT_A_FLOW_TOPIC] = { .type = NLA_BINARY },
	[MQTT_A_FLOW_TABLE_GEN] = { .type = NLA_U32 },
	[MQTT_A_FLOW_FLAGS] = NLA_POLICY_MASK(NLA_U32, MQTT_FLOW_F_MASK),
	[MQTT_A_FLOW_GROUPS] = {
		.type = NLA_BINARY,
		.len = MQTT_FLOW_GROUPS_MAX * sizeof(u32),
	},
	[MQTT_A_FLOW_MERGED] = NLA_POLICY_NESTED(mqtt_member_policy),
};

const struct nla_policy mqtt_group_id_policy[MQTT_A_GROUP_ID + 1] = {
	[MQTT_A_GROUP_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
};

const struct nla_policy mqtt_group_policy[MQTT_A_GROUP_FLAGS + 1] = {
	[MQTT_A_GROUP_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
	[MQTT_A_GROUP_FILTER] = { .type = NLA_BINARY },
	[MQTT_A_GROUP_MEMBERS] = { .type = NLA_REJECT },
	[MQTT_A_GROUP_FLOWS] = { .type = NLA_REJECT },
	[MQTT_A_GROUP_TABLE_GEN] = { .type = NLA_REJECT },
	[MQTT_A_GROUP_FLAGS] = NLA_POLICY_MASK(NLA_U32, MQTT_GROUP_F_MASK),
};

static struct mqtt_group *mqtt_nl_find_group(struct mqtt_net *mn,
					     struct genl_info *info, int attr)
{
	struct mqtt_group *group;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		NL_SET_ERR_MSG_MOD(info->extack, "a group is required");
		return ERR_PTR(-EINVAL);
	}
	group = mqtt_group_find(mn, nla_get_u32(info->attrs[attr]));
	if (!group) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "no such group");
		return ERR_PTR(-ENOENT);
	}
	return group;
}

int mqtt_nl_group_add(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct nlattr *filter = info->attrs[MQTT_A_GROUP_FILTER];
	u32 flags = 0;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, MQTT_A_GROUP_ID) ||
	    GENL_REQ_ATTR_CHECK(info, MQTT_A_GROUP_FILTER) ||
	    !nla_len(filter)) {
		NL_SET_ERR_MSG_MOD(info->extack,
				   "id and a filter that is not empty are required");
		return -EINVAL;
	}
	if (info->attrs[MQTT_A_GROUP_FLAGS])
		flags = nla_get_u32(info->attrs[MQTT_A_GROUP_FLAGS]);
	mutex_lock(&mn->lock);
	err = mqtt_netlink_owner(info);
	if (!err)
		err = mqtt_group_add(mn,
				     nla_get_u32(info->attrs[MQTT_A_GROUP_ID]),
				     nla_data(filter), nla_len(filter), flags,
				     info->extack);
	mutex_unlock(&mn->lock);
	return err;
}

static int mqtt_do_group_del(struct mqtt_net *mn, struct genl_info *info)
{
	struct mqtt_group *group;

	group = mqtt_nl_find_group(mn, info, MQTT_A_GROUP_ID);
	if (IS_ERR(group))
		return PTR_ERR(group);
	if (group->nr_flows) {
		NL_SET_ERR_MSG_MOD(info->extack, "flows still name the group");
		return -EBUSY;
	}
	mqtt_group_del(mn, group);
	return 0;
}

int mqtt_nl_group_del(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_group_del);
}

static int mqtt_put_group(struct sk_buff *skb, struct mqtt_net *mn,
			  const struct mqtt_group *group, bool filter)
{
	if (nla_put_u32(skb, MQTT_A_GROUP_ID, group->id) ||
	    (filter && nla_put(skb, MQTT_A_GROUP_FILTER, group->filter_len,
			       group->filter)) ||
	    nla_put_u32(skb, MQTT_A_GROUP_MEMBERS, group->nr_members) ||
	    nla_put_u32(skb, MQTT_A_GROUP_FLOWS, group->nr_flows) ||
	    nla_put_u32(skb, MQTT_A_GROUP_TABLE_GEN, mn->table_gen) ||
	    nla_put_u32(skb, MQTT_A_GROUP_FLAGS, group->flags))
		return -EMSGSIZE;
	return 0;
}

int mqtt_nl_group_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_group *group;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = mqtt_netlink_may_read(mn, skb, info->snd_portid, info->extack);
	if (err)
		return err;
	mutex_lock(&mn->lock);
	group = mqtt_nl_find_group(mn, info, MQTT_A_GROUP_ID);
	if (IS_ERR(group)) {
		err = PTR_ERR(group);
		goto out;
	}
	err = -ENOMEM;
	reply = mqtt_netlink_reply(info, NLMSG_DEFAULT_SIZE + group->filter_len,
				   &hdr);
	if (!reply)
		goto out;
	err = mqtt_put_group(reply, mn, group, true);
	err = mqtt_netlink_send(reply, hdr, info, err);
out:
	mutex_unlock(&mn->lock);
	return err;
}

static int mqtt_dump_group(struct sk_buff *skb, struct netlink_callback *cb,
			   struct mqtt_net *mn, const struct mqtt_group *group,
			   bool filter)
{
	void *hdr = mqtt_netlink_dump_begin(skb, cb, MQTT_CMD_GROUP_GET);

	if (!hdr)
		return -EMSGSIZE;
	return mqtt_netlink_dump_end(skb, hdr,
				     mqtt_put_group(skb, mn, group, filter));
}

int mqtt_nl_group_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mqtt_net *mn = mqtt_net(sock_net(cb->skb->sk));
	unsigned long id = cb->args[0];
	struct mqtt_group *group;

	mutex_lock(&mn->lock);
	xa_for_each_start(&mn->groups, id, group, id) {
		if (!mqtt_dump_group(skb, cb, mn, group, true))
			continue;
		/* The filter does not fit even in an empty message. */
		if (skb->len || mqtt_dump_group(skb, cb, mn, group, false))
			break;
	}
	mutex_unlock(&mn->lock);
	cb->args[0] = group ? id : ULONG_MAX;
	return skb->len;
}

/* @mn->lock held. The conn of a member; NULL is the port. */
static struct mqtt_conn *mqtt_nl_member_conn(struct mqtt_net *mn,
					     struct genl_info *info)
{
	struct mqtt_conn *conn;
	u32 id;

	if (GENL_REQ_ATTR_CHECK(info, MQTT_A_MEMBER_CONN)) {
		NL_SET_ERR_MSG_MOD(info->extack, "conn is required");
		return ERR_PTR(-EINVAL);
	}
	id = nla_get_u32(info->attrs[MQTT_A_MEMBER_CONN]);
	if (id == MQTT_CONN_PORT)
		return NULL;
	conn = mqtt_conn_find(mn, id);
	if (!conn) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[MQTT_A_MEMBER_CONN],
				    "no such conn");
		return ERR_PTR(-ENOENT);
	}
	return conn;
}

static int mqtt_do_member_add(struct mqtt_net *mn, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct mqtt_sub_ids *ids;
	struct mqtt_group *group;
	struct mqtt_conn *conn;
	u32 flags = 0;
	u8 qos = 0;
	int err;

	group = mqtt_nl_find_group(mn, info, MQTT_A_MEMBER_GROUP);
	if (IS_ERR(group))
		return PTR_ERR(group);
	conn = mqtt_nl_member_conn(mn, info);
	if (IS_ERR(conn))
		return PTR_ERR(conn);
	if (attrs[MQTT_A_MEMBER_QOS])
		qos = nla_get_u8(attrs[MQTT_A_MEMBER_QOS]);
	if (attrs[MQTT_A_MEMBER_FLAGS])
		flags = nla_get_u32(attrs[MQTT_A_MEMBER_FLAGS]);
	if (!conn && (flags || attrs[MQTT_A_MEMBER_SUBSCRIPTION_IDS])) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    flags ? attrs[MQTT_A_MEMBER_FLAGS] :
				    attrs[MQTT_A_MEMBER_SUBSCRIPTION_IDS],
				    "the port takes no flags and identifiers");
		return -EINVAL;
	}
	ids = mqtt_sub_ids_get_attr(attrs[MQTT_A_MEMBER_SUBSCRIPTION_IDS],
				    info->extack);
	if (IS_ERR(ids))
		return PTR_ERR(ids);
	err = mqtt_member_add(mn, group, conn, qos, flags, ids,
			      info->nlhdr->nlmsg_flags & NLM_F_REPLACE,
			      info->extack);
	mqtt_sub_ids_put(ids);
	return err;
}

int mqtt_nl_member_add(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_member_add);
}

static int mqtt_do_member_del(struct mqtt_net *mn, struct genl_info *info)
{
	struct mqtt_member *member;
	struct mqtt_group *group;
	struct mqtt_conn *conn;

	group = mqtt_nl_find_group(mn, info, MQTT_A_MEMBER_GROUP);
	if (IS_ERR(group))
		return PTR_ERR(group);
	conn = mqtt_nl_member_conn(mn, info);
	if (IS_ERR(conn))
		return PTR_ERR(conn);
	member = xa_load(&group->members, conn ? conn->id : MQTT_CONN_PORT);
	if (!member) {
		NL_SET_ERR_MSG_MOD(info->extack, "not a member of the group");
		return -ENOENT;
	}
	mqtt_member_del(mn, member);
	return 0;
}

int mqtt_nl_member_del(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_member_del);
}

static int mqtt_put_member(struct sk_buff *skb, struct mqtt_net *mn,
			   const struct mqtt_member *member)
{
	const struct mqtt_sub_ids *ids =
		rcu_dereference_protected(member->ids,
					  lockdep_is_held(&mn->lock));
	u32 conn = member->conn ? member->conn->id : MQTT_CONN_PORT;

	if (nla_put_u32(skb, MQTT_A_MEMBER_GROUP, member->group->id) ||
	    nla_put_u32(skb, MQTT_A_MEMBER_CONN, conn) ||
	    nla_put_u8(skb, MQTT_A_MEMBER_QOS, member->qos) ||
	    nla_put_u32(skb, MQTT_A_MEMBER_FLAGS,
			member->flags & MQTT_MEMBER_F_MASK) ||
	    mqtt_sub_ids_put_attr(skb, ids))
		return -EMSGSIZE;
	return 0;
}

static int mqtt_dump_member(struct sk_buff *skb, struct netlink_callback *cb,
			    struct mqtt_net *mn,
			    const struct mqtt_member *member)
{
	void *hdr = mqtt_netlink_dump_begin(skb, cb, MQTT_CMD_MEMBER_GET);

	if (!hdr)
		return -EMSGSIZE;
	return mqtt_netlink_dump_end(skb, hdr,
				     mqtt_put_member(skb, mn, member));
}

/* Returns the member to go on with, or NULL when the group is done. */
static struct mqtt_member *mqtt_dump_members(struct sk_buff *skb,
					     struct netlink_callback *cb,
					     struct mqtt_net *mn,
					     struct mqtt_group *group,
					     unsigned long *from)
{
	struct mqtt_member *member;

	xa_for_each_start(&group->members, *from, member, *from)
		if (mqtt_dump_member(skb, cb, mn, member))
			break;
	return member;
}

int mqtt_nl_member_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *only = mqtt_dump_attrs(cb)[MQTT_A_MEMBER_GROUP];
	struct mqtt_net *mn = mqtt_net(sock_net(cb->skb->sk));
	unsigned long last = only ? nla_get_u32(only) : ULONG_MAX;
	unsigned long id = cb->args[0], from = cb->args[1];
	struct mqtt_group *group;

	if (only && id < last)
		id = last;
	mutex_lock(&mn->lock);
	for (group = xa_find(&mn->groups, &id, last, XA_PRESENT); group;
	     group = xa_find_after(&mn->groups, &id, last, XA_PRESENT)) {
		/* The cursor is for the group it was left in. */
		if (id != cb->args[0])
			from = 0;
		if (mqtt_dump_members(skb, cb, mn, group, &from))
			break;
		from = 0;
	}
	mutex_unlock(&mn->lock);
	cb->args[0] = group ? id : ULONG_MAX;
	cb->args[1] = from;
	return skb->len;
}

static int mqtt_nl_merged_one(struct nlattr *attr, struct mqtt_merged *merged,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[MQTT_A_MEMBER_MAX + 1];
	int err;

	err = nla_parse_nested(tb, MQTT_A_MEMBER_MAX, attr, mqtt_member_policy,
			       extack);
	if (err)
		return err;
	if (!tb[MQTT_A_MEMBER_CONN] || !nla_get_u32(tb[MQTT_A_MEMBER_CONN]) ||
	    tb[MQTT_A_MEMBER_GROUP]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a merged member names a conn, and no group");
		return -EINVAL;
	}
	merged->conn = nla_get_u32(tb[MQTT_A_MEMBER_CONN]);
	merged->qos = 0;
	merged->flags = 0;
	if (tb[MQTT_A_MEMBER_QOS])
		merged->qos = nla_get_u8(tb[MQTT_A_MEMBER_QOS]);
	if (tb[MQTT_A_MEMBER_FLAGS])
		merged->flags = nla_get_u32(tb[MQTT_A_MEMBER_FLAGS]);
	merged->ids = mqtt_sub_ids_get_attr(tb[MQTT_A_MEMBER_SUBSCRIPTION_IDS],
					    extack);
	return PTR_ERR_OR_ZERO(merged->ids);
}

static void mqtt_nl_merged_free(struct mqtt_flow_params *p)
{
	u32 i;

	for (i = 0; i < p->nr_merged; i++)
		mqtt_sub_ids_put(p->merged[i].ids);
	kvfree(p->merged);
}

/* MQTT_A_FLOW_MERGED comes any number of times. */
static int mqtt_nl_merged(struct genl_info *info, struct mqtt_flow_params *p)
{
	struct nlattr *attr;
	u32 n = 0;
	int rem, err;

	if (!info->attrs[MQTT_A_FLOW_MERGED])
		return 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == MQTT_A_FLOW_MERGED;
	if (n > MQTT_FLOW_MERGED_MAX) {
		NL_SET_ERR_MSG_MOD(info->extack, "too many merged members");
		return -E2BIG;
	}
	p->merged = kvcalloc(n, sizeof(*p->merged), GFP_KERNEL_ACCOUNT);
	if (!p->merged)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != MQTT_A_FLOW_MERGED)
			continue;
		err = mqtt_nl_merged_one(attr, &p->merged[p->nr_merged],
					 info->extack);
		if (err)
			return err;
		p->nr_merged++;
	}
	return 0;
}

static int mqtt_nl_flow_key(struct genl_info *info, struct mqtt_flow_params *p)
{
	struct nlattr *topic = info->attrs[MQTT_A_FLOW_TOPIC];

	if (GENL_REQ_ATTR_CHECK(info, MQTT_A_FLOW_TOPIC) || !nla_len(topic)) {
		NL_SET_ERR_MSG_MOD(info->extack,
				   "a topic that is not empty is required");
		return -EINVAL;
	}
	p->topic = nla_data(topic);
	p->topic_len = nla_len(topic);
	if (info->attrs[MQTT_A_FLOW_ACL_CLASS])
		p->acl_class = nla_get_u32(info->attrs[MQTT_A_FLOW_ACL_CLASS]);
	return 0;
}

static int mqtt_nl_flow_params(struct genl_info *info,
			       struct mqtt_flow_params *p)
{
	struct nlattr *groups = info->attrs[MQTT_A_FLOW_GROUPS];
	u16 flags = info->nlhdr->nlmsg_flags;
	int err;

	err = mqtt_nl_flow_key(info, p);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, MQTT_A_FLOW_TABLE_GEN)) {
		NL_SET_ERR_MSG_MOD(info->extack, "table_gen is required");
		return -EINVAL;
	}
	p->table_gen = nla_get_u32(info->attrs[MQTT_A_FLOW_TABLE_GEN]);
	if (info->attrs[MQTT_A_FLOW_FLAGS])
		p->flags = nla_get_u32(info->attrs[MQTT_A_FLOW_FLAGS]);
	if (groups) {
		if (nla_len(groups) % sizeof(u32)) {
			NL_SET_ERR_MSG_ATTR(info->extack, groups,
					    "not an array of u32");
			return -EINVAL;
		}
		p->groups = nla_data(groups);
		p->nr_groups = nla_len(groups) / sizeof(u32);
	}
	p->replace = flags & NLM_F_REPLACE;
	p->create = !p->replace || (flags & NLM_F_CREATE);
	return mqtt_nl_merged(info, p);
}

int mqtt_nl_flow_add(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_flow_params params = {};
	int err;

	err = mqtt_nl_flow_params(info, &params);
	if (!err) {
		mutex_lock(&mn->lock);
		err = mqtt_netlink_owner(info);
		if (!err)
			err = mqtt_flow_add(mn, &params, info->extack);
		mutex_unlock(&mn->lock);
	}
	mqtt_nl_merged_free(&params);
	return err;
}

/* @mn->lock held. Returns the flow with a reference, or ERR_PTR. */
static struct mqtt_flow *mqtt_nl_find_flow(struct mqtt_net *mn,
					   struct genl_info *info)
{
	struct mqtt_flow_params params = {};
	struct mqtt_flow *flow;
	int err;

	err = mqtt_nl_flow_key(info, &params);
	if (err)
		return ERR_PTR(err);
	flow = mqtt_flow_lookup(mn, params.acl_class, params.topic,
				params.topic_len);
	if (flow)
		return flow;
	NL_SET_ERR_MSG_MOD(info->extack, "no such flow");
	return ERR_PTR(-ENOENT);
}

static int mqtt_do_flow_del(struct mqtt_net *mn, struct genl_info *info)
{
	struct mqtt_flow *flow = mqtt_nl_find_flow(mn, info);

	if (IS_ERR(flow))
		return PTR_ERR(flow);
	mqtt_flow_del(mn, flow);
	mqtt_flow_put(flow);
	return 0;
}

int mqtt_nl_flow_del(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_flow_del);
}

static int mqtt_put_merged(struct sk_buff *skb, const struct mqtt_flow *flow)
{
	u32 i;

	for (i = 0; i < flow->nr_merged; i++) {
		const struct mqtt_merged *m = &flow->merged[i];
		struct nlattr *nest = nla_nest_start(skb, MQTT_A_FLOW_MERGED);

		if (!nest || nla_put_u32(skb, MQTT_A_MEMBER_CONN, m->conn) ||
		    nla_put_u8(skb, MQTT_A_MEMBER_QOS, m->qos) ||
		    nla_put_u32(skb, MQTT_A_MEMBER_FLAGS,
				m->flags & MQTT_MEMBER_F_MASK) ||
		    mqtt_sub_ids_put_attr(skb, m->ids))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int mqtt_put_flow(struct sk_buff *skb, const struct mqtt_flow *flow,
			 bool merged)
{
	const struct mqtt_flow_stats *stats = flow->stats;
	struct nlattr *groups;
	u32 i;

	if (nla_put_u32(skb, MQTT_A_FLOW_ID, flow->id) ||
	    nla_put_u32(skb, MQTT_A_FLOW_ACL_CLASS, flow->acl_class) ||
	    nla_put(skb, MQTT_A_FLOW_TOPIC, flow->topic_len, flow->topic) ||
	    nla_put_u32(skb, MQTT_A_FLOW_FLAGS, flow->flags) ||
	    nla_put_u64_64bit(skb, MQTT_A_FLOW_HITS,
			      atomic64_read(&stats->hits), MQTT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, MQTT_A_FLOW_BYTES,
			      atomic64_read(&stats->bytes), MQTT_A_FLOW_PAD) ||
	    nla_put_u64_64bit(skb, MQTT_A_FLOW_IDLE_MS,
			      jiffies_to_msecs(jiffies -
					       READ_ONCE(stats->used)),
			      MQTT_A_FLOW_PAD))
		return -EMSGSIZE;
	groups = nla_reserve(skb, MQTT_A_FLOW_GROUPS,
			     flow->nr_groups * sizeof(u32));
	if (!groups)
		return -EMSGSIZE;
	for (i = 0; i < flow->nr_groups; i++)
		((u32 *)nla_data(groups))[i] = flow->groups[i]->id;
	return merged ? mqtt_put_merged(skb, flow) : 0;
}

static size_t mqtt_merged_size(const struct mqtt_flow *flow)
{
	size_t size = 0;
	u32 i;

	for (i = 0; i < flow->nr_merged; i++) {
		const struct mqtt_sub_ids *ids = flow->merged[i].ids;

		/* An identifier takes at least 2 bytes there, and 4 here. */
		size += nla_total_size(3 * nla_total_size(4) +
				       nla_total_size(ids ? 2 * ids->len : 0));
	}
	return size;
}

int mqtt_nl_flow_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_flow *flow;
	struct sk_buff *reply;
	size_t size;
	void *hdr;
	int err;

	err = mqtt_netlink_may_read(mn, skb, info->snd_portid, info->extack);
	if (err)
		return err;
	mutex_lock(&mn->lock);
	flow = mqtt_nl_find_flow(mn, info);
	mutex_unlock(&mn->lock);
	if (IS_ERR(flow))
		return PTR_ERR(flow);
	/* What we hold a reference of does not change. */
	size = NLMSG_DEFAULT_SIZE + flow->topic_len +
	       flow->nr_groups * sizeof(u32) + mqtt_merged_size(flow);
	reply = mqtt_netlink_reply(info, size, &hdr);
	err = reply ? mqtt_put_flow(reply, flow, true) : -ENOMEM;
	mqtt_flow_put(flow);
	return reply ? mqtt_netlink_send(reply, hdr, info, err) : err;
}

static int mqtt_dump_flow(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct mqtt_flow *flow, bool merged)
{
	void *hdr = mqtt_netlink_dump_begin(skb, cb, MQTT_CMD_FLOW_GET);

	if (!hdr)
		return -EMSGSIZE;
	return mqtt_netlink_dump_end(skb, hdr,
				     mqtt_put_flow(skb, flow, merged));
}

int mqtt_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mqtt_net *mn = mqtt_net(sock_net(cb->skb->sk));
	unsigned long id = cb->args[0];
	struct mqtt_flow *flow;

	mutex_lock(&mn->lock);
	xa_for_each_start(&mn->flow_ids, id, flow, id) {
		if (!mqtt_dump_flow(skb, cb, flow, true))
			continue;
		/* Too many merged members even for an empty message. */
		if (skb->len || mqtt_dump_flow(skb, cb, flow, false))
			break;
	}
	mutex_unlock(&mn->lock);
	cb->args[0] = flow ? id : ULONG_MAX;
	return skb->len;
}
