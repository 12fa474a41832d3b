// SPDX-License-Identifier: GPL-2.0
/* A message on its way to its receivers: at once, or to very many in pieces. */
#include "fan_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alias.h"
#include "client.h"
#include "client_input.h"
#include "conf.h"
#include "datapath.h"
#include "deliver.h"
#include "list.h"
#include "log.h"
#include "loop.h"
#include "message.h"
#include "outq.h"
#include "retain.h"
#include "route.h"
#include "run.h"
#include "session.h"
#include "share.h"
#include "stats.h"
#include "store.h"
#include "subid.h"
#include "util.h"

/* Receivers that a message is delivered to in one turn of the loop. */
#define FAN_OUT_PIECE	1024u
/* An attached one is only counted. */
#define FAN_OUT_COST	8u
/* Receivers of all messages together that are under way. */
#define FAN_OUT_MAX	(1u << 21)

/* what comes next by an alias is fast, if this is not */
static void learn(const struct publish *pub)
{
	if (pub->source && pub->source->conn && !pub->qos && !pub->retain)
		datapath_learn(pub);
}

static int publish_denied(const struct publish *pub)
{
	const struct session *s = pub->source ? pub->source->session :
						pub->session;

	log_debug("%s: publish to %.*s not allowed", s->id, pub->topic_len,
		  pub->topic);
	stats.publish_denied += pub->count;
	learn(pub);
	return -EACCES;
}

/**
 * struct fan_out - a message on its way to its receivers
 * @pub: the message
 * @route: where it goes
 * @msg: as a message; NULL for a run, which nobody keeps
 * @set: the run, or @msg as a packet for 3.1.1 with QoS 0
 */
struct fan_out {
	const struct publish *pub;
	const struct route *route;
	struct message *msg;
	struct run_set set;
};

/**
 * struct fan_out_rest - a message to very many, for which several turns are taken
 * @node: in the list of those under way, or of those that are through
 * @pub: the message; without @payload and @props, which @fan_out.msg has
 * @route: where it goes, held
 * @fan_out: likewise
 * @next: the receiver that comes next
 * @attached: attached clients so far that the data path is to serve
 * @reached: for fan_out_publish()
 *
 * What its source publishes after it waits until it is through, in the client's
 * input, lest it overtakes this for any receiver.
 */
struct fan_out_rest {
	struct list_head node;
	struct publish pub;
	struct route *route;
	struct fan_out fan_out;
	uint32_t next;
	uint32_t attached;
	int reached;
};

/* Those under way: each begins when those before it are through. */
static LIST_HEAD(under_way);
static uint32_t receivers_under_way;
/* Those whose source is to be told so. */
static LIST_HEAD(through);
/* Filters that match the topic of the one at hand now. */
static struct filter_set match;

static bool fan_out_init(struct fan_out *f, const struct publish *pub,
			 const struct route *r)
{
	f->pub = pub;
	f->route = r;
	f->msg = NULL;
	run_set_init(&f->set, pub->frames, pub->frames_len, pub->count,
		     pub->v5);
	f->set.base.share = r->nr_receivers > 1;
	f->set.base.many = r->nr_receivers > CLIENTS_MANY;
	f->set.base.expires = pub->expires;
	if (pub->frames || !(r->nr_receivers || r->nr_shared || pub->retain))
		return true;
	f->msg = message_new(pub->topic, pub->topic_len, pub->payload,
			     pub->payload_len, pub->qos, pub->props);
	if (!f->msg)
		return false;
	f->set.base.frames = f->msg->frame;
	f->set.base.len = f->msg->frame_len;
	if (f->msg->frame_len >= OUTQ_REF_MIN)
		f->set.base.msg = message_get(f->msg);
	return true;
}

static void fan_out_exit(struct fan_out *f)
{
	run_set_exit(&f->set);
	message_put(f->msg);
}

static void deliver_form(struct fan_out *f, struct client *c,
			 struct run_form *form)
{
	const struct publish *pub = f->pub;
	bool give = false;
	struct run *run;

