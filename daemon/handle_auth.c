// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "client.h"
#include "enhanced_auth.h"
#include "handle.h"
#include "property.h"
#include "send.h"

/* A client stays who it is, so that its subscriptions stay its own. */
static void reauthenticate(struct client *c, const struct properties *props)
{
	const char *what = NULL;
	enum reason code = enhanced_auth_first(c, props, &what);

	if (code != REASON_CONTINUE_AUTHENTICATION)
		client_fail(c, code, what);
	else if (strcmp(enhanced_auth_user(c), c->rare->user))
		client_fail(c, REASON_NOT_AUTHORIZED,
			    "another user's authentication");
}

static void continue_auth(struct client *c, const struct properties *props)
{
	const char *what = NULL;
	enum reason code = enhanced_auth_final(c, props, &what);

	if (code) {
		/* [MQTT-4.12.0-4], [MQTT-4.12.1-2] */
		client_fail(c, code, what);
		return;
	}
	if (c->state == CLIENT_CONNECTING) {
		handle_connect_verified(c, true);
		return;
	}
	if (!send_auth(c, REASON_SUCCESS, enhanced_auth_answer(c)))
		client_fail(c, REASON_PACKET_TOO_LARGE,
			    "maximum packet size too small");
	enhanced_auth_end(c);
}

void handle_auth(struct client *c, uint8_t first, struct reader *r)
{
	enum reason code = REASON_SUCCESS;
	enum reason wrong = REASON_SUCCESS;
	struct properties props;

	(void)first;
	if (c->protocol < 5) {
		handle_malformed(c, "packet type not for clients");
		return;
	}
	memset(&props, 0, sizeof(props));
	if (reader_left(r))
		code = read_u8(r);
	if (reader_left(r))
		wrong = read_properties(r, AUTH, &props);
	if (!wrong && (r->bad || reader_left(r)))
		wrong = REASON_MALFORMED_PACKET;
	if (wrong)
		client_fail(c, wrong, "malformed AUTH");
	else if (!c->rare->enhanced_auth && !c->auth_method)
		/* [MQTT-4.12.0-7] */
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "AUTH without an authentication method");
	else if (!enhanced_auth_named(&props))
		/* that which CONNECT named [MQTT-4.12.0-5] */
		client_fail(c, REASON_PROTOCOL_ERROR,
			    "AUTH with another authentication method");
	else if (code == REASON_CONTINUE_AUTHENTICATION && c->rare->enhanced_auth)
		continue_auth(c, &props);
	else if (code == REASON_REAUTHENTICATE && c->state == CLIENT_CONNECTED)
		reauthenticate(c, &props);
	else
		client_fail(c, REASON_PROTOCOL_ERROR, "AUTH out of order");
}
