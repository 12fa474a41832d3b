// SPDX-License-Identifier: GPL-2.0
#include "conn.h"
#include "event.h"
#include "net.h"
#include "netlink.h"

static void mqtt_event(struct mqtt_net *mn, const struct mqtt_conn *conn,
		       enum mqtt_event type)
{
	struct sk_buff *skb;
	void *hdr;

	if (!genl_has_listeners(&mqtt_genl_family, mn->net, 0))
		return;
	skb = genlmsg_new(3 * NLMSG_ALIGN(NLA_HDRLEN + MQTT_COOKIE_MAX),
			  GFP_KERNEL);
	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &mqtt_genl_family, 0, MQTT_CMD_EVENT);
	if (!hdr || nla_put_u32(skb, MQTT_A_EVENT_TYPE, type) ||
	    (conn && nla_put_u32(skb, MQTT_A_EVENT_CONN, conn->id))) {
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
