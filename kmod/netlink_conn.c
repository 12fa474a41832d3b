// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/inet_sock.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "net.h"
#include "netlink.h"
#include "rate.h"
#include "tls.h"

/* Of conns and groups. Not const, for 6.1 has a plain pointer to it. */
struct netlink_range_validation mqtt_id_range = {
	.min = 1,
	.max = INT_MAX,
};

/* Attributes a conn has from the start, and those that can change. */
#define MQTT_CONN_POLICY_SET						\
	[MQTT_A_CONN_ACL_CLASS] = { .type = NLA_U32 },			\
	[MQTT_A_CONN_KEEP_ALIVE] = { .type = NLA_U16 },			\
	[MQTT_A_CONN_MAX_PACKET_SIZE] = { .type = NLA_U32 },		\
	[MQTT_A_CONN_FLAGS] = NLA_POLICY_MASK(NLA_U32, MQTT_CONN_F_MASK), \
	[MQTT_A_CONN_COOKIE] = {					\
		.type = NLA_BINARY,					\
		.len = MQTT_COOKIE_MAX,					\
	},								\
	[MQTT_A_CONN_RECORD_LIMIT] = NLA_POLICY_MAX(NLA_U32,		\
						    MQTT_TLS_RECORD_MAX), \
	[MQTT_A_CONN_PUBLISH_RATE] = { .type = NLA_U32 },		\
	[MQTT_A_CONN_PUBLISH_BURST] = { .type = NLA_U32 },		\
	[MQTT_A_CONN_BYTES_RATE] = { .type = NLA_U32 },			\
	[MQTT_A_CONN_BYTES_BURST] = { .type = NLA_U32 }

const struct nla_policy
mqtt_conn_add_policy[MQTT_A_CONN_BYTES_BURST + 1] = {
	[MQTT_A_CONN_FD] = { .type = NLA_U32 },
	[MQTT_A_CONN_PROTOCOL_LEVEL] = NLA_POLICY_RANGE(NLA_U8, 3, 5),
	[MQTT_A_CONN_RX_SKIP] = { .type = NLA_U32 },
	[MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM] = { .type = NLA_U16 },
	MQTT_CONN_POLICY_SET,
};

const struct nla_policy mqtt_conn_set_policy[MQTT_A_CONN_BYTES_BURST + 1] = {
	[MQTT_A_CONN_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
	MQTT_CONN_POLICY_SET,
};

const struct nla_policy mqtt_conn_id_policy[MQTT_A_CONN_ID + 1] = {
	[MQTT_A_CONN_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &mqtt_id_range),
};

static void mqtt_conn_rate(struct nlattr **attrs, int attr, u32 bit,
			   struct mqtt_conn_params *p, u32 *value)
{
	if (!attrs[attr])
		return;
	p->given |= bit;
	*value = nla_get_u32(attrs[attr]);
}

static void mqtt_conn_params(struct genl_info *info,
			     struct mqtt_conn_params *p)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[MQTT_A_CONN_PROTOCOL_LEVEL])
		p->level = nla_get_u8(attrs[MQTT_A_CONN_PROTOCOL_LEVEL]);
	if (attrs[MQTT_A_CONN_RX_SKIP])
		p->rx_skip = nla_get_u32(attrs[MQTT_A_CONN_RX_SKIP]);
	if (info->genlhdr->cmd == MQTT_CMD_CONN_ADD &&
	    attrs[MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM])
		p->alias_max =
			nla_get_u16(attrs[MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM]);
	if (attrs[MQTT_A_CONN_ACL_CLASS]) {
		p->given |= MQTT_CONN_P_ACL_CLASS;
		p->acl_class = nla_get_u32(attrs[MQTT_A_CONN_ACL_CLASS]);
	}
	if (attrs[MQTT_A_CONN_KEEP_ALIVE]) {
		p->given |= MQTT_CONN_P_KEEP_ALIVE;
		p->keep_alive = nla_get_u16(attrs[MQTT_A_CONN_KEEP_ALIVE]);
	}
	if (attrs[MQTT_A_CONN_MAX_PACKET_SIZE]) {
		p->given |= MQTT_CONN_P_MAX_PACKET;
		p->max_packet = nla_get_u32(attrs[MQTT_A_CONN_MAX_PACKET_SIZE]);
	}
	if (attrs[MQTT_A_CONN_FLAGS]) {
		p->given |= MQTT_CONN_P_FLAGS;
		p->flags = nla_get_u32(attrs[MQTT_A_CONN_FLAGS]);
	}
	if (attrs[MQTT_A_CONN_COOKIE]) {
		p->given |= MQTT_CONN_P_COOKIE;
		p->cookie = nla_data(attrs[MQTT_A_CONN_COOKIE]);
		p->cookie_len = nla_len(attrs[MQTT_A_CONN_COOKIE]);
	}
	mqtt_conn_rate(attrs, MQTT_A_CONN_PUBLISH_RATE,
		       MQTT_CONN_P_PUBLISH_RATE, p, &p->rates.publish_rate);
	mqtt_conn_rate(attrs, MQTT_A_CONN_PUBLISH_BURST,
		       MQTT_CONN_P_PUBLISH_BURST, p, &p->rates.publish_burst);
	mqtt_conn_rate(attrs, MQTT_A_CONN_BYTES_RATE,
		       MQTT_CONN_P_BYTES_RATE, p, &p->rates.bytes_rate);
	mqtt_conn_rate(attrs, MQTT_A_CONN_BYTES_BURST,
		       MQTT_CONN_P_BYTES_BURST, p, &p->rates.bytes_burst);
	if (attrs[MQTT_A_CONN_RECORD_LIMIT]) {
		p->given |= MQTT_CONN_P_RECORD;
		p->record_limit = nla_get_u32(attrs[MQTT_A_CONN_RECORD_LIMIT]);
	}
}

