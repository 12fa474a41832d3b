// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "handle.h"
#include "limit.h"
#include "log.h"
#include "message.h"
#include "property.h"
#include "retain.h"
#include "rights.h"
#include "send.h"
#include "session.h"
#include "stats.h"
#include "store.h"
#include "subs.h"
#include "topic.h"
#include "util.h"

/* Subscription options, MQTT 5.0 3.8.3.1; 3.1.1 has the QoS alone. */
#define OPTION_QOS		0x03
#define OPTION_NO_LOCAL		0x04
#define OPTION_RAP		0x08
#define OPTION_RETAIN(o)	((o) >> 4 & 3)
#define OPTION_RESERVED		0xc0

/* Retain handling: when retained messages are sent. */
enum retain_handling {
	RETAIN_ALWAYS,
	RETAIN_IF_NEW,
	RETAIN_NEVER,
};

/**
 * struct replay - retained messages on their way to a new subscription
 * @session: the subscriber
 * @max_qos: highest QoS granted
 * @qos: QoS granted
 * @ids: subscription identifiers
 * @room: what the data path takes ahead of anything else
 * @ahead: messages of QoS 0 that it took, not to be sent again
 * @asked: @room is known
 * @full: it takes no more
 */
struct replay {
	struct session *session;
	uint32_t max_qos;
	uint8_t qos;
	struct subids *ids;
	uint32_t room;
	uint32_t ahead;
	bool asked;
	bool full;
};

/**
 * struct request - a topic filter of a SUBSCRIBE
 * @filter: the filter
 * @len: its length
 * @options: the byte behind it
 */
struct request {
	const char *filter;
	uint16_t len;
	uint8_t options;
};

static bool may_have(const struct replay *replay, const struct message *msg)
{
	return rights_allow(replay->session, ACL_READ, message_topic(msg),
			    msg->topic_len);
}

static void replay_message(struct message *msg, void *arg)
{
	struct replay *replay = arg;
	uint8_t qos = min_t(uint8_t, msg->qos, replay->qos);

	if (!may_have(replay, msg))
		return;
	if (!qos && replay->ahead) {
		replay->ahead--;
		return;
	}
	deliver_retained(replay->session, msg, qos, replay->ids);
}

static void replay_ahead(struct message *msg, void *arg)
{
	struct replay *replay = arg;
	struct client *c = replay->session->client;

	if (replay->full || min_t(uint8_t, msg->qos, replay->qos) ||
	    !may_have(replay, msg))
		return;
	/* the first one: SUBACK goes before it */
	if (!replay->asked) {
		replay->asked = true;
		replay->room = datapath_room(c);
		client_cut(c);
	}
	if (deliver_ahead(c, msg, replay->ids, &replay->room))
		replay->ahead++;
	else
		replay->full = true;
}

static const char *check_request(const struct client *c,
				 const struct request *req, enum reason *reason)
{
	uint8_t allowed = c->protocol >= 5 ? 0xff & ~OPTION_RESERVED :
					     OPTION_QOS;
	bool shared = topic_filter_shared(req->filter, req->len);

	*reason = REASON_MALFORMED_PACKET;
	if (req->options & ~allowed || (req->options & OPTION_QOS) == 3)
		return "reserved subscription options"; /* [MQTT-3.8.3-5] */
	if (!shared && !topic_filter_valid(req->filter, req->len))
		return "invalid topic filter";
	*reason = REASON_PROTOCOL_ERROR;
	if (OPTION_RETAIN(req->options) > RETAIN_NEVER)
		return "retain handling 3";
	if (shared && req->options & OPTION_NO_LOCAL)
		return "shared subscription with No Local"; /* [MQTT-3.8.3-4] */
	return NULL;
}

static void read_request(struct reader *r, struct request *req)
{
	req->filter = read_utf8(r, &req->len);
	req->options = read_u8(r);
}

/* Checks the whole packet first: a malformed one must have no effect. */
static size_t check_payload(struct client *c, struct reader r)
{
	struct request req;
	enum reason reason;
	const char *wrong;
	size_t count = 0;

	while (reader_left(&r)) {
		read_request(&r, &req);
		if (r.bad) {
			handle_malformed(c, "malformed SUBSCRIBE");
			return 0;
		}
		wrong = check_request(c, &req, &reason);
		if (wrong) {
			client_fail(c, reason, wrong);
			return 0;
		}
		count++;
	}
	if (!count)
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "SUBSCRIBE without a topic filter");
	return count;
}

/*
 * Returns a reason code, whether retained messages are to follow, and a key to
 * be freed.
 */