	if (c->alias_max) {
		form->alias = alias_find(c, pub->topic, pub->topic_len);
		form->named = !form->alias;
		if (form->named) {
			form->alias = alias_next(c);
			give = form->alias;
		}
	}
	run = run_set_get(&f->set, form);
	if (run && deliver_run(c, run) && give)
		alias_give(c, pub->topic, pub->topic_len);
}

/* A run for an attached client, lest it overtakes what the data path sends. */
static bool deliver_attached_run(struct fan_out *f, struct client *c,
				 const struct receiver *rx)
{
	const struct datapath_packets what = {
		.frames = f->set.base.frames,
		.len = f->set.base.len,
		.v5 = f->set.v5,
		.expires = f->set.base.expires,
		.ids = c->protocol >= 5 ? rx->ids : NULL,
	};

	return !f->msg && datapath_send(c, &what);
}

/* QoS 0 to a connected client, in the form that it wants. */
static void deliver_plain(struct fan_out *f, struct client *c,
			  const struct receiver *rx)
{
	struct run_form form = { .v5 = c->protocol >= 5, .named = true };
	bool retain = f->pub->retain && rx->rap;

	if (unlikely(c->conn) && deliver_attached_run(f, c, rx))
		return;
	if (likely(!form.v5 && !f->set.v5 && !retain && !c->conn)) {
		deliver_run(c, &f->set.base);
	} else if (f->msg) {
		deliver_qos0(c, f->msg, retain, rx->ids);
	} else {
		if (form.v5)
			form.ids = rx->ids;
		deliver_form(f, c, &form);
	}
}

static void deliver_kept(struct fan_out *f, const struct receiver *rx,
			 uint8_t qos, struct filter *share)
{
	struct delivery_to to = {
		.qos = qos,
		.retain = f->pub->retain && rx->rap,
		.ids = rx->ids,
		.share = share,
	};

	deliver_message(rx->session, f->msg, &to);
}

/* Returns true for an attached client, which the data path is to serve. */
static bool deliver_receiver(struct fan_out *f, const struct receiver *rx)
{
	uint8_t qos = min_t(uint8_t, f->pub->qos, rx->qos);
	struct client *c = rx->session->client;

	if (qos)
		deliver_kept(f, rx, qos, NULL);
	else if (c && !c->conn)
		deliver_plain(f, c, rx);
	return !qos && c && c->conn;
}

/* Returns the number of attached clients that the data path is to serve. */
static uint32_t deliver_receivers(struct fan_out *f, int *reached)
{
	const struct route *r = f->route;
	uint32_t attached = 0;
	uint32_t i;

	*reached = r->nr_receivers + r->nr_shared;
	for (i = 0; i < r->nr_receivers; i++) {
		const struct receiver *rx = &r->receivers[i];
		struct receiver own;

		if (likely(!route_is_own(f->pub, rx))) {
			attached += deliver_receiver(f, rx);
		} else if (route_own(r, rx, &own)) {
			attached += deliver_receiver(f, &own);
			subids_put(own.ids);
		} else {
			--*reached;
		}
	}
	return attached;
}

/* One packet or message to one member of a shared subscription. */
static void deliver_share(struct fan_out *f, struct filter *filter)
{
	const struct share_message msg = {
		.topic = f->pub->topic,
		.len = f->pub->topic_len,
		.qos = f->pub->qos,
	};
	struct sub *sub = share_pick(filter, &msg);
	struct receiver rx;
	uint8_t qos;

	if (!sub)
		return;
	qos = min_t(uint8_t, f->pub->qos, sub->qos);
	rx = (struct receiver){
		.session = sub->session,
		.ids = sub->ids,
		.rap = sub->rap,
	};
	if (qos)
		deliver_kept(f, &rx, qos, filter);
	else if (sub->session->client)
		deliver_plain(f, sub->session->client, &rx);
}