int mqtt_nl_conn_add(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_conn_params params = {};
	struct sk_buff *reply;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, MQTT_A_CONN_FD) ||
	    GENL_REQ_ATTR_CHECK(info, MQTT_A_CONN_PROTOCOL_LEVEL)) {
		NL_SET_ERR_MSG_MOD(info->extack,
				   "fd and protocol_level are required");
		return -EINVAL;
	}
	mqtt_conn_params(info, &params);
	/* Before attaching, which cannot be undone. */
	reply = mqtt_netlink_reply(info, nla_total_size(sizeof(u32)), &hdr);
	if (!reply)
		return -ENOMEM;

	mutex_lock(&mn->lock);
	err = mqtt_netlink_owner(info);
	if (!err)
		err = mqtt_conn_attach(mn,
				       nla_get_u32(info->attrs[MQTT_A_CONN_FD]),
				       &params, info->extack);
	mutex_unlock(&mn->lock);
	if (err >= 0)
		err = nla_put_u32(reply, MQTT_A_CONN_ID, err);
	return mqtt_netlink_send(reply, hdr, info, err);
}

/* @mn->lock held. The conn a request of the owner names, or ERR_PTR. */
static struct mqtt_conn *mqtt_nl_conn(struct mqtt_net *mn,
				      struct genl_info *info)
{
	struct mqtt_conn *conn;
	u32 id;

	if (GENL_REQ_ATTR_CHECK(info, MQTT_A_CONN_ID)) {
		NL_SET_ERR_MSG_MOD(info->extack, "id is required");
		return ERR_PTR(-EINVAL);
	}
	id = nla_get_u32(info->attrs[MQTT_A_CONN_ID]);
	conn = mqtt_conn_find(mn, id);
	if (!conn) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[MQTT_A_CONN_ID],
				    "no such conn");
		return ERR_PTR(-ENOENT);
	}
	return conn;
}

static int mqtt_do_conn_del(struct mqtt_net *mn, struct genl_info *info)
{
	struct mqtt_conn *conn = mqtt_nl_conn(mn, info);

	if (IS_ERR(conn))
		return PTR_ERR(conn);
	mqtt_conn_end(conn, false);
	return 0;
}

int mqtt_nl_conn_del(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_conn_del);
}

static int mqtt_do_conn_set(struct mqtt_net *mn, struct genl_info *info)
{
	struct mqtt_conn *conn = mqtt_nl_conn(mn, info);
	struct mqtt_conn_params params = {};

	if (IS_ERR(conn))
		return PTR_ERR(conn);
	mqtt_conn_params(info, &params);
	return mqtt_conn_set(conn, &params);
}

