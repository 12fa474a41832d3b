// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <linux/mqtt.h>

#include "event.h"
#include "main.h"
#include "net.h"
#include "netlink.h"
#include "port.h"
#include "worker.h"

/* A policy of its own, for otherwise attributes would be ignored. */
static const struct nla_policy mqtt_empty_policy[] = {
	[1] = { .type = NLA_REJECT },
};

static const struct nla_policy mqtt_drain_policy[MQTT_A_OWNER_DRAIN + 1] = {
	[MQTT_A_OWNER_DRAIN] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy mqtt_limits_policy[MQTT_A_LIMITS_MAX + 1] = {
	[MQTT_A_LIMITS_CONNS_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_FLOWS_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_GROUPS_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_MEMBERS_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_TOPIC_BYTES_MAX] = { .type = NLA_U64 },
	[MQTT_A_LIMITS_TOPIC_MAX] = NLA_POLICY_RANGE(NLA_U32, 1, 4096),
	[MQTT_A_LIMITS_FAST_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_TX_CONN_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_TX_DAEMON_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_TX_TOTAL_MAX] = { .type = NLA_U64 },
	[MQTT_A_LIMITS_PORT_QUEUE_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_PORT_PACKET_MAX] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_PINGRESP] = NLA_POLICY_MAX(NLA_U8, 1),
	[MQTT_A_LIMITS_TAKEOVER_TIME] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_TX_USECS] = { .type = NLA_U32 },
	[MQTT_A_LIMITS_TX_FRAMES] = { .type = NLA_U32 },
};

int mqtt_netlink_owner(struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));

	if (mn->owner == info->snd_portid)
		return 0;
	NL_SET_ERR_MSG_MOD(info->extack,
			   "only the socket that registered may do this");
	return -EPERM;
}

int mqtt_netlink_as_owner(struct genl_info *info,
			  int (*request)(struct mqtt_net *mn,
					 struct genl_info *info))
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	int err;

	mutex_lock(&mn->lock);
	err = mqtt_netlink_owner(info);
	if (!err)
		err = request(mn, info);
	mutex_unlock(&mn->lock);
	return err;
}

int mqtt_netlink_may_read(struct mqtt_net *mn, struct sk_buff *skb, u32 portid,
			  struct netlink_ext_ack *extack)
{
	if (READ_ONCE(mn->owner) == portid ||
	    netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_MOD(extack, "CAP_NET_ADMIN is needed");
	return -EPERM;
}

int mqtt_netlink_start(struct netlink_callback *cb)
{
	return mqtt_netlink_may_read(mqtt_net(sock_net(cb->skb->sk)), cb->skb,
				     NETLINK_CB(cb->skb).portid, cb->extack);
}

struct sk_buff *mqtt_netlink_reply(struct genl_info *info, size_t size,
				   void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &mqtt_genl_family, 0,
				 info->genlhdr->cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

int mqtt_netlink_send(struct sk_buff *reply, void *hdr, struct genl_info *info,
		      int err)
{
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

void *mqtt_netlink_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
			      u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &mqtt_genl_family, NLM_F_MULTI, cmd);
}

int mqtt_netlink_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static int mqtt_put_limits(struct sk_buff *skb, const struct mqtt_limits *l)
{
	if (nla_put_u32(skb, MQTT_A_LIMITS_CONNS_MAX, l->conns_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_FLOWS_MAX, l->flows_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_GROUPS_MAX, l->groups_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_MEMBERS_MAX, l->members_max) ||
	    nla_put_u64_64bit(skb, MQTT_A_LIMITS_TOPIC_BYTES_MAX,
			      l->topic_bytes_max, MQTT_A_LIMITS_PAD) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_TOPIC_MAX, l->topic_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_FAST_MAX, l->fast_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_TX_CONN_MAX, l->tx_conn_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_TX_DAEMON_MAX, l->tx_daemon_max) ||
	    nla_put_u64_64bit(skb, MQTT_A_LIMITS_TX_TOTAL_MAX,
			      l->tx_total_max, MQTT_A_LIMITS_PAD) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_PORT_QUEUE_MAX,
			l->port_queue_max) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_PORT_PACKET_MAX,
			l->port_packet_max) ||
	    nla_put_u8(skb, MQTT_A_LIMITS_PINGRESP, l->pingresp) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_TAKEOVER_TIME, 0) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_TX_USECS, l->tx_usecs) ||
	    nla_put_u32(skb, MQTT_A_LIMITS_TX_FRAMES, l->tx_frames))
		return -EMSGSIZE;
	return 0;
}

