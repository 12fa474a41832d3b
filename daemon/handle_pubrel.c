// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"
#include "log.h"
#include "send.h"
#include "session.h"
#include "store.h"

void handle_pubrel(struct client *c, uint8_t first, struct reader *r)
{
	enum reason reason;
	uint16_t mid = read_ack(c, first, r, &reason);

	if (!mid)
		return;
	reason = REASON_SUCCESS;
	if (midset_del(&c->session->msgs->received, mid)) {
		store_received(c->session, mid, false);
		session_settle(c->session);
	} else {
		reason = REASON_PACKET_ID_NOT_FOUND;
		log_debug("%s: PUBREL for unknown packet identifier %u",
			  c->session->id, mid);
	}
	store_fence(c);
	send_ack(c, PUBCOMP, mid, reason);
}
