/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Client of the "mqtt" generic netlink family.
 *
 * Plain calls send one request and return its result: 0 or a positive value,
 * or a negative errno, with mqtt_nl_error() saying why in words. A batch
 * queues many requests, sends them in as few datagrams as it can and keeps a
 * result for each. Nothing here is safe for two threads on one handle.
 */
#ifndef MQTT_NL_H
#define MQTT_NL_H

#include "mqtt_attr.h"

/* Flags of the *_add() calls. */
#define MQTT_NL_CREATE	0x400	/* NLM_F_CREATE */
#define MQTT_NL_REPLACE	0x100	/* NLM_F_REPLACE */

struct mqtt_nl;
struct mqtt_nl_batch;

/**
 * typedef mqtt_nl_cb - called for every object of a dump
 * @obj: the object; valid during the call only
 * @arg: what the caller passed
 *
 * Return: 0 to go on; anything else ends the dump, which returns it.
 */
typedef int (*mqtt_nl_cb)(const void *obj, void *arg);

/**
 * mqtt_nl_open() - open a netlink socket and find the family
 * @nlp: receives the handle
 *
 * Return: 0; -ENOENT if the family is absent, which means that the module is
 * not loaded; another negative errno.
 */
int mqtt_nl_open(struct mqtt_nl **nlp);

/**
 * mqtt_nl_close() - close the socket; an owner stops being one
 * @nl: the handle, or NULL
 */
void mqtt_nl_close(struct mqtt_nl *nl);

/**
 * mqtt_nl_error() - why the last call failed
 * @nl: the handle
 *
 * Return: the kernel's text, or the text of the errno; never NULL.
 */
const char *mqtt_nl_error(const struct mqtt_nl *nl);

/**
 * mqtt_nl_fd() - the socket's descriptor, for poll()
 * @nl: the handle
 *
 * Return: the descriptor.
 */
int mqtt_nl_fd(const struct mqtt_nl *nl);

/**
 * mqtt_nl_register() - become the owner of this network namespace
 * @nl: the handle; the namespace is owned until it is closed
 * @owner: receives port_fd, version, features, table_gen, takeover_time, limits
 *
 * Return: 0, -EBUSY, -ESHUTDOWN, or another negative errno.
 */
int mqtt_nl_register(struct mqtt_nl *nl, struct mqtt_owner *owner);