/* The packets of a run are dealt out one by one. */
static void deliver_shares(struct fan_out *f, bool served)
{
	const struct route *r = f->route;
	const uint8_t *p = f->pub->frames;
	uint32_t left = f->pub->frames_len;
	uint32_t first = r->nr_filters - r->nr_shared;
	uint32_t i;

	for (i = first; !p && i < r->nr_filters; i++) {
		struct filter *filter = r->filters[i];

		if (!served || !share_attached(filter, f->pub->qos,
					       f->pub->retain))
			deliver_share(f, filter);
	}
	while (left) {
		uint32_t len = run_next(p, left);
		struct fan_out one;

		one.pub = f->pub;
		one.route = r;
		one.msg = NULL;
		run_set_init(&one.set, p, len, 1, f->pub->v5);
		one.set.base.expires = f->pub->expires;
		for (i = first; i < r->nr_filters; i++) {
			struct filter *filter = r->filters[i];

			if (!served || !share_attached(filter, 0, false))
				deliver_share(&one, filter);
		}
		run_set_exit(&one.set);
		p += len;
		left -= len;
	}
}

/* Attached clients whom the data path does not serve after all. */
static void deliver_attached(struct fan_out *f)
{
	const struct route *r = f->route;
	uint32_t i;

	for (i = 0; i < r->nr_receivers; i++) {
		const struct receiver *rx = &r->receivers[i];
		struct client *c = rx->session->client;
		struct receiver own;

		if (!c || !c->conn)
			continue;
		if (!route_is_own(f->pub, rx)) {
			if (!min_t(uint8_t, f->pub->qos, rx->qos))
				deliver_plain(f, c, rx);
		} else if (route_own(r, rx, &own)) {
			if (!min_t(uint8_t, f->pub->qos, own.qos))
				deliver_plain(f, c, &own);
			subids_put(own.ids);
		}
	}
}

/* Through the data path too, lest it overtakes what goes that way. */
static bool attached_served_props(struct fan_out *f)
{
	struct publish pub = *f->pub;
	struct run run = { .count = 1, .expires = f->msg->expires };
	uint8_t *packet;
	bool served;

	packet = message_encode5(f->msg, &run.len);
	if (!packet)
		return false;
	run.frames = packet;
	pub.v5 = true;
	pub.props = NULL;
	served = datapath_publish(f->route, &pub, &run);
	free(packet);
	return served;
}

static bool attached_served(struct fan_out *f)
{
	struct run_form form = { .named = true };
	const struct run *run;

	if (f->msg && (f->msg->props_len || f->msg->expires))
		return attached_served_props(f);
	run = f->set.v5 ? &f->set.base : run_set_get(&f->set, &form);
	return run && datapath_publish(f->route, f->pub, run);
}

/* Is there a shared subscription that the data path serves? */
static bool shares_attached(const struct route *r, const struct publish *pub)
{
	uint32_t i;

	for (i = r->nr_filters - r->nr_shared; i < r->nr_filters; i++)
		if (share_attached(r->filters[i], pub->qos, pub->retain))
			return true;
	return false;
}

static void fan_out_end(struct fan_out *f, uint32_t attached)
{
	const struct route *r = f->route;
	bool served = false;

	if (attached || shares_attached(r, f->pub)) {
		served = attached_served(f);
		if (!served)
			deliver_attached(f);
	}
	if (r->nr_shared)
		deliver_shares(f, served);
	learn(f->pub);
}

/*
 * What a receiver gets by the subscriptions that there are now, since they have
 * changed: the session may be gone, and is not looked at until it is found.
 */
static bool receiver_now(const struct publish *pub, const struct receiver *rx,
			 struct receiver *now)
{
	const struct session *own = pub->source ? pub->source->session :
						  pub->session;

	return receiver_find(match.filter, match.count, rx->session,
			     rx->session == own, now);
}

