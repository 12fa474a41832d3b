// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"
#include "property.h"

/*
 * No authentication method can be configured, so no CONNECT with one succeeds
 * and no AUTH is ever in order [MQTT-4.12.0-7].
 */
void handle_auth(struct client *c, uint8_t first, struct reader *r)
{
	enum reason wrong = REASON_SUCCESS;
	struct properties props;

	(void)first;
	if (c->protocol < 5) {
		handle_malformed(c, "packet type not for clients");
		return;
	}
	if (reader_left(r))
		read_u8(r);
	if (reader_left(r))
		wrong = read_properties(r, AUTH, &props);
	if (!wrong && (r->bad || reader_left(r)))
		wrong = REASON_MALFORMED_PACKET;
	client_fail(c, wrong ? wrong : REASON_PROTOCOL_ERROR,
		    "AUTH without an authentication method");
}
