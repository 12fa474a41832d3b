// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"
#include "log.h"
#include "send.h"
#include "session.h"

void handle_pubrel(struct client *c, uint8_t first, struct reader *r)
{
	uint16_t mid = read_mid(c, r);

	(void)first;
	if (!mid)
		return;
	if (!midset_del(&c->session->received, mid))
		log_debug("%s: PUBREL for unknown packet identifier %u",
			  c->session->id, mid);
	send_ack(c, PUBCOMP, mid);
}
