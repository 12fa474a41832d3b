// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"
#include "log.h"
#include "property.h"
#include "session.h"

/* Table 3-10 of MQTT 5.0, as far as clients send them. */
static bool reason_valid(uint8_t reason)
{
	switch (reason) {
	case REASON_NORMAL_DISCONNECT:
	case REASON_DISCONNECT_WITH_WILL:
	case REASON_UNSPECIFIED:
	case REASON_MALFORMED_PACKET:
	case REASON_PROTOCOL_ERROR:
	case REASON_IMPLEMENTATION_SPECIFIC:
	case REASON_TOPIC_NAME_INVALID:
	case REASON_RECEIVE_MAXIMUM_EXCEEDED:
	case REASON_TOPIC_ALIAS_INVALID:
	case REASON_PACKET_TOO_LARGE:
	case REASON_MESSAGE_RATE_TOO_HIGH:
	case REASON_QUOTA_EXCEEDED:
	case REASON_ADMINISTRATIVE_ACTION:
	case REASON_PAYLOAD_FORMAT_INVALID:
		return true;
	default:
		return false;
	}
}

void handle_disconnect(struct client *c, uint8_t first, struct reader *r)
{
	enum reason wrong = REASON_SUCCESS;
	struct session *s = c->session;
	struct properties props = { .present = 0 };
	uint8_t reason = REASON_NORMAL_DISCONNECT;

	(void)first;
	if (c->protocol >= 5 && reader_left(r))
		reason = read_u8(r);
	if (c->protocol >= 5 && reader_left(r))
		wrong = read_properties(r, DISCONNECT, &props);
	if (wrong || reader_left(r)) {
		client_fail(c, wrong ? wrong : REASON_MALFORMED_PACKET,
			    "malformed DISCONNECT");
		return;
	}
	if (!reason_valid(reason)) {
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "DISCONNECT with another packet's reason code");
		return;
	}
	if (property_present(&props, PROP_SESSION_EXPIRY)) {
		/* 3.14.2.2.2 */
		if (!s->expiry && props.session_expiry) {
			client_fail(c, REASON_PROTOCOL_ERROR,
				    "session expiry interval was 0");
			return;
		}
		s->expiry = session_expiry(props.session_expiry);
	}
	if (reason >= REASON_UNSPECIFIED)
		log_info("%s: DISCONNECT with reason 0x%02x: %.*s", s->id,
			 reason, props.reason_string.len,
			 (const char *)props.reason_string.p);
	/* only 0x00 discards the will [MQTT-3.14.4-3] */
	client_close(c, reason ? END_ABNORMAL : END_NORMAL,
		     "client disconnected");
}