static int mqtt_put_owner_state(struct sk_buff *skb, const struct mqtt_net *mn)
{
	if (nla_put_string(skb, MQTT_A_OWNER_VERSION, MQTT_VERSION) ||
	    nla_put_u64_64bit(skb, MQTT_A_OWNER_FEATURES, MQTT_FEATURE_V311 |
			      MQTT_FEATURE_PINGRESP | MQTT_FEATURE_V5 |
			      MQTT_FEATURE_SHARED | MQTT_FEATURE_TLS,
			      MQTT_A_OWNER_PAD) ||
	    nla_put_u32(skb, MQTT_A_OWNER_TABLE_GEN, mn->table_gen) ||
	    nla_put_u32(skb, MQTT_A_OWNER_TAKEOVER_TIME, 0))
		return -EMSGSIZE;
	return 0;
}

static int mqtt_put_owner(struct sk_buff *skb, struct mqtt_net *mn, int fd)
{
	struct nlattr *nest;

	if (nla_put_u32(skb, MQTT_A_OWNER_PORT_FD, fd) ||
	    mqtt_put_owner_state(skb, mn))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, MQTT_A_OWNER_LIMITS);
	if (!nest || mqtt_put_limits(skb, &mn->limits))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Everything that can fail comes before the owner is set. */
static int mqtt_register(struct mqtt_net *mn, struct genl_info *info, int fd,
			 struct file **file)
{
	struct mqtt_port *port;
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = mqtt_netlink_reply(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!skb)
		return -ENOMEM;
	err = mqtt_put_owner(skb, mn, fd);
	if (err)
		goto err_skb;
	genlmsg_end(skb, hdr);

	port = mqtt_port_create(mn, file);
	if (IS_ERR(port)) {
		err = PTR_ERR(port);
		goto err_skb;
	}
	err = mqtt_net_register(mn, info->snd_portid, port, info->extack);
	if (err) {
		mqtt_port_put(port);
		goto err_skb;
	}
	err = genlmsg_reply(skb, info);
	if (err)
		mqtt_net_release_owner(mn);
	return err;

err_skb:
	nlmsg_free(skb);
	return err;
}

static int mqtt_nl_register(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct file *file = NULL;
	int fd, err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		NL_SET_ERR_MSG_MOD(info->extack, "no descriptor is free");
		return fd;
	}
	mutex_lock(&mn->lock);
	err = mqtt_register(mn, info, fd, &file);
	mutex_unlock(&mn->lock);
	if (err) {
		put_unused_fd(fd);
		if (!IS_ERR_OR_NULL(file))
			fput(file);
		return err;
	}
	fd_install(fd, file);
	mqtt_event_send(mn, MQTT_EVENT_REGISTER);
	return 0;
}

static int mqtt_nl_barrier(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	int err;

	mutex_lock(&mn->lock);
	err = mqtt_netlink_owner(info);
	mutex_unlock(&mn->lock);
	return err ?: mqtt_worker_barrier();
}

static int mqtt_nl_limits_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = mqtt_netlink_may_read(mn, skb, info->snd_portid, info->extack);
	if (err)
		return err;
	reply = mqtt_netlink_reply(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&mn->lock);
	err = mqtt_put_limits(reply, &mn->limits);
	mutex_unlock(&mn->lock);
	return mqtt_netlink_send(reply, hdr, info, err);
}

static int mqtt_check_limit(struct genl_info *info, int attr, u32 min, u32 max)
{
	u32 value;

	if (!info->attrs[attr])
		return 0;
	value = nla_get_u32(info->attrs[attr]);
	if (value >= min && value <= max)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
			    "limit is out of range");
	return -ERANGE;
}

