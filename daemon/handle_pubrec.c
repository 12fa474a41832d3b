// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "deliver.h"
#include "handle.h"
#include "log.h"
#include "send.h"
#include "session.h"
#include "store.h"

void handle_pubrec(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	enum reason reason;
	uint16_t mid = read_ack(c, first, r, &reason);
	enum reason answer = REASON_SUCCESS;
	struct delivery *d;

	if (!mid)
		return;
	d = inflight_find(&s->msgs->inflight, mid);
	if (d && d->qos != 2) {
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "PUBREC for a QoS 1 message");
		return;
	}
	if (reason >= REASON_UNSPECIFIED) {
		/* refused: the packet identifier is free again, 4.3.3 */
		if (d) {
			store_delivery_del(s, d);
			inflight_done(&s->msgs->inflight, d);
			deliver_pump(s);
		}
		return;
	}
	if (d) {
		/* from here on only the packet identifier matters */
		d->state = DELIVERY_WAIT_PUBCOMP;
		s->msgs->inflight.unsent -= d->unsent;
		d->unsent = false;
		if (d->msg)
			store_delivery(s, d);
		inflight_received(d);
	} else {
		answer = REASON_PACKET_ID_NOT_FOUND;
		log_debug("%s: PUBREC for unknown packet identifier %u", s->id,
			  mid);
	}
	/* answered in any case, so that the client can forget it */
	store_fence(c);
	send_ack(c, PUBREL | PACKET_FLAGS_2, mid, answer);
}
