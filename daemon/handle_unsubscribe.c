// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "datapath.h"
#include "handle.h"
#include "log.h"
#include "send.h"
#include "session.h"
#include "store.h"
#include "subs.h"

static bool check_payload(struct client *c, struct reader r)
{
	bool any = false;

	while (reader_left(&r)) {
		uint16_t len;

		read_utf8(&r, &len);
		if (r.bad || !len) {
			handle_malformed(c, "malformed UNSUBSCRIBE");
			return false;
		}
		any = true;
	}
	if (!any)
		handle_malformed(c, "UNSUBSCRIBE without a topic filter");
	return any;
}

void handle_unsubscribe(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	uint16_t mid = read_u16(r);

	(void)first;
	if (r->bad || !mid) {
		handle_malformed(c, "malformed UNSUBSCRIBE");
		return;
	}
	if (!check_payload(c, *r))
		return;
	while (reader_left(r)) {
		uint16_t len;
		const char *filter = read_utf8(r, &len);
		struct sub *sub = subs_find(s, filter, len);

		if (!sub)
			continue;
		if (log_wants(LOG_T_UNSUBSCRIBE))
			log_line(LOG_T_UNSUBSCRIBE, "unsubscribe: %s %.*s",
				 s->id, len, filter);
		datapath_sub_del(sub);
		store_sub_delete(sub);
		subs_del(sub);
		s->nsubs--;
	}
	datapath_commit(true);
	store_fence(c);
	send_unsuback(c, mid, NULL, 0);
}