static int mqtt_check_limits(struct genl_info *info)
{
	struct nlattr *takeover = info->attrs[MQTT_A_LIMITS_TAKEOVER_TIME];
	int err;

	if (takeover && nla_get_u32(takeover)) {
		NL_SET_ERR_MSG_ATTR(info->extack, takeover,
				    "only a takeover time of 0 is supported");
		return -EOPNOTSUPP;
	}
	err = mqtt_check_limit(info, MQTT_A_LIMITS_FAST_MAX, 64, 1 << 20);
	if (!err)
		err = mqtt_check_limit(info, MQTT_A_LIMITS_TX_DAEMON_MAX, 4096,
				       1 << 30);
	if (!err)
		err = mqtt_check_limit(info, MQTT_A_LIMITS_TX_CONN_MAX, 0,
				       1 << 30);
	if (!err)
		err = mqtt_check_limit(info, MQTT_A_LIMITS_PORT_PACKET_MAX, 0,
				       64 << 20);
	if (!err)
		err = mqtt_check_limit(info, MQTT_A_LIMITS_TX_USECS, 0,
				       1000000);
	return err;
}

static void mqtt_set_u32(struct genl_info *info, int attr, u32 *to)
{
	if (info->attrs[attr])
		WRITE_ONCE(*to, nla_get_u32(info->attrs[attr]));
}

static void mqtt_set_u64(struct genl_info *info, int attr, u64 *to)
{
	if (info->attrs[attr])
		WRITE_ONCE(*to, nla_get_u64(info->attrs[attr]));
}

static int mqtt_nl_limits_set(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_limits *l = &mn->limits;
	int err;

	err = mqtt_check_limits(info);
	if (err)
		return err;
	mutex_lock(&mn->lock);
	mqtt_set_u32(info, MQTT_A_LIMITS_CONNS_MAX, &l->conns_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_FLOWS_MAX, &l->flows_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_GROUPS_MAX, &l->groups_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_MEMBERS_MAX, &l->members_max);
	mqtt_set_u64(info, MQTT_A_LIMITS_TOPIC_BYTES_MAX, &l->topic_bytes_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_TOPIC_MAX, &l->topic_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_FAST_MAX, &l->fast_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_TX_CONN_MAX, &l->tx_conn_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_TX_DAEMON_MAX, &l->tx_daemon_max);
	mqtt_set_u64(info, MQTT_A_LIMITS_TX_TOTAL_MAX, &l->tx_total_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_PORT_QUEUE_MAX, &l->port_queue_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_PORT_PACKET_MAX, &l->port_packet_max);
	mqtt_set_u32(info, MQTT_A_LIMITS_TX_USECS, &l->tx_usecs);
	mqtt_set_u32(info, MQTT_A_LIMITS_TX_FRAMES, &l->tx_frames);
	if (info->attrs[MQTT_A_LIMITS_PINGRESP])
		WRITE_ONCE(l->pingresp,
			   nla_get_u8(info->attrs[MQTT_A_LIMITS_PINGRESP]));
	mutex_unlock(&mn->lock);
	return 0;
}

static int mqtt_put_stats(struct sk_buff *skb, const struct mqtt_stats_sum *sum)
{
	static const struct {
		enum mqtt_a_stats attr;
		enum mqtt_stat stat;
	} counters[] = {
#define X(name) { MQTT_A_STATS_##name, MQTT_STAT_##name },
		MQTT_STATS(X)
#undef X
	};
	const struct {
		enum mqtt_a_stats attr;
		u64 value;
	} gauges[] = {
		{ MQTT_A_STATS_CONNS, sum->conns },
		{ MQTT_A_STATS_FLOWS, sum->flows },
		{ MQTT_A_STATS_GROUPS, sum->groups },
		{ MQTT_A_STATS_MEMBERS, sum->members },
		{ MQTT_A_STATS_QUEUED_BYTES, sum->queued_bytes },
		{ MQTT_A_STATS_CONN_BYTES, sum->conn_bytes },
		{ MQTT_A_STATS_FLOW_BYTES, sum->flow_bytes },
		{ MQTT_A_STATS_GROUP_BYTES, sum->group_bytes },
		{ MQTT_A_STATS_MEMBER_BYTES, sum->member_bytes },
		{ MQTT_A_STATS_ALIASES, sum->aliases },
		{ MQTT_A_STATS_ALIAS_BYTES, sum->alias_bytes },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (nla_put_u64_64bit(skb, counters[i].attr,
				      sum->c[counters[i].stat],
				      MQTT_A_STATS_PAD))
			return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(gauges); i++)
		if (nla_put_u64_64bit(skb, gauges[i].attr, gauges[i].value,
				      MQTT_A_STATS_PAD))
			return -EMSGSIZE;
	return 0;
}

