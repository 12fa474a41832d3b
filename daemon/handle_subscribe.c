// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "client.h"
#include "datapath.h"
#include "deliver.h"
#include "handle.h"
#include "log.h"
#include "message.h"
#include "retain.h"
#include "send.h"
#include "session.h"
#include "store.h"
#include "subs.h"
#include "topic.h"
#include "util.h"

struct replay {
	struct session *session;
	uint8_t qos;
};

static void replay_message(struct message *msg, void *arg)
{
	struct replay *replay = arg;

	deliver_retained(replay->session, msg,
			 min_t(uint8_t, msg->qos, replay->qos));
}

/* Checks the whole packet first: a malformed one must have no effect. */
static size_t check_payload(struct client *c, struct reader r)
{
	size_t count = 0;

	while (reader_left(&r)) {
		uint16_t len;
		const char *filter = read_utf8(&r, &len);
		uint8_t qos = read_u8(&r);

		if (r.bad || qos > 2) {
			handle_malformed(c, "malformed SUBSCRIBE");
			return 0;
		}
		if (!topic_filter_valid(filter, len)) {
			handle_malformed(c, "invalid topic filter");
			return 0;
		}
		count++;
	}
	if (!count)
		handle_malformed(c, "SUBSCRIBE without a topic filter");
	return count;
}

static uint8_t subscribe(struct session *s, const char *filter, uint16_t len,
			 uint8_t qos)
{
	struct sub *sub;

	if (topic_filter_shared(filter, len) || (store_full && s->store_id))
		return SUBACK_FAILURE;
	if (log_wants(LOG_T_SUBSCRIBE))
		log_line(LOG_T_SUBSCRIBE, "subscribe: %s %.*s QoS %u", s->id,
			 len, filter, qos);
	sub = subs_find(s, filter, len);
	if (!sub)
		s->nsubs++;
	sub = subs_add(s, &s->subs, filter, len, qos);
	if (s->store_id)
		store_sub_write(sub);
	datapath_sub_add(sub);
	return qos;
}

void handle_subscribe(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	uint16_t mid = read_u16(r);
	struct reader again;
	uint8_t *codes;
	size_t count;
	size_t i;

	(void)first;
	if (r->bad || !mid) {
		handle_malformed(c, "malformed SUBSCRIBE");
		return;
	}
	count = check_payload(c, *r);
	if (!count)
		return;
	codes = xmalloc(count);
	again = *r;
	for (i = 0; i < count; i++) {
		uint16_t len;
		const char *filter = read_utf8(r, &len);

		codes[i] = subscribe(s, filter, len, read_u8(r));
	}
	datapath_commit(false);
	store_fence_request(c);
	send_suback(c, mid, codes, count);

	/* A repeated subscription gets the retained messages again, 3.8.4-3. */
	for (i = 0; i < count; i++) {
		struct replay replay = { .session = s, .qos = codes[i] };
		uint16_t len;
		const char *filter = read_utf8(&again, &len);

		read_u8(&again);
		if (codes[i] != SUBACK_FAILURE)
			retain_match(filter, len, replay_message, &replay);
	}
	free(codes);
}