/* Returns what it cost. */
static uint32_t rest_receiver(struct fan_out_rest *rest, bool changed)
{
	const struct receiver *rx = &rest->route->receivers[rest->next++];
	bool own = route_is_own(&rest->pub, rx);
	struct receiver now;
	bool attached;

	if (likely(!changed && !own)) {
		attached = deliver_receiver(&rest->fan_out, rx);
		rest->attached += attached;
		return attached ? 1 : FAN_OUT_COST;
	}
	if (changed ? receiver_now(&rest->pub, rx, &now) :
		      route_own(rest->route, rx, &now)) {
		rest->attached += deliver_receiver(&rest->fan_out, &now);
		subids_put(now.ids);
	} else {
		rest->reached--;
	}
	return FAN_OUT_COST;
}

/* Returns false when there are no more receivers. */
static bool rest_piece(struct fan_out_rest *rest, uint32_t budget)
{
	bool changed = rest->route->generation != subs_generation();
	uint64_t first = clients_mark();

	if (changed)
		subs_match(rest->pub.topic, rest->pub.topic_len, &match);
	while (budget && rest->next < rest->route->nr_receivers)
		budget -= min_t(uint32_t, budget, rest_receiver(rest, changed));
	clients_put_off(first, 0);
	return rest->next < rest->route->nr_receivers;
}

static void rest_free(struct fan_out_rest *rest)
{
	list_del_init(&rest->node);
	free(rest);
}

/* All ordinary receivers that are not attached have it. */
static void rest_end(struct fan_out_rest *rest)
{
	struct fan_out *f = &rest->fan_out;

	receivers_under_way -= rest->route->nr_receivers;
	/* what is kept of those that are attached may be gone */
	f->route = route_get(rest->pub.topic, rest->pub.topic_len);
	fan_out_end(f, rest->attached);
	fan_out_exit(f);
	/* is in the route */
	rest->pub.topic = NULL;
	route_put(rest->route);
	list_del_init(&rest->node);
	list_add_tail(&rest->node, &through);
}

/* The one that is first, at once. */
static void rest_finish(void)
{
	struct fan_out_rest *rest = list_first_entry(&under_way,
						     struct fan_out_rest, node);

	rest_piece(rest, UINT32_MAX);
	rest_end(rest);
}

/*
 * Is the message to take several turns? Behind a transport its source could end
 * before what waits with it is handled, and that a message of QoS 2 was received
 * is stored together with its deliveries.
 */
static bool takes_turns(const struct publish *pub, const struct route *r)
{
	const struct client *c = pub->source;

	if (likely(r->nr_receivers <= FAN_OUT_PIECE))
		return false;
	if (config.allow_duplicate_messages)
		return false;
	return !c || (pub->done && !c->rare->transport &&
		      (pub->qos < 2 || !c->session->lasting->store_id));
}

/* Has what is under way finished as far as the message must not overtake it. */
static void fan_out_order(const struct publish *pub, bool many)
{
	struct fan_out_rest *rest, *tmp;
	uint32_t n = 0;
	uint32_t wait = 0;

	if (many) {
		while (receivers_under_way > FAN_OUT_MAX)
			rest_finish();
		return;
	}
	list_for_each_entry_safe(rest, tmp, &under_way, node) {
		n++;
		if (rest->pub.source == pub->source)
			wait = n;
	}
	while (wait--)
		rest_finish();
}

static void retain(const struct fan_out *f)
{
	const struct publish *pub = f->pub;

	/* to have none is possible on a full disk as well */
	if (pub->retain && (!store_full || !pub->payload_len))
		retain_set(pub->topic, pub->topic_len,
			   pub->payload_len ? f->msg : NULL);
}