static int mqtt_nl_stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_stats_sum sum = {};
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = mqtt_netlink_may_read(mn, skb, info->snd_portid, info->extack);
	if (err)
		return err;
	reply = mqtt_netlink_reply(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	mqtt_stats_read(mn, &sum);
	err = mqtt_put_stats(reply, &sum);
	return mqtt_netlink_send(reply, hdr, info, err);
}

static int mqtt_nl_drain(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct nlattr *on = info->attrs[MQTT_A_OWNER_DRAIN];

	mutex_lock(&mn->lock);
	mqtt_net_drain(mn, !on || nla_get_u8(on));
	mutex_unlock(&mn->lock);
	return 0;
}

static int mqtt_nl_owner_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = mqtt_netlink_may_read(mn, skb, info->snd_portid, info->extack);
	if (err)
		return err;
	reply = mqtt_netlink_reply(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&mn->lock);
	if (mqtt_put_owner_state(reply, mn) ||
	    nla_put_u8(reply, MQTT_A_OWNER_DRAIN, mn->drained) ||
	    (mn->owner && nla_put_u32(reply, MQTT_A_OWNER_PORTID, mn->owner)))
		err = -EMSGSIZE;
	mutex_unlock(&mn->lock);
	return mqtt_netlink_send(reply, hdr, info, err);
}

