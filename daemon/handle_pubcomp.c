// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "deliver.h"
#include "handle.h"
#include "log.h"
#include "session.h"
#include "store.h"

void handle_pubcomp(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	enum reason reason;
	uint16_t mid = read_ack(c, first, r, &reason);
	struct delivery *d;

	if (!mid)
		return;
	d = inflight_find(&s->msgs->inflight, mid);
	if (!d) {
		log_debug("%s: PUBCOMP for unknown packet identifier %u", s->id,
			  mid);
		return;
	}
	if (d->state != DELIVERY_WAIT_PUBCOMP) {
		client_fail(c, REASON_PROTOCOL_ERROR, "PUBCOMP before PUBREC");
		return;
	}
	store_delivery_del(s, d);
	inflight_done(&s->msgs->inflight, d);
	deliver_pump(s);
}
