// SPDX-License-Identifier: GPL-2.0
#include "handle.h"

#include "client.h"
#include "list.h"
#include "property.h"
#include "stats.h"

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
	[AUTH >> 4]		= { 0, handle_auth },
};

void handle_malformed(struct client *c, const char *what)
{
	client_fail(c, REASON_MALFORMED_PACKET, what);
}

/* Tables 3-4 to 3-7 of MQTT 5.0. */
static bool ack_reason_valid(uint8_t first, uint8_t reason)
{
	if ((first & PACKET_TYPE_MASK) == PUBREL ||
	    (first & PACKET_TYPE_MASK) == PUBCOMP)
		return reason == REASON_SUCCESS ||
		       reason == REASON_PACKET_ID_NOT_FOUND;
	switch (reason) {
	case REASON_SUCCESS:
	case REASON_NO_MATCHING_SUBSCRIBERS:
	case REASON_UNSPECIFIED:
	case REASON_IMPLEMENTATION_SPECIFIC:
	case REASON_NOT_AUTHORIZED:
	case REASON_TOPIC_NAME_INVALID:
	case REASON_PACKET_ID_IN_USE:
	case REASON_QUOTA_EXCEEDED:
	case REASON_PAYLOAD_FORMAT_INVALID:
		return true;
	default:
		return false;
	}
}

uint16_t read_ack(struct client *c, uint8_t first, struct reader *r,
		  enum reason *reason)
{
	enum reason wrong = REASON_SUCCESS;
	uint16_t mid = read_u16(r);
	struct properties props;

	*reason = REASON_SUCCESS;
	if (c->protocol >= 5 && reader_left(r))
		*reason = read_u8(r);
	if (c->protocol >= 5 && reader_left(r))
		wrong = read_properties(r, first & PACKET_TYPE_MASK, &props);
	if (r->bad || reader_left(r) || !mid)
		wrong = wrong ? wrong : REASON_MALFORMED_PACKET;
	else if (!wrong && !ack_reason_valid(first, *reason))
		wrong = REASON_PROTOCOL_ERROR;
	if (!wrong)
		return mid;
	client_fail(c, wrong, "malformed acknowledgment");
	return 0;
}

void handle_packet(struct client *c, const uint8_t *p, size_t hlen,
		   uint32_t remaining)
{
	const struct handler *h = &handlers[*p >> 4];
	struct reader r = {
		.p = p + hlen,
		.end = p + hlen + remaining,
	};

	if ((*p & PACKET_TYPE_MASK) != PUBLISH)
		stats.received[*p >> 4]++;
	if (!h->fn)
		client_fail(c, *p & PACKET_TYPE_MASK ? REASON_PROTOCOL_ERROR :
			    REASON_MALFORMED_PACKET,
			    (*p & PACKET_TYPE_MASK) == CONNECT ?
			    "second CONNECT" : "packet type not for clients");
	else if (h->flags >= 0 && (*p & 0x0f) != h->flags)
		handle_malformed(c, "reserved flags");
	else
		h->fn(c, *p, &r);
}
