/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_SUBS_H
#define MQTTD_SUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "list.h"
#include "usage.h"

struct session;
struct subids;
struct trie_node;

/**
 * struct filter - a topic filter that somebody subscribed to; subscribers who
 *	may read different topics of it have each their own
 * @node: its place in the trie
 * @next: next filter at the same place, by the name of its share
 * @subs: subscriptions, struct sub.by_filter; of a shared one those that have
 *	waited longest for a message first
 * @flows: flows of the data path that name its group
 * @count: number of subscriptions
 * @members: of these, members of the data path's group
 * @port_users: of these, served through the data path's port
 * @unserved: of these, of connected clients and yet neither
 * @group: the data path's group, 0 if it has none
 * @shared: of each message only one subscriber gets a copy
 * @key: what its subscribers may read, acl_key(); NULL for all, and for shared
 *	subscriptions
 * @key_len: length of @key
 * @pattern: what topics are matched against, in @name
 * @pattern_len: its length
 * @len: length of @name
 * @name: the filter as in SUBSCRIBE, terminated
 */
struct filter {
	struct trie_node *node;
	struct filter *next;
	struct list_head subs;
	struct list_head flows;
	uint32_t count;
	uint32_t members;
	uint32_t port_users;
	uint32_t unserved;
	uint32_t group;
	bool shared;
	char *key;
	size_t key_len;
	const char *pattern;
	uint32_t pattern_len;
	uint32_t len;
	char name[];
};

/**
 * enum sub_member - how the data path serves a subscription
 *
 * @SUB_NONE: not at all, since its session has no connection
 * @SUB_CONN: its client's conn is a member of the filter's group
 * @SUB_PORT: the port is a member on its behalf
 * @SUB_UNSERVED: not at all, since the data path is full
 */
enum sub_member {
	SUB_NONE,
	SUB_CONN,
	SUB_PORT,
	SUB_UNSERVED,
};

/**
 * struct sub_options - what a SUBSCRIBE asks for with a filter
 * @qos: QoS granted
 * @no_local: not what its own client publishes
 * @rap: retain as published: RETAIN is passed on
 * @id: subscription identifier, 0 for none
 * @key: what the subscriber may read, acl_key(); NULL for all
 * @key_len: length of @key
 *
 * @no_local, @rap and @id are of MQTT 5.0.
 */
struct sub_options {
	uint8_t qos;
	bool no_local;
	bool rap;
	uint32_t id;
	const char *key;
	size_t key_len;
};

/**
 * struct sub - a subscription of a session
 * @by_filter: in struct filter.subs
 * @by_session: in struct session.subs
 * @hnext: in the table of subscriptions by filter and session
 * @filter: the filter
 * @session: the subscriber
 * @ids: its identifier as messages carry it, NULL for none
 * @store_id: number in the durable store, 0 when not in it
 * @qos: granted QoS
 * @no_local: see struct sub_options
 * @rap: see struct sub_options
 * @member: what the data path knows of it, enum sub_member
 * @restricted: a shared one: its session may not read all of its topics
 * @overlap: the data path knows that it overlaps another one of the session
 */
struct sub {
	struct list_head by_filter;
	struct list_head by_session;
	struct sub *hnext;
	struct filter *filter;
	struct session *session;
	struct subids *ids;
	uint64_t store_id : 48;
	uint64_t qos : 2;
	uint64_t no_local : 1;
	uint64_t rap : 1;
	uint64_t member : 2;
	uint64_t restricted : 1;
	uint64_t overlap : 1;
};

/**
 * sub_id() - subscription identifier
 * @sub: subscription
 *
 * Return: the identifier, 0 for none.
 */
uint32_t sub_id(const struct sub *sub);

/**
 * subs_init() - make the empty subscription store
 */
void subs_init(void);

/**
 * subs_exit() - free the store; all subscriptions are gone already
 */
void subs_exit(void);

/**
 * subs_generation() - what cached matches are checked against
 *
 * Return: a number that changes with every change of the subscriptions.
 */
uint64_t subs_generation(void);

/**
 * subs_count() - number of subscriptions
 *
 * Return: all of them, of all sessions.
 */
uint32_t subs_count(void);

/**
 * subs_usage() - memory of subscriptions
 *
 * Return: all of them, of all sessions.
 */
struct usage subs_usage(void);

/**
 * filters_usage() - memory of topic filters
 *
 * Return: those that somebody subscribed to, with the tree that they are in.
 */
struct usage filters_usage(void);

/**
 * subs_find() - find a subscription
 * @session: subscriber
 * @name: topic filter
 * @len: its length
 *
 * Return: the subscription, or NULL.
 */
struct sub *subs_find(struct session *session, const char *name, size_t len);

/**
 * subs_get() - find the subscription of a session to a filter
 * @filter: filter
 * @session: subscriber
 *
 * Return: the subscription, or NULL.
 */
struct sub *subs_get(struct filter *filter, struct session *session);

/**
 * subs_add() - add a subscription, or change its options
 * @session: subscriber
 * @subs: the session's list of subscriptions
 * @name: valid topic filter, also of a shared subscription
 * @len: its length
 * @options: what was granted
 *
 * Return: the subscription.
 */
struct sub *subs_add(struct session *session, struct list_head *subs,
		     const char *name, size_t len,
		     const struct sub_options *options);

/**
 * subs_del() - remove a subscription
 * @sub: subscription, no member of the data path any more; freed, and its
 *	filter with it when nobody else subscribed to it
 */
void subs_del(struct sub *sub);

/**
 * subs_move() - the subscriber may read something else
 * @sub: subscription, no member of the data path
 * @key: what it may read now, as in struct sub_options
 * @len: length of @key
 */
void subs_move(struct sub *sub, const char *key, size_t len);

/**
 * sub_reads() - is this what the subscriber may read?
 * @sub: subscription
 * @key: as for subs_move()
 * @len: length of @key
 *
 * Return: true if subs_move() would change nothing.
 */
bool sub_reads(const struct sub *sub, const char *key, size_t len);

/**
 * filter_allows() - may the subscribers read this topic?
 * @filter: filter that matches the topic
 * @topic: topic name
 * @len: its length
 *
 * Return: true if so, and for shared subscriptions, whose members are asked one
 * by one.
 */
bool filter_allows(const struct filter *filter, const char *topic, size_t len);

/**
 * struct filter_set - filters that match a topic
 * @topic: the topic
 * @topic_len: its length
 * @filter: the filters, each once
 * @count: their number
 * @cap: room in @filter
 */
struct filter_set {
	const char *topic;
	size_t topic_len;
	struct filter **filter;
	size_t count;
	size_t cap;
};

/**
 * subs_match() - find all filters that match a topic name which their
 *	subscribers may read
 * @topic: valid topic name
 * @len: its length
 * @set: emptied, then filled
 */
void subs_match(const char *topic, size_t len, struct filter_set *set);

/**
 * subs_each_filter() - call a function for every filter
 * @fn: function, must not add or remove subscriptions
 * @arg: passed to @fn
 */
void subs_each_filter(void (*fn)(struct filter *filter, void *arg), void *arg);

#endif /* MQTTD_SUBS_H */
