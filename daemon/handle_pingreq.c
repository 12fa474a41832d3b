// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"
#include "send.h"

void handle_pingreq(struct client *c, uint8_t first, struct reader *r)
{
	(void)first;
	if (reader_left(r))
		handle_malformed(c, "malformed PINGREQ");
	else
		send_pingresp(c);
}
