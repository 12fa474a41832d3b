/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family; linux/mqtt.h documents it. */
#ifndef _MQTT_NETLINK_H
#define _MQTT_NETLINK_H

#include <net/genetlink.h>

struct mqtt_net;

extern struct genl_family mqtt_genl_family;

extern struct netlink_range_validation mqtt_id_range;
extern const struct nla_policy mqtt_conn_add_policy[];
extern const struct nla_policy mqtt_conn_set_policy[];
extern const struct nla_policy mqtt_conn_id_policy[];
extern const struct nla_policy mqtt_flow_policy[];
extern const struct nla_policy mqtt_flow_key_policy[];
extern const struct nla_policy mqtt_group_policy[];
extern const struct nla_policy mqtt_group_id_policy[];
extern const struct nla_policy mqtt_member_policy[];
extern const struct nla_policy mqtt_member_key_policy[];
extern const struct nla_policy mqtt_member_dump_policy[];

/**
 * mqtt_netlink_owner() - is the sender the owner?
 * @info: request
 *
 * Context: mqtt_net.lock held. Return: 0 or -EPERM with a text.
 */
int mqtt_netlink_owner(struct genl_info *info);

/**
 * mqtt_netlink_as_owner() - execute a request that only the owner may make
 * @info: request
 * @request: executes it, with mqtt_net.lock held
 *
 * Context: may sleep; takes mqtt_net.lock. Return: -EPERM with a text, or
 * what @request returns.
 */
int mqtt_netlink_as_owner(struct genl_info *info,
			  int (*request)(struct mqtt_net *mn,
					 struct genl_info *info));

/**
 * mqtt_netlink_may_read() - may the sender read tables and counters?
 * @mn: namespace
 * @skb: request
 * @portid: sender
 * @extack: for the text of a refusal
 *
 * The owner may, for it may have dropped the capability, and administrators.
 *
 * Context: any. Return: 0 or -EPERM.
 */
int mqtt_netlink_may_read(struct mqtt_net *mn, struct sk_buff *skb, u32 portid,
			  struct netlink_ext_ack *extack);

/**
 * mqtt_netlink_reply() - begin a reply
 * @info: request
 * @size: room for attributes in bytes
 * @hdr: where to store the message's header
 *
 * Context: may sleep. Return: message or NULL.
 */
struct sk_buff *mqtt_netlink_reply(struct genl_info *info, size_t size,
				   void **hdr);

/**
 * mqtt_netlink_send() - send a reply, unless putting it together failed
 * @reply: from mqtt_netlink_reply(); consumed
 * @hdr: its header
 * @info: request
 * @err: 0, or why there is no reply
 *
 * Context: may sleep. Return: @err, or 0 or -errno of sending.
 */
int mqtt_netlink_send(struct sk_buff *reply, void *hdr, struct genl_info *info,
		      int err);

/**
 * mqtt_netlink_start() - permission check before a dump
 * @cb: dump
 *
 * Context: may sleep. Return: 0 or -EPERM.
 */
int mqtt_netlink_start(struct netlink_callback *cb);

/**
 * mqtt_netlink_dump_begin() - begin one object of a dump
 * @skb: message
 * @cb: dump
 * @cmd: command
 *
 * Context: any. Return: header or NULL when the message is full.
 */
void *mqtt_netlink_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
			      u8 cmd);

/**
 * mqtt_netlink_dump_end() - end one object of a dump
 * @skb: message
 * @hdr: from mqtt_netlink_dump_begin()
 * @err: 0, or -EMSGSIZE: the object did not fit and is taken out
 *
 * Context: any. Return: @err.
 */
int mqtt_netlink_dump_end(struct sk_buff *skb, void *hdr, int err);

/* Handlers, see the table in netlink.c. */
int mqtt_nl_conn_add(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_conn_del(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_conn_set(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_conn_get(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_conn_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mqtt_nl_conn_claim(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_flow_add(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_flow_del(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_flow_get(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mqtt_nl_group_add(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_group_del(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_group_get(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_group_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mqtt_nl_member_add(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_member_del(struct sk_buff *skb, struct genl_info *info);
int mqtt_nl_member_dump(struct sk_buff *skb, struct netlink_callback *cb);

/**
 * mqtt_netlink_init() - register the family
 *
 * Context: module init. Return: 0 or -errno.
 */
int mqtt_netlink_init(void);

/**
 * mqtt_netlink_exit() - unregister it
 *
 * Context: module exit; waits for running requests.
 */
void mqtt_netlink_exit(void);

#endif /* _MQTT_NETLINK_H */
