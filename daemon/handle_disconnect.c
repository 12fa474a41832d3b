// SPDX-License-Identifier: GPL-2.0
#include "client.h"
#include "handle.h"

void handle_disconnect(struct client *c, uint8_t first, struct reader *r)
{
	(void)first;
	if (reader_left(r))
		handle_malformed(c, "malformed DISCONNECT");
	else
		client_close(c, END_NORMAL, "client disconnected");
}
