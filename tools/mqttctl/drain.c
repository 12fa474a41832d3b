// SPDX-License-Identifier: GPL-2.0
/* mqttctl drain: close everything so that the module can be removed. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "print.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int still_held(struct mqtt_nl *nl)
{
	struct mqtt_stats stats;

	if (mqtt_nl_stats_get(nl, &stats))
		return fail("drain", "%s", mqtt_nl_error(nl));
	if (stats.conns)
		return fail("drain", "%" PRIu64 " sockets are still open after %u s; "
			    "the daemon must close them", stats.conns, ctl.wait);
	return fail("drain", "the port is still open after %u s; the daemon must close it",
		    ctl.wait);
}

static int wait_drained(struct mqtt_nl *nl, struct mqtt_nl *events)
{
	int64_t end = now_ms() + ctl.wait * 1000LL, left;
	struct mqtt_event_msg ev;
	int err;

	while ((left = end - now_ms()) > 0) {
		err = mqtt_nl_event_read(events, &ev, left);
		if (!err && ev.type == MQTT_EVENT_DRAINED)
			return 0;
		/* Draining again is harmless, and says again when it is done. */
		if (err == -ENOBUFS)
			err = mqtt_nl_drain(nl, true);
		if (err && err != -EAGAIN && err != -EINTR)
			return fail("drain", "%s", strerror(-err));
	}
	return still_held(nl);
}

int cmd_drain(int argc, char **argv)
{
	struct mqtt_nl *nl, *events = NULL;
	bool off = argc && !strcmp(argv[0], "off");
	int err;

	if (argc > off)
		return usage_error("unexpected argument '%s'", argv[off]);
	err = open_family("drain", &nl);
	if (err)
		return err;
	/* The last event may come before the answer to the request. */
	if (!off)
		err = open_family("drain", &events);
	if (events && mqtt_nl_subscribe(events))
		err = fail("drain", "%s", mqtt_nl_error(events));
	if (!err && mqtt_nl_drain(nl, !off))
		err = fail("drain", "%s", mqtt_nl_error(nl));
	else if (!err && !off)
		err = wait_drained(nl, events);
	mqtt_nl_close(events);
	mqtt_nl_close(nl);
	return err;
}