static int fan_out_begin(const struct publish *pub, struct route *r)
{
	struct fan_out_rest *rest = xcalloc(1, sizeof(*rest));
	struct run *base = &rest->fan_out.set.base;
	struct fan_out *f = &rest->fan_out;

	rest->pub = *pub;
	if (!fan_out_init(f, &rest->pub, r)) {
		free(rest);
		return -ENOMEM;
	}
	if (!base->msg)
		base->msg = f->msg ? message_get(f->msg) :
				     message_new_run(base->frames, base->len);
	if (!base->msg) {
		fan_out_exit(f);
		free(rest);
		return -ENOMEM;
	}
	/* for who subscribes meanwhile and is none of the receivers */
	retain(f);
	base->frames = base->msg->frame;
	rest->pub.topic = r->topic;
	rest->pub.frames = pub->frames ? base->frames : NULL;
	rest->pub.payload = NULL;
	rest->pub.props = NULL;
	rest->route = r;
	route_hold(r);
	rest->reached = r->nr_receivers + r->nr_shared;
	receivers_under_way += r->nr_receivers;
	list_add_tail(&rest->node, &under_way);
	if (pub->source)
		client_input_hold(pub->source);
	return -EINPROGRESS;
}

int fan_out_publish(const struct publish *pub)
{
	struct route *r = route_get(pub->topic, pub->topic_len);
	struct fan_out f;
	uint64_t first;
	uint32_t attached;
	int reached;

	if (route_denied(r, pub))
		return publish_denied(pub);
	if (unlikely(!list_empty(&under_way))) {
		fan_out_order(pub, takes_turns(pub, r));
		r = route_get(pub->topic, pub->topic_len);
	}
	if (unlikely(takes_turns(pub, r)))
		return fan_out_begin(pub, r);
	if (!fan_out_init(&f, pub, r))
		return -ENOMEM;
	first = clients_mark();
	attached = deliver_receivers(&f, &reached);
	if (f.set.base.many)
		clients_put_off(first, CLIENTS_MANY);
	fan_out_end(&f, attached);
	retain(&f);
	fan_out_exit(&f);
	return reached;
}

void fan_out_publish_up(const struct publish *pub)
{
	const struct route *r = route_get(pub->topic, pub->topic_len);
	struct fan_out f;
	uint32_t i;

	if (unlikely(!list_empty(&under_way))) {
		fan_out_order(pub, false);
		r = route_get(pub->topic, pub->topic_len);
	}
	if (!fan_out_init(&f, pub, r))
		return;
	for (i = 0; i < r->nr_receivers; i++) {
		struct client *c = r->receivers[i].session->client;

		if (c && !c->conn)
			deliver_plain(&f, c, &r->receivers[i]);
	}
	fan_out_exit(&f);
}

void fan_outs_run(void)
{
	struct fan_out_rest *rest;
	uint32_t n = 0;

	if (likely(list_empty(&under_way) && list_empty(&through)))
		return;
	if (!list_empty(&under_way)) {
		rest = list_first_entry(&under_way, struct fan_out_rest, node);
		if (!rest_piece(rest, FAN_OUT_PIECE * FAN_OUT_COST))
			rest_end(rest);
	}
	/* what waited with these may bring others */
	list_for_each_entry(rest, &through, node)
		n++;
	while (n--) {
		struct client *c;

		rest = list_first_entry(&through, struct fan_out_rest, node);
		c = rest->pub.source;
		if (c)
			rest->pub.done(&rest->pub, rest->reached);
		rest_free(rest);
		if (c)
			client_input_release(c);
	}
	if (!list_empty(&under_way) || !list_empty(&through))
		loop_again();
}

static void orphan(struct list_head *list, const struct client *c)
{
	struct fan_out_rest *rest;

	list_for_each_entry(rest, list, node) {
		if (rest->pub.source != c)
			continue;
		rest->pub.source = NULL;
		rest->pub.session = c->session;
	}
}

void fan_outs_forget(const struct client *c)
{
	orphan(&under_way, c);
	orphan(&through, c);
}

void fan_outs_finish(void)
{
	while (!list_empty(&under_way))
		rest_finish();
	while (!list_empty(&through))
		rest_free(list_first_entry(&through, struct fan_out_rest, node));
	free(match.filter);
	memset(&match, 0, sizeof(match));
}
