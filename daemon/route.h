/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_ROUTE_H
#define MQTTD_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "subs.h"

struct client;
struct session;

/**
 * struct publish - a message to be routed, or a run of them
 * @topic: valid topic name
 * @payload: payload of a single message
 * @payload_len: its length
 * @topic_len: length of @topic
 * @qos: QoS it was published with
 * @retain: to be retained
 * @source: the publisher, NULL for the broker's own messages
 * @frames: QoS 0 without retain: the PUBLISH packets as they were received, NULL
 *	otherwise
 * @frames_len: their length together
 * @count: their number; 1 for a single message
 */
struct publish {
	const char *topic;
	const uint8_t *payload;
	uint32_t payload_len;
	uint16_t topic_len;
	uint8_t qos;
	bool retain;
	struct client *source;
	const uint8_t *frames;
	uint32_t frames_len;
	uint32_t count;
};

/**
 * struct receiver - a session that gets a message
 * @session: the session
 * @qos: highest QoS granted to its matching subscriptions
 * @overlap: more than one of its subscriptions match
 */
struct receiver {
	struct session *session;
	uint8_t qos;
	bool overlap;
};

/**
 * struct route - where messages with a topic go
 * @hnext: next in the hash bucket
 * @generation: generation of the subscriptions it was made from
 * @hash: hash of @topic
 * @topic_len: length of @topic
 * @receivers: sessions, each once
 * @nr_receivers: their number
 * @filters: matching filters
 * @nr_filters: their number
 * @topic: topic name
 */
struct route {
	struct route *hnext;
	uint64_t generation;
	uint32_t hash;
	uint32_t topic_len;
	struct receiver *receivers;
	uint32_t nr_receivers;
	struct filter **filters;
	uint32_t nr_filters;
	char topic[];
};

/**
 * route_init() - make the empty cache of routes
 */
void route_init(void);

/**
 * route_exit() - free the cache
 */
void route_exit(void);

/**
 * route_known() - is there a route for this topic already?
 * @topic: bytes of a topic name
 * @len: their number
 *
 * Return: true if so, which means that the topic is valid too.
 */
bool route_known(const char *topic, uint16_t len);

/**
 * route_get() - find or make the route of a topic
 * @topic: valid topic name
 * @len: its length
 *
 * Return: the route, good until the next route is looked up or a subscription
 * changes.
 */
const struct route *route_get(const char *topic, uint16_t len);

/**
 * route_publish() - deliver a message to all its subscribers, and retain it
 * @pub: the message
 *
 * Return: false when there was no memory for it.
 */
bool route_publish(const struct publish *pub);

#endif /* MQTTD_ROUTE_H */
