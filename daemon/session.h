/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_SESSION_H
#define MQTTD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inflight.h"
#include "list.h"
#include "queue.h"
#include "timer.h"
#include "usage.h"

struct acl_class;
struct acl_rules;
struct client;
struct conf_security;
struct will;

/* A session expiry interval without an end. */
#define SESSION_NEVER	UINT32_MAX

/**
 * struct session_msgs - messages under way, of sessions that have any
 * @kept: of the pool of those kept for reuse
 * @inflight: deliveries in flight
 * @queue: deliveries that wait
 * @received: QoS 2 packet identifiers received and not yet released
 */
struct session_msgs {
	void *kept;
	struct inflight inflight;
	struct queue queue;
	struct midset received;
};

/**
 * struct session_lasting - what sessions have that outlive a connection, once
 *	the connection has ended or they are in the durable store
 * @session: the session
 * @timer: ends it when it has expired
 * @will: will of the last connection, delayed
 * @will_timer: publishes @will
 * @store_id: number in the durable store, 0 when not in it
 * @store_seq: number of the batch that put it there
 */
struct session_lasting {
	struct session *session;
	struct timer timer;
	struct will *will;
	struct timer will_timer;
	uint64_t store_id;
	uint64_t store_seq;
};

/**
 * struct session_rights - what sessions have that ACL files say something about
 * @security: settings of the listener of the last connection, for @rules
 * @user: user name of the last connection, NULL for none; for @rules
 * @rules: what it may publish and read, NULL for everything
 * @publish_class: those who may publish the same, NULL for everything
 */
struct session_rights {
	const struct conf_security *security;
	char *user;
	struct acl_rules *rules;
	struct acl_class *publish_class;
};

/* What the others have instead, all of them the same: nothing, to be read only. */
extern const struct session_msgs session_no_msgs;
extern const struct session_lasting session_not_lasting;
extern const struct session_rights session_no_rights;

/**
 * struct session - state of a client identifier, MQTT 4.1
 * @hnext: next in the hash bucket
 * @hash: hash of @id
 * @expiry: seconds that it outlives its connection, 0 if it ends with it,
 *	SESSION_NEVER for ever
 * @client: the connection, NULL while there is none
 * @msgs: messages under way, or session_no_msgs
 * @lasting: see there, or session_not_lasting
 * @rights: what it may do, or session_no_rights
 * @subs: subscriptions, struct sub.by_session
 * @nsubs: their number
 * @max_inflight: most deliveries in flight at a time, 1 to 65,535
 * @last_mid: packet identifier given last, while there are no @msgs
 * @publish_received: PUBLISH packets received
 * @publish_sent: PUBLISH packets queued for the client
 * @publish_dropped: messages that its queue or buffer had no room for
 * @mark: sessions_mark() of the last route or flow being made that it was put in
 * @mark_index: its place in that route, or among the merged members
 * @id_len: length of @id
 * @protocol: protocol level of the last connection
 * @id: client identifier, terminated
 */
struct session {
	struct session *hnext;
	uint32_t hash;
	uint32_t expiry;
	struct client *client;
	struct session_msgs *msgs;
	struct session_lasting *lasting;
	struct session_rights *rights;
	struct list_head subs;
	uint32_t nsubs;
	uint16_t max_inflight;
	uint16_t last_mid;
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint32_t mark;
	uint32_t mark_index;
	uint16_t id_len;
	uint8_t protocol;
	char id[];
};

/**
 * sessions_init() - make the empty table of sessions
 */
void sessions_init(void);

/**
 * sessions_exit() - free all sessions
 */
void sessions_exit(void);

/**
 * sessions_count() - number of sessions
 *
 * Return: their number, with and without a connection.
 */
uint32_t sessions_count(void);

/**
 * sessions_usage() - memory of sessions
 *
 * Return: all of them, without what is queued for them.
 */
struct usage sessions_usage(void);

/**
 * session_find() - find a session
 * @id: client identifier
 * @len: its length
 *
 * Return: the session, or NULL.
 */
struct session *session_find(const char *id, size_t len);

/**
 * session_new() - make a session
 * @id: client identifier that has no session
 * @len: its length
 * @expiry: seconds that it outlives its connection
 *
 * Return: the session.
 */
struct session *session_new(const char *id, uint16_t len, uint32_t expiry);

/**
 * session_expiry() - how long may a session outlive its connection?
 * @wanted: seconds that the client asks for
 *
 * Return: seconds, at most what persistent_client_expiration allows.
 */
uint32_t session_expiry(uint32_t wanted);

/**
 * session_free() - end a session that has no connection
 * @session: session; if its will is still delayed it is published now
 */
void session_free(struct session *session);

/**
 * session_detach() - the connection is gone
 * @session: session, freed if it ends with its connection
 *
 * Return: false when it was freed.
 */
bool session_detach(struct session *session);

/**
 * session_delay_will() - keep a will until its delay has passed
 * @session: session without a connection
 * @will: will, taken over; published when the session ends before that
 */
void session_delay_will(struct session *session, struct will *will);

/**
 * session_resume() - there is a connection again
 * @session: session, does not expire now; a delayed will is discarded
 */
void session_resume(struct session *session);

/**
 * session_msgs() - messages under way, to be changed
 * @session: session
 *
 * Return: its own, made if it had none.
 */
struct session_msgs *session_msgs(struct session *session);

/**
 * session_last_mid() - packet identifier given last
 * @session: session
 *
 * Return: the identifier, 0 if there was none.
 */
static inline uint16_t session_last_mid(const struct session *session)
{
	return session->msgs == &session_no_msgs ? session->last_mid :
						   session->msgs->inflight.last_mid;
}

/**
 * session_settle() - messages may have come to their end
 * @session: session; nobody holds on to what session_msgs() said, which is given
 *	back if nothing is under way
 */
void session_settle(struct session *session);

/**
 * session_lasting() - what lasts, to be changed
 * @session: session
 *
 * Return: its own, made if it had none.
 */
struct session_lasting *session_lasting(struct session *session);

/**
 * session_rights() - what it may do, to be changed
 * @session: session
 *
 * Return: its own, made if it had none.
 */
struct session_rights *session_rights(struct session *session);

/**
 * session_no_rules() - no rules are for the session any more
 * @session: session, whose rules and class were let go
 */
void session_no_rules(struct session *session);

/**
 * sessions_mark() - begin to mark sessions
 *
 * Return: what no session has as its mark.
 */
uint32_t sessions_mark(void);

/**
 * session_each() - call a function for every session
 * @fn: function, must not add or remove sessions
 * @arg: passed to @fn
 */
void session_each(void (*fn)(struct session *session, void *arg), void *arg);

#endif /* MQTTD_SESSION_H */
