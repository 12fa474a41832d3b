// SPDX-License-Identifier: GPL-2.0
#include "conn.h"
#include "event.h"
#include "net.h"
#include "netlink.h"

static void mqtt_event(struct mqtt_net *mn, struct mqtt_conn *conn,
		       enum mqtt_event type)
{
	u8 cookie[MQTT_COOKIE_MAX];
	struct sk_buff *skb;
	u32 cookie_len = 0;
	void *hdr;

	if (!genl_has_listeners(&mqtt_genl_family, mn->net, 0))
		return;
	if (conn)
		cookie_len = mqtt_conn_cookie(conn, cookie);
	skb = genlmsg_new(3 * NLMSG_ALIGN(NLA_HDRLEN + MQTT_COOKIE_MAX),
			  GFP_KERNEL);
	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &mqtt_genl_family, 0, MQTT_CMD_EVENT);
	if (!hdr || nla_put_u32(skb, MQTT_A_EVENT_TYPE, type) ||
	    (conn && nla_put_u32(skb, MQTT_A_EVENT_CONN, conn->id)) ||
	    (cookie_len && nla_put(skb, MQTT_A_EVENT_COOKIE, cookie_len,
				   cookie))) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&mqtt_genl_family, mn->net, skb, 0, 0,
				GFP_KERNEL);
}

void mqtt_event_send(struct mqtt_net *mn, enum mqtt_event type)
{
	mqtt_event(mn, NULL, type);
}

void mqtt_event_send_conn(struct mqtt_conn *conn, enum mqtt_event type)
{
	mqtt_event(conn->mn, conn, type);
}
