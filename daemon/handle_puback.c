// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "datapath.h"
#include "deliver.h"
#include "handle.h"
#include "log.h"
#include "session.h"
#include "stats.h"
#include "store.h"

/* Without a reason code: at every protocol level the shortest, and usual. */
#define PUBACK_LEN	4u

void handle_puback(struct client *c, uint8_t first, struct reader *r)
{
	struct session *s = c->session;
	enum reason reason;
	uint16_t mid = read_ack(c, first, r, &reason);
	struct delivery *d;

	if (!mid)
		return;
	d = inflight_find(&s->msgs->inflight, mid);
	if (!d) {
		log_debug("%s: PUBACK for unknown packet identifier %u", s->id,
			  mid);
		return;
	}
	if (d->state != DELIVERY_WAIT_PUBACK) {
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "PUBACK for a QoS 2 message");
		return;
	}
	store_delivery_del(s, d);
	inflight_done(&s->msgs->inflight, d);
	deliver_pump(s);
}

size_t handle_puback_run(struct client *c, const uint8_t *p, size_t len)
{
	struct session *s = c->session;
	uint32_t count = 0;

	while (len >= PUBACK_LEN && p[0] == PUBACK && p[1] == 2) {
		struct delivery *d;

		d = inflight_find(&s->msgs->inflight, (uint16_t)(p[2] << 8 | p[3]));
		if (!d || d->state != DELIVERY_WAIT_PUBACK)
			break;
		store_delivery_del(s, d);
		inflight_done(&s->msgs->inflight, d);
		count++;
		p += PUBACK_LEN;
		len -= PUBACK_LEN;
	}
	if (!count)
		return 0;
	stats.received[PUBACK >> 4] += count;
	datapath_handled(c, PUBACK, count);
	deliver_pump(s);
	return count * PUBACK_LEN;
}