/**
 * mqtt_nl_owner_get() - read who owns this network namespace
 * @nl: the handle
 * @owner: receives version, features, table_gen, takeover_time, drain, and
 *	portid if there is an owner
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_owner_get(struct mqtt_nl *nl, struct mqtt_owner *owner);

/**
 * mqtt_nl_conn_add() - attach a socket
 * @nl: the handle
 * @conn: attributes to send: those whose bit is set in conn->present
 * @id: receives the conn's identifier
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_conn_add(struct mqtt_nl *nl, const struct mqtt_conn *conn, uint32_t *id);

/**
 * mqtt_nl_conn_del() - end a conn
 * @nl: the handle
 * @id: the conn
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_conn_del(struct mqtt_nl *nl, uint32_t id);

/**
 * mqtt_nl_conn_set() - change a conn
 * @nl: the handle
 * @conn: id, and what to change, marked in conn->present
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_conn_set(struct mqtt_nl *nl, const struct mqtt_conn *conn);

/**
 * mqtt_nl_conn_get() - read a conn
 * @nl: the handle
 * @id: the conn
 * @conn: receives it; its blobs are valid until the next call with @nl
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_conn_get(struct mqtt_nl *nl, uint32_t id, struct mqtt_conn *conn);

/**
 * mqtt_nl_conn_dump() - read all conns
 * @nl: the handle
 * @cb: called with each struct mqtt_conn
 * @arg: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int mqtt_nl_conn_dump(struct mqtt_nl *nl, mqtt_nl_cb cb, void *arg);

/**
 * mqtt_nl_flow_add() - install a flow
 * @nl: the handle
 * @flow: attributes to send, marked in flow->present
 * @flags: MQTT_NL_CREATE, MQTT_NL_REPLACE or both; 0 for a new flow
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_flow_add(struct mqtt_nl *nl, const struct mqtt_flow *flow, unsigned int flags);

/**
 * mqtt_nl_flow_del() - remove a flow
 * @nl: the handle
 * @acl_class: with the topic, its key
 * @topic: the topic
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_flow_del(struct mqtt_nl *nl, uint32_t acl_class, struct mqtt_blob topic);

/**
 * mqtt_nl_flow_get() - read a flow
 * @nl: the handle
 * @acl_class: with the topic, its key
 * @topic: the topic
 * @flow: receives it; its blobs are valid until the next call with @nl
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_flow_get(struct mqtt_nl *nl, uint32_t acl_class, struct mqtt_blob topic,
		     struct mqtt_flow *flow);

/**
 * mqtt_nl_flow_dump() - read all flows
 * @nl: the handle
 * @cb: called with each struct mqtt_flow
 * @arg: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int mqtt_nl_flow_dump(struct mqtt_nl *nl, mqtt_nl_cb cb, void *arg);

/**
 * mqtt_nl_group_add() - make a group
 * @nl: the handle
 * @id: its identifier
 * @filter: its topic filter
 * @flags: MQTT_GROUP_F_*
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_group_add(struct mqtt_nl *nl, uint32_t id, struct mqtt_blob filter, uint32_t flags);

/**
 * mqtt_nl_group_del() - remove a group and its members
 * @nl: the handle
 * @id: its identifier
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_group_del(struct mqtt_nl *nl, uint32_t id);

/**
 * mqtt_nl_group_get() - read a group
 * @nl: the handle
 * @id: its identifier
 * @group: receives it; its filter is valid until the next call with @nl
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_group_get(struct mqtt_nl *nl, uint32_t id, struct mqtt_group *group);

/**
 * mqtt_nl_group_dump() - read all groups
 * @nl: the handle
 * @cb: called with each struct mqtt_group
 * @arg: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int mqtt_nl_group_dump(struct mqtt_nl *nl, mqtt_nl_cb cb, void *arg);

/**
 * mqtt_nl_member_add() - put a conn, or the port, into a group
 * @nl: the handle
 * @member: attributes to send, marked in member->present
 * @flags: MQTT_NL_REPLACE to update a present member, or 0
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_member_add(struct mqtt_nl *nl, const struct mqtt_member *member,
		       unsigned int flags);

/**
 * mqtt_nl_member_del() - take a member out of a group
 * @nl: the handle
 * @group: the group
 * @conn: the conn, or MQTT_CONN_PORT
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_member_del(struct mqtt_nl *nl, uint32_t group, uint32_t conn);

/**
 * mqtt_nl_member_dump() - read the members of a group, or of all
 * @nl: the handle
 * @group: the group, or 0 for all
 * @cb: called with each struct mqtt_member
 * @arg: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int mqtt_nl_member_dump(struct mqtt_nl *nl, uint32_t group, mqtt_nl_cb cb, void *arg);

/**
 * mqtt_nl_barrier() - wait until every fan-out begun before is queued
 * @nl: the handle
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_barrier(struct mqtt_nl *nl);

/**
 * mqtt_nl_limits_get() - read the limits
 * @nl: the handle
 * @limits: receives them
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_limits_get(struct mqtt_nl *nl, struct mqtt_limits *limits);

/**
 * mqtt_nl_limits_set() - change limits, all or none
 * @nl: the handle
 * @limits: what to change, marked in limits->present
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_limits_set(struct mqtt_nl *nl, const struct mqtt_limits *limits);

/**
 * mqtt_nl_stats_get() - read the counters
 * @nl: the handle
 * @stats: receives them
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_stats_get(struct mqtt_nl *nl, struct mqtt_stats *stats);

/**
 * mqtt_nl_drain() - begin or end the drained state
 * @nl: the handle
 * @on: begin
 *
 * Return: 0 or a negative errno.
 */
int mqtt_nl_drain(struct mqtt_nl *nl, bool on);

/**
 * mqtt_nl_subscribe() - join the multicast group of events
 * @nl: a handle of its own, since events would mix with answers
 *
 * Return: 0, -EPERM, or another negative errno.
 */
