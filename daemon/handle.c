// SPDX-License-Identifier: GPL-2.0
#include "handle.h"

#include "client.h"
#include "list.h"

static const struct handler handlers[16] = {
	[PUBLISH >> 4]		= { -1, handle_publish },
	[PUBACK >> 4]		= { 0, handle_puback },
	[PUBREC >> 4]		= { 0, handle_pubrec },
	[PUBREL >> 4]		= { PACKET_FLAGS_2, handle_pubrel },
	[PUBCOMP >> 4]		= { 0, handle_pubcomp },
	[SUBSCRIBE >> 4]	= { PACKET_FLAGS_2, handle_subscribe },
	[UNSUBSCRIBE >> 4]	= { PACKET_FLAGS_2, handle_unsubscribe },
	[PINGREQ >> 4]		= { 0, handle_pingreq },
	[DISCONNECT >> 4]	= { 0, handle_disconnect },
};

void handle_malformed(struct client *c, const char *what)
{
	client_close(c, END_ABNORMAL, what);
}

uint16_t read_mid(struct client *c, struct reader *r)
{
	uint16_t mid = read_u16(r);

	if (r->bad || reader_left(r) || !mid) {
		handle_malformed(c, "malformed acknowledgment");
		return 0;
	}
	return mid;
}

void handle_packet(struct client *c, const uint8_t *p, size_t hlen,
		   uint32_t remaining)
{
	const struct handler *h = &handlers[*p >> 4];
	struct reader r = {
		.p = p + hlen,
		.end = p + hlen + remaining,
	};

	if (!h->fn)
		handle_malformed(c, (*p & PACKET_TYPE_MASK) == CONNECT ?
				 "second CONNECT" :
				 "packet type not for clients");
	else if (h->flags >= 0 && (*p & 0x0f) != h->flags)
		handle_malformed(c, "reserved flags");
	else
		h->fn(c, *p, &r);
}
