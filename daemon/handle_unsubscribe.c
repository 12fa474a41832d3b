// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "client.h"
#include "datapath.h"
#include "handle.h"
#include "log.h"
#include "property.h"
#include "send.h"
#include "session.h"
#include "share.h"
#include "store.h"
#include "subs.h"
#include "util.h"

/* Checks the whole packet first: a malformed one must have no effect. */
static size_t check_payload(struct client *c, struct reader r)
{
	size_t count = 0;

	while (reader_left(&r)) {
		uint16_t len;

		read_utf8(&r, &len);
		if (r.bad || !len) {
			handle_malformed(c, "malformed UNSUBSCRIBE");
			return 0;
		}
		count++;
	}
	if (!count)
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "UNSUBSCRIBE without a topic filter");
	return count;
}

static enum reason unsubscribe(struct session *s, const char *filter,
			       uint16_t len)
{
	struct sub *sub = subs_find(s, filter, len);

	if (!sub)
		return REASON_NO_SUBSCRIPTION_EXISTED;
	if (log_wants(LOG_T_UNSUBSCRIBE))
		log_line(LOG_T_UNSUBSCRIBE, "unsubscribe: %s %.*s", s->id, len,
			 filter);
	if (sub->filter->shared)
		share_leave(sub, SHARE_UNSUBSCRIBED);
	datapath_sub_del(sub);
	store_sub_delete(sub);
	subs_del(sub);
	s->nsubs--;
	return REASON_SUCCESS;
}

void handle_unsubscribe(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	uint16_t mid = read_u16(r);
	enum reason wrong = REASON_SUCCESS;
	struct properties props;
	uint8_t *codes;
	size_t count;
	size_t i;

	(void)first;
	if (c->protocol >= 5 && !r->bad)
		wrong = read_properties(r, UNSUBSCRIBE, &props);
	if (!wrong && (r->bad || !mid))
		wrong = REASON_MALFORMED_PACKET;
	if (wrong) {
		client_fail(c, wrong, "malformed UNSUBSCRIBE");
		return;
	}
	count = check_payload(c, *r);
	if (!count || !send_codes_fit(c, count))
		return;
	codes = xmalloc(count);
	for (i = 0; i < count; i++) {
		uint16_t len;
		const char *filter = read_utf8(r, &len);

		codes[i] = unsubscribe(s, filter, len);
	}
	datapath_commit(true);
	store_fence(c);
	send_unsuback(c, mid, codes, count);
	free(codes);
}
