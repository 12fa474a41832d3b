// SPDX-License-Identifier: GPL-2.0
/* mqttctl monitor: print events as they happen. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "print.h"

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void print_event(const struct mqtt_event_msg *ev)
{
	char *type = text_of_attr(&mqtt_event_set, ev, MQTT_A_EVENT_TYPE);
	char *cookie = text_of_attr(&mqtt_event_set, ev, MQTT_A_EVENT_COOKIE);
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	printf("%02d:%02d:%02d.%03ld  %s", tm.tm_hour, tm.tm_min, tm.tm_sec,
	       now.tv_nsec / 1000000, type);
	if (MQTT_HAS(ev, MQTT_A_EVENT_CONN))
		printf("  conn %" PRIu32, ev->conn);
	if (MQTT_HAS(ev, MQTT_A_EVENT_COOKIE))
		printf("  cookie %s", cookie);
	putchar('\n');
	free(type);
	free(cookie);
}

static void print_lost(void)
{
	cJSON *json;

	if (!ctl.json) {
		puts("events have been lost");
		return;
	}
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "type", "lost");
	json_print(json);
}

int cmd_monitor(int argc, char **argv)
{
	/* Without SA_RESTART, so that the wait ends. */
	const struct sigaction sa = { .sa_handler = stop };
	struct mqtt_event_msg ev;
	struct mqtt_nl *nl;
	int err;

	if (argc)
		return usage_error("unexpected argument '%s'", argv[0]);
	err = open_family("monitor", &nl);
	if (err)
		return err;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (mqtt_nl_subscribe(nl)) {
		err = fail("monitor", "%s", mqtt_nl_error(nl));
		mqtt_nl_close(nl);
		return err;
	}
	while (!stopped && !ferror(stdout)) {
		err = mqtt_nl_event_read(nl, &ev, -1);
		if (err == -ENOBUFS)
			print_lost();
		else if (err == -EINTR)
			continue;
		else if (err)
			break;
		else if (ctl.json)
			json_print(json_of(&mqtt_event_set, &ev));
		else
			print_event(&ev);
		fflush(stdout);
	}
	if (err == -EINTR || err == -ENOBUFS)
		err = 0;
	if (err)
		err = fail("monitor", "%s", strerror(-err));
	mqtt_nl_close(nl);
	return err;
}
