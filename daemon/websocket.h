/* SPDX-License-Identifier: GPL-2.0 */
/* WebSocket between MQTT and what is below it, RFC 6455 and MQTT 6. */
#ifndef MQTTD_WEBSOCKET_H
#define MQTTD_WEBSOCKET_H

struct client;

/**
 * websocket_push() - put WebSocket above what a client has already
 * @c: client, not yet started
 */
void websocket_push(struct client *c);

#endif /* MQTTD_WEBSOCKET_H */
