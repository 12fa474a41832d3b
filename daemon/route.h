/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_ROUTE_H
#define MQTTD_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "subs.h"

struct properties;
struct session;
struct subids;

/**
 * struct publish - a message to be routed, or a run of them
 * @topic: valid topic name
 * @payload: payload of a single message
 * @payload_len: its length
 * @topic_len: length of @topic
 * @qos: QoS it was published with
 * @retain: to be retained
 * @v5: @frames are of MQTT 5.0, without topic alias
 * @source: the publisher, NULL for the broker's own messages
 * @session: of whom a will is, NULL for other messages
 * @props: properties of a single message, NULL if it has none
 * @frames: QoS 0 without retain: the PUBLISH packets as they were received, NULL
 *	otherwise
 * @frames_len: their length together
 * @count: their number; 1 for a single message
 * @expires: loop_now() at which the lifetime of @frames ends, 0 for never
 * @done: told when @source is to go on after -EINPROGRESS; may be NULL
 * @mid: packet identifier, for @done
 * @full: the durable store's disk was full when it came, for @done
 */
struct publish {
	const char *topic;
	const uint8_t *payload;
	uint32_t payload_len;
	uint16_t topic_len;
	uint8_t qos;
	bool retain;
	bool v5;
	struct client *source;
	const struct session *session;
	const struct properties *props;
	const uint8_t *frames;
	uint32_t frames_len;
	uint32_t count;
	uint64_t expires;
	void (*done)(const struct publish *pub, int reached);
	uint16_t mid;
	bool full;
};

/**
 * struct receiver - a session that gets a message
 * @session: the session
 * @ids: identifiers of its matching subscriptions
 * @qos: highest QoS granted to its matching subscriptions
 * @overlap: more than one of its subscriptions match
 * @no_local: one of them is not for what the client publishes itself
 * @rap: one of them passes RETAIN on
 */
struct receiver {
	struct session *session;
	struct subids *ids;
	uint8_t qos;
	bool overlap;
	bool no_local;
	bool rap;
};

/* Classes of publishers whose verdicts a route keeps. */
#define ROUTE_VERDICTS	4

/**
 * struct route - where messages with a topic go
 * @hnext: next in the hash bucket
 * @generation: generation of the subscriptions it was made from
 * @hash: hash of @topic
 * @topic_len: length of @topic
 * @verdict: may they publish here? Numbers of classes, shifted, and a bit
 * @receivers: sessions with ordinary subscriptions, each once unless
 *	allow_duplicate_messages is set
 * @nr_receivers: their number
 * @filters: matching filters, those of shared subscriptions last
 * @nr_filters: their number
 * @nr_shared: of these, those of shared subscriptions
 * @held: how often it is held
 * @gone: it is not in the cache any more
 * @topic: topic name
 */
struct route {
	struct route *hnext;
	uint64_t generation;
	uint32_t hash;
	uint32_t topic_len;
	uint64_t verdict[ROUTE_VERDICTS];
	struct receiver *receivers;
	uint32_t nr_receivers;
	struct filter **filters;
	uint32_t nr_filters;
	uint32_t nr_shared;
	uint32_t held;
	bool gone;
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
 * routes_usage() - memory of routes, which are kept for topics in use
 *
 * Return: all of them, with the receivers that they lead to.
 */
struct usage routes_usage(void);

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
struct route *route_get(const char *topic, uint16_t len);

/**
 * route_hold() - keep a route beyond that
 * @r: the route; when subscriptions change it stays as it is, so that sessions and
 *	filters may be gone
 */
void route_hold(struct route *r);

/**
 * route_put() - the route is not needed any more
 * @r: the route
 */
void route_put(struct route *r);

/**
 * route_denied() - may a message not be published?
 * @r: where it would go
 * @pub: the message
 *
 * Return: true if its publisher may not.
 */
bool route_denied(struct route *r, const struct publish *pub);

/**
 * receiver_find() - what a session gets by its subscriptions to some filters
 * @filters: the filters; shared ones are passed over
 * @nr: their number
 * @s: the session
 * @own: for messages of its own client: without subscriptions that are not for
 *	these [MQTT-3.8.3-3]
 * @rx: set; its identifiers are to be put
 *
 * Return: false for nothing at all.
 */
bool receiver_find(struct filter *const *filters, size_t nr, struct session *s,
		   bool own, struct receiver *rx);

/**
 * route_is_own() - does a session get less, as its client is the publisher?
 * @pub: the message
 * @rx: the session
 *
 * Return: true if so: see route_own().
 */
static inline bool route_is_own(const struct publish *pub,
				const struct receiver *rx)
{
	const struct session *s = pub->source ? pub->source->session :
						pub->session;

	return rx->no_local && s == rx->session;
}

/**
 * route_own() - what a session gets of its own client's messages
 * @r: where they go
 * @all: the session
 * @own: the same without subscriptions that are not for these [MQTT-3.8.3-3];
 *	its identifiers are to be put
 *
 * Return: false for nothing at all.
 */
bool route_own(const struct route *r, const struct receiver *all,
	       struct receiver *own);

/**
 * route_stored() - would routing a message make records in the durable store?
 * @pub: the message
 *
 * Return: true if so, or if it might for a member of a shared subscription.
 */
bool route_stored(const struct publish *pub);

#endif /* MQTTD_ROUTE_H */
