// SPDX-License-Identifier: GPL-2.0
#include "broker.h"

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "fan_out.h"
#include "inflight.h"
#include "retain.h"
#include "route.h"
#include "session.h"
#include "subs.h"
#include "timer.h"
#include "util.h"

int broker_setup(void **state)
{
	(void)state;
	hash_init();
	conf_init(&config);
	sessions_init();
	subs_init();
	retain_init();
	route_init();
	return 0;
}

int broker_teardown(void **state)
{
	(void)state;
	fan_outs_finish();
	sessions_exit();
	route_exit();
	retain_exit();
	subs_exit();
	delivery_exit();
	timers_free();
	conf_free(&config);
	return 0;
}

void broker_sessions(struct session **sessions, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		char id[12];

		snprintf(id, sizeof(id), "c%u", i);
		sessions[i] = session_new(id, strlen(id), SESSION_NEVER);
	}
}