int mqtt_nl_subscribe(struct mqtt_nl *nl);

/**
 * mqtt_nl_event_read() - read the next event
 * @nl: the handle that subscribed
 * @ev: receives it; its cookie is valid until the next call with @nl
 * @timeout_ms: how long to wait, -1 for ever, 0 not at all
 *
 * Return: 0; -EAGAIN: none came in time; -ENOBUFS: events have been lost, go
 * on reading; -EINTR: a signal came; another negative errno.
 */
int mqtt_nl_event_read(struct mqtt_nl *nl, struct mqtt_event_msg *ev, int timeout_ms);

/**
 * mqtt_nl_batch_new() - make an empty batch
 * @nl: where its requests will go
 *
 * Return: the batch, or NULL without memory.
 */
struct mqtt_nl_batch *mqtt_nl_batch_new(struct mqtt_nl *nl);

/**
 * mqtt_nl_batch_free() - free a batch
 * @b: the batch, or NULL
 */
void mqtt_nl_batch_free(struct mqtt_nl_batch *b);

/**
 * mqtt_nl_batch_reset() - forget all requests and results, keep the memory
 * @b: the batch
 */
void mqtt_nl_batch_reset(struct mqtt_nl_batch *b);

/**
 * mqtt_nl_batch_len() - number of requests queued
 * @b: the batch
 *
 * Return: the number.
 */
unsigned int mqtt_nl_batch_len(const struct mqtt_nl_batch *b);

/*
 * Each of these queues one request; arguments are those of the plain calls.
 * Everything pointed to is copied. They return the request's index, counted
 * from 0 since the last reset, or -ENOMEM, or -EMSGSIZE if a value does not
 * fit into an attribute; then nothing is queued.
 */
int mqtt_nl_batch_conn_add(struct mqtt_nl_batch *b, const struct mqtt_conn *conn);
int mqtt_nl_batch_conn_del(struct mqtt_nl_batch *b, uint32_t id);
int mqtt_nl_batch_conn_set(struct mqtt_nl_batch *b, const struct mqtt_conn *conn);
int mqtt_nl_batch_flow_add(struct mqtt_nl_batch *b, const struct mqtt_flow *flow,
			   unsigned int flags);
int mqtt_nl_batch_flow_del(struct mqtt_nl_batch *b, uint32_t acl_class,
			   struct mqtt_blob topic);
int mqtt_nl_batch_group_add(struct mqtt_nl_batch *b, uint32_t id, struct mqtt_blob filter,
			    uint32_t flags);
int mqtt_nl_batch_group_del(struct mqtt_nl_batch *b, uint32_t id);
int mqtt_nl_batch_member_add(struct mqtt_nl_batch *b, const struct mqtt_member *member,
			     unsigned int flags);
int mqtt_nl_batch_member_del(struct mqtt_nl_batch *b, uint32_t group, uint32_t conn);
int mqtt_nl_batch_barrier(struct mqtt_nl_batch *b);

/**
 * mqtt_nl_batch_commit() - send the requests and gather the results
 * @b: the batch; reset it before it is used again
 *
 * Requests are executed in order; one that fails does not stop those after it.
 *
 * Return: the number of requests that failed; or a negative errno when a
 * datagram could not be sent or answers were lost: then the requests concerned
 * have that result too. mqtt_nl_error() is about the first that failed.
 */
int mqtt_nl_batch_commit(struct mqtt_nl_batch *b);

/**
 * mqtt_nl_batch_result() - result of a request after commit
 * @b: the batch
 * @index: the request's index
 * @value: receives the conn identifier of a conn_add, 0 for other requests; may
 *	be NULL
 *
 * Return: 0 or a negative errno; -EINVAL for an index never given out.
 */
int mqtt_nl_batch_result(const struct mqtt_nl_batch *b, unsigned int index, uint32_t *value);

/**
 * mqtt_nl_batch_error() - why a request failed
 * @b: the batch
 * @index: the request's index
 *
 * Return: the kernel's text, or the text of the errno; never NULL.
 */
const char *mqtt_nl_batch_error(const struct mqtt_nl_batch *b, unsigned int index);

#endif /* MQTT_NL_H */
