/* SPDX-License-Identifier: GPL-2.0 */
/* Notifications to the multicast group "events". */
#ifndef _MQTT_EVENT_H
#define _MQTT_EVENT_H

#include <linux/mqtt.h>

struct mqtt_conn;
struct mqtt_net;

/**
 * mqtt_event_send() - tell listeners about the namespace
 * @mn: namespace
 * @type: what happened
 *
 * Context: process; may sleep.
 */
void mqtt_event_send(struct mqtt_net *mn, enum mqtt_event type);

/**
 * mqtt_event_send_conn() - tell listeners about a conn
 * @conn: conn
 * @type: what happened
 *
 * Context: process; may sleep.
 */
void mqtt_event_send_conn(struct mqtt_conn *conn, enum mqtt_event type);

#endif /* _MQTT_EVENT_H */
