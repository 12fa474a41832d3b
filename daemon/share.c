// SPDX-License-Identifier: GPL-2.0
#include "share.h"

#include "client.h"
#include "deliver.h"
#include "message.h"
#include "rights.h"
#include "session.h"
#include "store.h"
#include "subs.h"
#include "util.h"

static bool may_have(const struct sub *sub, const struct share_message *msg)
{
	return !sub->restricted || rights_allow(sub->session, ACL_READ,
						msg->topic, msg->len);
}

static struct sub *pick(struct filter *filter, const struct share_message *msg,
			const struct sub *leaving)
{
	struct sub *connected = NULL;
	struct sub *offline = NULL;
	struct sub *sub;

	list_for_each_entry(sub, &filter->subs, by_filter) {
		const struct session *s = sub->session;
		uint8_t granted = min_t(uint8_t, msg->qos, sub->qos);

		if (sub == leaving || !may_have(sub, msg))
			continue;
		if (s->client && deliver_room(s, granted))
			return sub;
		if (s->client && !connected)
			connected = sub;
		else if (!s->client && granted && !offline)
			offline = sub;
	}
	return connected ? connected : offline;
}

bool share_attached(const struct filter *filter, uint8_t qos, bool retain)
{
	return !qos && !retain && filter->shared && filter->members &&
	       !filter->unserved;
}

static void had_its_turn(struct sub *sub)
{
	list_del_init(&sub->by_filter);
	list_add_tail(&sub->by_filter, &sub->filter->subs);
}

struct sub *share_pick(struct filter *filter, const struct share_message *msg)
{
	struct sub *sub = pick(filter, msg, NULL);

	if (sub)
		had_its_turn(sub);
	return sub;
}

/* Returns false when there is nobody to pass it on to. */
static bool pass_on(const struct delivery *d, const struct sub *leaving,
		    enum share_leave how)
{
	const struct share_message msg = {
		.topic = message_topic(d->msg),
		.len = d->msg->topic_len,
		.qos = d->msg->qos,
	};
	struct sub *sub = pick(leaving->filter, &msg, leaving);
	struct delivery_to to;

	if (!sub || (how == SHARE_OFFLINE && !sub->session->client))
		return false;
	had_its_turn(sub);
	to = (struct delivery_to){
		.qos = min_t(uint8_t, d->msg->qos, sub->qos),
		.retain = d->retain && sub->rap,
		.ids = sub->ids,
		.share = sub->filter,
	};
	deliver_message(sub->session, d->msg, &to);
	return true;
}

void share_leave(struct sub *sub, enum share_leave how)
{
	struct session *s = sub->session;
	struct filter *filter = sub->filter;
	struct delivery *d, *tmp;

	list_for_each_entry_safe(d, tmp, &s->msgs->inflight.list, node) {
		if (d->share != filter)
			continue;
		/* with the session there it is completed [MQTT-3.10.4-5] */
		if (how == SHARE_UNSUBSCRIBED) {
			d->share = NULL;
			continue;
		}
		if (d->state != DELIVERY_WAIT_PUBACK || !pass_on(d, sub, how))
			continue;
		store_delivery_del(s, d);
		inflight_done(&s->msgs->inflight, d);
	}
	list_for_each_entry_safe(d, tmp, &s->msgs->queue.list, node) {
		if (d->share != filter)
			continue;
		/* with its last member gone nobody is to get it */
		if (!pass_on(d, sub, how) && how == SHARE_OFFLINE)
			continue;
		store_delivery_del(s, d);
		queue_del(&s->msgs->queue, d);
		delivery_free(d);
	}
}

void share_leave_all(struct session *s, enum share_leave how)
{
	struct sub *sub;

	if (!s->msgs->inflight.count && !s->msgs->queue.len)
		return;
	list_for_each_entry(sub, &s->subs, by_session) {
		if (sub->filter->shared)
			share_leave(sub, how);
	}
}