static const struct genl_ops mqtt_genl_ops[] = {
	{
		.cmd = MQTT_CMD_REGISTER,
		.doit = mqtt_nl_register,
		.policy = mqtt_empty_policy,
		.maxattr = ARRAY_SIZE(mqtt_empty_policy) - 1,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = MQTT_CMD_CONN_ADD,
		.doit = mqtt_nl_conn_add,
		.policy = mqtt_conn_add_policy,
		.maxattr = MQTT_A_CONN_BYTES_BURST,
	}, {
		.cmd = MQTT_CMD_CONN_DEL,
		.doit = mqtt_nl_conn_del,
		.policy = mqtt_conn_id_policy,
		.maxattr = MQTT_A_CONN_ID,
	}, {
		.cmd = MQTT_CMD_CONN_SET,
		.doit = mqtt_nl_conn_set,
		.policy = mqtt_conn_set_policy,
		.maxattr = MQTT_A_CONN_BYTES_BURST,
	}, {
		.cmd = MQTT_CMD_CONN_GET,
		.doit = mqtt_nl_conn_get,
		.start = mqtt_netlink_start,
		.dumpit = mqtt_nl_conn_dump,
		.policy = mqtt_conn_id_policy,
		.maxattr = MQTT_A_CONN_ID,
	}, {
		.cmd = MQTT_CMD_CONN_CLAIM,
		.doit = mqtt_nl_conn_claim,
		.policy = mqtt_conn_id_policy,
		.maxattr = MQTT_A_CONN_ID,
	}, {
		.cmd = MQTT_CMD_FLOW_ADD,
		.doit = mqtt_nl_flow_add,
		.policy = mqtt_flow_policy,
		.maxattr = MQTT_A_FLOW_MERGED,
	}, {
		.cmd = MQTT_CMD_FLOW_DEL,
		.doit = mqtt_nl_flow_del,
		.policy = mqtt_flow_key_policy,
		.maxattr = MQTT_A_FLOW_TOPIC,
	}, {
		.cmd = MQTT_CMD_FLOW_GET,
		.doit = mqtt_nl_flow_get,
		.start = mqtt_netlink_start,
		.dumpit = mqtt_nl_flow_dump,
		.policy = mqtt_flow_key_policy,
		.maxattr = MQTT_A_FLOW_TOPIC,
	}, {
		.cmd = MQTT_CMD_GROUP_ADD,
		.doit = mqtt_nl_group_add,
		.policy = mqtt_group_policy,
		.maxattr = MQTT_A_GROUP_FLAGS,
	}, {
		.cmd = MQTT_CMD_GROUP_DEL,
		.doit = mqtt_nl_group_del,
		.policy = mqtt_group_id_policy,
		.maxattr = MQTT_A_GROUP_ID,
	}, {
		.cmd = MQTT_CMD_GROUP_GET,
		.doit = mqtt_nl_group_get,
		.start = mqtt_netlink_start,
		.dumpit = mqtt_nl_group_dump,
		.policy = mqtt_group_id_policy,
		.maxattr = MQTT_A_GROUP_ID,
	}, {
		.cmd = MQTT_CMD_MEMBER_ADD,
		.doit = mqtt_nl_member_add,
		.policy = mqtt_member_policy,
		.maxattr = MQTT_A_MEMBER_MAX,
	}, {
		.cmd = MQTT_CMD_MEMBER_DEL,
		.doit = mqtt_nl_member_del,
		.policy = mqtt_member_key_policy,
		.maxattr = MQTT_A_MEMBER_CONN,
	}, {
		.cmd = MQTT_CMD_MEMBER_GET,
		.start = mqtt_netlink_start,
		.dumpit = mqtt_nl_member_dump,
		.policy = mqtt_member_dump_policy,
		.maxattr = MQTT_A_MEMBER_GROUP,
	}, {
		.cmd = MQTT_CMD_BARRIER,
		.doit = mqtt_nl_barrier,
		.policy = mqtt_empty_policy,
		.maxattr = ARRAY_SIZE(mqtt_empty_policy) - 1,
	}, {
		.cmd = MQTT_CMD_LIMITS_GET,
		.doit = mqtt_nl_limits_get,
		.policy = mqtt_empty_policy,
		.maxattr = ARRAY_SIZE(mqtt_empty_policy) - 1,
	}, {
		.cmd = MQTT_CMD_LIMITS_SET,
		.doit = mqtt_nl_limits_set,
		.policy = mqtt_limits_policy,
		.maxattr = MQTT_A_LIMITS_MAX,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = MQTT_CMD_STATS_GET,
		.doit = mqtt_nl_stats_get,
		.policy = mqtt_empty_policy,
		.maxattr = ARRAY_SIZE(mqtt_empty_policy) - 1,
	}, {
		.cmd = MQTT_CMD_DRAIN,
		.doit = mqtt_nl_drain,
		.policy = mqtt_drain_policy,
		.maxattr = MQTT_A_OWNER_DRAIN,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = MQTT_CMD_OWNER_GET,
		.doit = mqtt_nl_owner_get,
		.policy = mqtt_empty_policy,
		.maxattr = ARRAY_SIZE(mqtt_empty_policy) - 1,
	},
};

static const struct genl_multicast_group mqtt_genl_groups[] = {
	{
		.name = MQTT_GENL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family mqtt_genl_family __ro_after_init = {
	.name = MQTT_GENL_NAME,
	.version = MQTT_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	/* Otherwise NLM_F_REPLACE and NLM_F_CREATE are refused as reserved. */
	.resv_start_op = MQTT_CMD_MAX + 1,
	.module = THIS_MODULE,
	.ops = mqtt_genl_ops,
	.n_ops = ARRAY_SIZE(mqtt_genl_ops),
	.mcgrps = mqtt_genl_groups,
	.n_mcgrps = ARRAY_SIZE(mqtt_genl_groups),
};

/* The owner's socket is closed: it exited, or wants no more. */
static int mqtt_netlink_notify(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	struct netlink_notify *notify = data;
	struct mqtt_net *mn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	mn = mqtt_net(notify->net);
	if (!notify->portid || READ_ONCE(mn->owner) != notify->portid)
		return NOTIFY_DONE;
	mutex_lock(&mn->lock);
	if (mn->owner == notify->portid)
		mqtt_net_release_owner(mn);
	mutex_unlock(&mn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block mqtt_netlink_notifier = {
	.notifier_call = mqtt_netlink_notify,
};

int mqtt_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&mqtt_netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&mqtt_genl_family);
	if (err)
		netlink_unregister_notifier(&mqtt_netlink_notifier);
	return err;
}

void mqtt_netlink_exit(void)
{
	genl_unregister_family(&mqtt_genl_family);
	netlink_unregister_notifier(&mqtt_netlink_notifier);
}