static uint8_t subscribe(struct client *c, const struct request *req,
			 uint32_t id, bool *replay, char **key)
{
	struct sub_options options = {
		/* [MQTT-3.2.2-9], [MQTT-3.2.2-10]: granted, but not above */
		.qos = min_t(uint8_t, req->options & OPTION_QOS,
			     c->listener->max_qos),
		.no_local = req->options & OPTION_NO_LOCAL,
		.rap = req->options & OPTION_RAP,
		.id = id,
	};
	bool shared = topic_filter_shared(req->filter, req->len);
	size_t begin = shared ? topic_share_filter(req->filter, req->len) : 0;
	uint8_t handling = OPTION_RETAIN(req->options);
	struct session *s = c->session;
	struct sub *sub;
	size_t skip;

	*replay = false;
	if (shared && !begin)
		return c->protocol >= 5 ? REASON_TOPIC_FILTER_INVALID :
					  SUBACK_FAILURE;
	*key = rights_read_key(s, req->filter + begin, req->len - begin,
			       &options.key_len);
	options.key = *key;
	/* there is nothing that it could get */
	if (options.key && !options.key_len) {
		log_info("%s: subscription to %.*s not allowed", s->id,
			 req->len, req->filter);
		return c->protocol >= 5 ? REASON_NOT_AUTHORIZED :
					  SUBACK_FAILURE;
	}
	if (store_full && s->lasting->store_id)
		return c->protocol >= 5 ? REASON_QUOTA_EXCEEDED :
					  SUBACK_FAILURE;
	skip = shared ? topic_share_filter(req->filter, req->len) : 0;
	if (!limit_topic(req->filter + skip, req->len - skip)) {
		stats.topics_refused++;
		return c->protocol >= 5 ? REASON_TOPIC_FILTER_INVALID :
					  SUBACK_FAILURE;
	}
	sub = subs_find(s, req->filter, req->len);
	if (!sub && !limit_subscribe(s))
		return c->protocol >= 5 ? REASON_QUOTA_EXCEEDED :
					  SUBACK_FAILURE;
	if (log_wants(LOG_T_SUBSCRIBE))
		log_line(LOG_T_SUBSCRIBE, "subscribe: %s %.*s QoS %u", s->id,
			 req->len, req->filter, options.qos);
	if (!sub)
		s->nsubs++;
	/*
	 * A repeated subscription gets the retained messages again by default,
	 * 3.8.4-3; a shared one never does.
	 */
	*replay = !shared && (handling == RETAIN_ALWAYS ||
			      (handling == RETAIN_IF_NEW && !sub));
	sub = subs_add(s, &s->subs, req->filter, req->len, &options);
	if (s->lasting->store_id)
		store_sub_write(sub);
	datapath_sub_add(sub);
	return options.qos;
}

static void replay_retained(struct replay *replay, const struct request *req,
			    void (*fn)(struct message *msg, void *arg))
{
	struct sub *sub = subs_find(replay->session, req->filter, req->len);

	replay->qos = min_t(uint8_t, req->options & OPTION_QOS,
			    replay->max_qos);
	replay->ids = sub ? sub->ids : NULL;
	retain_match(req->filter, req->len, fn, replay);
}

/*
 * The changes come into force before SUBACK is complete. Retained messages of
 * QoS 0 for an attached client are in its queue before that, so that newer ones
 * on the fast path do not overtake them. Those that do not fit follow.
 */
static void answer(struct client *c, struct replay *replay, struct reader r,
		   const bool *wanted, size_t count)
{
	struct request req;
	size_t i;

	c->cut = true;
	for (i = 0; c->conn && i < count; i++) {
		read_request(&r, &req);
		if (wanted[i])
			replay_retained(replay, &req, replay_ahead);
	}
	datapath_commit(false);
	if (replay->asked)
		client_mend(c);
	c->cut = false;
	client_dirty(c);
}

void handle_subscribe(struct client *c, uint8_t first, struct reader *r)
{
	uint16_t mid = read_u16(r);
	enum reason wrong = REASON_SUCCESS;
	struct properties props = { 0 };
	struct replay replay = {
		.session = c->session,
		.max_qos = c->listener->max_qos,
	};
	struct request req;
	struct reader again;
	char *key = NULL;
	uint8_t *codes;
	bool *wanted;
	size_t count;
	size_t i;

	(void)first;
	if (c->protocol >= 5 && !r->bad)
		wrong = read_properties(r, SUBSCRIBE, &props);
	if (!wrong && (r->bad || !mid))
		wrong = REASON_MALFORMED_PACKET;
	if (wrong) {
		client_fail(c, wrong, "malformed SUBSCRIBE");
		return;
	}
	count = check_payload(c, *r);
	if (!count || !send_codes_fit(c, count))
		return;
	codes = xmalloc(count);
	wanted = xcalloc(count, sizeof(*wanted));
	again = *r;
	for (i = 0; i < count; i++) {
		read_request(r, &req);
		codes[i] = subscribe(c, &req, props.subscription_id,
				     &wanted[i], &key);
		free(key);
		key = NULL;
	}
	store_fence_request(c);
	send_suback(c, mid, codes, count);
	answer(c, &replay, again, wanted, count);
	for (i = 0; i < count; i++) {
		read_request(&again, &req);
		if (wanted[i])
			replay_retained(&replay, &req, replay_message);
	}
	free(wanted);
	free(codes);
}
