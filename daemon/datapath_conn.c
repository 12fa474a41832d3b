// SPDX-License-Identifier: GPL-2.0
/* What the module has to know of a client. */
#include <string.h>

#include "mqtt_nl.h"

#include "acl_class.h"
#include "client.h"
#include "conf.h"
#include "datapath_kernel.h"
#include "publish_limit.h"
#include "session.h"
#include "tls.h"
#include "util.h"

/* The module charges for every PUBLISH, also for those that it diverts. */
static void describe_rates(struct mqtt_conn *conn)
{
	if (config.max_publish_rate) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_PUBLISH_RATE);
		conn->publish_rate = config.max_publish_rate;
	}
	if (config.max_publish_bytes) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_BYTES_RATE);
		conn->bytes_rate = config.max_publish_bytes;
	}
	if (publish_limited() && config.publish_limit_disconnect) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_FLAGS);
		conn->flags |= MQTT_CONN_F_RATE_END;
	}
}

void kernel_describe_conn(const struct client *c, struct mqtt_conn *conn)
{
	const struct session *s = c->session;

	memset(conn, 0, sizeof(*conn));
	conn->present = MQTT_BIT(MQTT_A_CONN_FD) |
			MQTT_BIT(MQTT_A_CONN_PROTOCOL_LEVEL) |
			MQTT_BIT(MQTT_A_CONN_ACL_CLASS) |
			MQTT_BIT(MQTT_A_CONN_KEEP_ALIVE) |
			MQTT_BIT(MQTT_A_CONN_COOKIE);
	conn->fd = c->fd;
	conn->protocol_level = c->protocol;
	conn->acl_class = acl_class_id(s->rights->publish_class);
	conn->keep_alive = c->keepalive;
	conn->cookie.data = s->id;
	conn->cookie.len = min_t(uint32_t, s->id_len, MQTT_COOKIE_MAX);
	if (c->max_packet != UINT32_MAX) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_MAX_PACKET_SIZE);
		conn->max_packet_size = c->max_packet;
	}
	if (c->protocol >= 5) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM);
		conn->topic_alias_maximum = c->listener->max_topic_alias;
	}
	if (c->rare->tls && c->rare->tls->record_limit) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_RECORD_LIMIT);
		conn->record_limit = c->rare->tls->record_limit;
	}
	if (config.max_packet_size < FAST_MAX_LEAST) {
		conn->present |= MQTT_BIT(MQTT_A_CONN_FLAGS);
		conn->flags = MQTT_CONN_F_NO_PUBLISH;
	}
	describe_rates(conn);
}
