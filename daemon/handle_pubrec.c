// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"
#include "log.h"
#include "message.h"
#include "send.h"
#include "session.h"

void handle_pubrec(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	uint16_t mid = read_mid(c, r);
	struct delivery *d;

	(void)first;
	if (!mid)
		return;
	d = inflight_find(&s->inflight, mid);
	if (d && d->qos != 2) {
		handle_malformed(c, "PUBREC for a QoS 1 message");
		return;
	}
	if (d) {
		/* from here on only the packet identifier matters */
		d->state = DELIVERY_WAIT_PUBCOMP;
		message_put(d->msg);
		d->msg = NULL;
	} else {
		log_debug("%s: PUBREC for unknown packet identifier %u", s->id,
			  mid);
	}
	/* answered in any case, so that the client can forget it */
	send_ack(c, PUBREL | PACKET_FLAGS_2, mid);
}