int mqtt_nl_conn_set(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_conn_set);
}

static int mqtt_do_conn_claim(struct mqtt_net *mn, struct genl_info *info)
{
	NL_SET_ERR_MSG_MOD(info->extack,
			   "conns end with their owner: the takeover time is 0");
	return -EOPNOTSUPP;
}

int mqtt_nl_conn_claim(struct sk_buff *skb, struct genl_info *info)
{
	return mqtt_netlink_as_owner(info, mqtt_do_conn_claim);
}

static int mqtt_put_address(struct sk_buff *skb, const struct sock *sk)
{
	if (nla_put_u16(skb, MQTT_A_CONN_FAMILY, sk->sk_family) ||
	    nla_put_u16(skb, MQTT_A_CONN_PORT_NUMBER,
			ntohs(inet_sk(sk)->inet_dport)))
		return -EMSGSIZE;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return nla_put(skb, MQTT_A_CONN_ADDRESS,
			       sizeof(sk->sk_v6_daddr), &sk->sk_v6_daddr);
#endif
	return nla_put(skb, MQTT_A_CONN_ADDRESS, sizeof(__be32),
		       &inet_sk(sk)->inet_daddr);
}

static int mqtt_put_conn_u64(struct sk_buff *skb, struct mqtt_conn *conn)
{
	struct mqtt_rx *rx = &conn->rx;
	struct mqtt_tx *tx = &conn->tx;
	unsigned long slow = READ_ONCE(rx->slow_left);
	const struct {
		int attr;
		u64 value;
	} values[] = {
		{ MQTT_A_CONN_PUBLISH_FAST, READ_ONCE(rx->publish_fast) },
		{ MQTT_A_CONN_DELIVER_FAST, READ_ONCE(tx->deliver_fast) },
		{ MQTT_A_CONN_DELIVER_PACKET_OUT,
		  READ_ONCE(tx->deliver_packet_out) },
		{ MQTT_A_CONN_DIVERTED, atomic64_read(&rx->diverted) },
		{ MQTT_A_CONN_GATE, READ_ONCE(rx->gate) },
		{ MQTT_A_CONN_ACKED, atomic64_read(&rx->acked) },
		{ MQTT_A_CONN_SLOW_BYTES,
		  slow == MQTT_SLOW_FOREVER ? U64_MAX : slow },
		{ MQTT_A_CONN_QUEUED_BYTES, READ_ONCE(tx->bytes) },
		{ MQTT_A_CONN_DAEMON_BYTES, READ_ONCE(tx->daemon_bytes) },
		{ MQTT_A_CONN_DROP_QUEUE_FULL, READ_ONCE(tx->drop_queue_full) },
		{ MQTT_A_CONN_DROP_OVERSIZE, READ_ONCE(tx->drop_oversize) },
		{ MQTT_A_CONN_DROP_NOMEM, READ_ONCE(tx->drop_nomem) },
		{ MQTT_A_CONN_DROP_EXPIRED, READ_ONCE(tx->drop_expired) },
		{ MQTT_A_CONN_IDLE_MS,
		  jiffies_to_msecs(mqtt_conn_idle(conn)) },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (nla_put_u64_64bit(skb, values[i].attr, values[i].value,
				      MQTT_A_CONN_PAD))
			return -EMSGSIZE;
	return 0;
}

static enum mqtt_conn_state mqtt_conn_state(const struct mqtt_conn *conn)
{
	const struct mqtt_rx *rx = &conn->rx;

	if (READ_ONCE(rx->ended))
		return MQTT_CONN_STATE_ENDED;
	if (READ_ONCE(rx->expired))
		return MQTT_CONN_STATE_EXPIRED;
	if (READ_ONCE(rx->slow_left))
		return MQTT_CONN_STATE_DIVERT;
	if (READ_ONCE(rx->eof))
		return MQTT_CONN_STATE_EOF;
	if (READ_ONCE(rx->over_rate) || mqtt_rate_waits(conn))
		return MQTT_CONN_STATE_RATE;
	if (READ_ONCE(rx->gate_wait))
		return MQTT_CONN_STATE_GATE;
	return MQTT_CONN_STATE_FAST;
}

static int mqtt_put_rates(struct sk_buff *skb,
			  const struct mqtt_rate_limits *limits)
{
	if (nla_put_u32(skb, MQTT_A_CONN_PUBLISH_RATE, limits->publish_rate) ||
	    nla_put_u32(skb, MQTT_A_CONN_PUBLISH_BURST,
			limits->publish_burst) ||
	    nla_put_u32(skb, MQTT_A_CONN_BYTES_RATE, limits->bytes_rate) ||
	    nla_put_u32(skb, MQTT_A_CONN_BYTES_BURST, limits->bytes_burst))
		return -EMSGSIZE;
	return 0;
}

static int mqtt_put_conn(struct sk_buff *skb, struct mqtt_conn *conn)
{
	const struct mqtt_tls *tls = conn->is_tls ? mqtt_tls(conn) : NULL;
	static const struct mqtt_rate_limits unlimited;
	u32 max_packet = READ_ONCE(conn->max_packet);
	u8 cookie[MQTT_COOKIE_MAX];
	u32 cookie_len;

	if (nla_put_u32(skb, MQTT_A_CONN_ID, conn->id) ||
	    nla_put_u8(skb, MQTT_A_CONN_PROTOCOL_LEVEL, conn->level) ||
	    nla_put_u32(skb, MQTT_A_CONN_ACL_CLASS, conn->acl_class) ||
	    nla_put_u16(skb, MQTT_A_CONN_KEEP_ALIVE, conn->keep_alive) ||
	    nla_put_u32(skb, MQTT_A_CONN_MAX_PACKET_SIZE,
			max_packet == U32_MAX ? 0 : max_packet) ||
	    nla_put_u32(skb, MQTT_A_CONN_FLAGS, conn->flags) ||
	    nla_put_u16(skb, MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM,
			conn->alias_max) ||
	    nla_put_u16(skb, MQTT_A_CONN_TLS_VERSION, tls ? tls->version : 0) ||
	    nla_put_u32(skb, MQTT_A_CONN_RECORD_LIMIT,
			tls ? READ_ONCE(tls->record_limit) : 0) ||
	    nla_put_u32(skb, MQTT_A_CONN_MEMBERS, conn->nr_members) ||
	    nla_put_u32(skb, MQTT_A_CONN_STATE, mqtt_conn_state(conn)) ||
	    nla_put_u32(skb, MQTT_A_CONN_CPU, conn->cpu))
		return -EMSGSIZE;
	cookie_len = mqtt_conn_cookie(conn, cookie);
	if (cookie_len && nla_put(skb, MQTT_A_CONN_COOKIE, cookie_len, cookie))
		return -EMSGSIZE;
	if (mqtt_put_address(skb, conn->sk) ||
	    mqtt_put_rates(skb, conn->rate ? &conn->rate->limits : &unlimited))
		return -EMSGSIZE;
	return mqtt_put_conn_u64(skb, conn);
}

int mqtt_nl_conn_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mqtt_net *mn = mqtt_net(genl_info_net(info));
	struct mqtt_conn *conn;
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
	conn = mqtt_nl_conn(mn, info);
	err = PTR_ERR_OR_ZERO(conn);
	if (!err)
		err = mqtt_put_conn(reply, conn);
	mutex_unlock(&mn->lock);
	return mqtt_netlink_send(reply, hdr, info, err);
}

int mqtt_nl_conn_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mqtt_net *mn = mqtt_net(sock_net(cb->skb->sk));
	unsigned long id = cb->args[0];
	struct mqtt_conn *conn;

	mutex_lock(&mn->lock);
	xa_for_each_start(&mn->conns, id, conn, id) {
		void *hdr = mqtt_netlink_dump_begin(skb, cb, MQTT_CMD_CONN_GET);

		if (!hdr ||
		    mqtt_netlink_dump_end(skb, hdr, mqtt_put_conn(skb, conn)))
			break;
	}
	mutex_unlock(&mn->lock);
	/* One past the last one when all are done: skb->len 0 ends the dump. */
	cb->args[0] = conn ? id : ULONG_MAX;
	return skb->len;
}
