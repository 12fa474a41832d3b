// SPDX-License-Identifier: GPL-2.0
/* mqttctl limits: show or change hard limits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "ctl.h"
#include "print.h"

/* Read NAME VALUE pairs. */
static int parse(int argc, char **argv, struct mqtt_limits *limits)
{
	if (!argc || argc % 2)
		return usage_error("limits set needs pairs of NAME and VALUE");
	for (int i = 0; i < argc; i += 2) {
		unsigned int type = mqtt_attr_find(&mqtt_limits_set, argv[i]);
		uint64_t value;

		if (!type)
			return usage_error("unknown limit '%s'", argv[i]);
		if (limits->present & MQTT_BIT(type))
			return usage_error("limit '%s' given twice", argv[i]);
		if (!parse_number(argv[i + 1], UINT64_MAX, &value) ||
		    mqtt_attr_set_number(&mqtt_limits_set.attr[type], limits, value))
			return usage_error("bad value '%s' for %s", argv[i + 1], argv[i]);
		limits->present |= MQTT_BIT(type);
	}
	return 0;
}

static int set_limits(struct mqtt_limits *limits)
{
	struct mqtt_nl *nl;
	int err = open_family("limits", &nl);

	if (err)
		return err;
	if (mqtt_nl_limits_set(nl, limits))
		err = fail("limits set", "%s", mqtt_nl_error(nl));
	mqtt_nl_close(nl);
	return err;
}

/* The daemon's limits, and how often they were reached; NULL without a daemon. */
static cJSON *ask_daemon(void)
{
	cJSON *answer, *limits, *listeners;
	char why[256];

	if (control_ask(control_request("limits"), &answer, why, sizeof(why)))
		return NULL;
	limits = cJSON_DetachItemFromObjectCaseSensitive(answer, "limits");
	listeners = cJSON_DetachItemFromObjectCaseSensitive(answer, "listeners");
	if (limits && listeners)
		cJSON_AddItemToObject(limits, "listeners", listeners);
	else
		cJSON_Delete(listeners);
	cJSON_Delete(answer);
	return limits;
}

static void print_daemon(const cJSON *daemon)
{
	const cJSON *listeners = cJSON_GetObjectItemCaseSensitive(daemon, "listeners");
	const cJSON *item, *limit;

	cJSON_ArrayForEach(item, daemon)
		if (cJSON_IsNumber(item))
			printf("%-31s  %.0f\n", item->string, item->valuedouble);
	cJSON_ArrayForEach(item, listeners)
		cJSON_ArrayForEach(limit, item) {
			if (cJSON_IsNumber(limit))
				printf("  %-29s  %.0f\n", limit->string, limit->valuedouble);
			else
				printf("%s %s\n", limit->string, limit->valuestring);
		}
}

/* Of the module and of the daemon, or of the one that is there. */
static int show_limits(void)
{
	struct mqtt_limits limits = { 0 };
	cJSON *daemon = ask_daemon();
	struct mqtt_nl *nl = NULL;
	int err = 0;

	if (daemon && mqtt_nl_open(&nl))
		nl = NULL;
	else if (!daemon)
		err = open_family("limits", &nl);
	if (nl && mqtt_nl_limits_get(nl, &limits))
		err = fail("limits", "%s", mqtt_nl_error(nl));
	if (!err && ctl.json) {
		cJSON *json = json_of(&mqtt_limits_set, &limits);

		if (daemon)
			cJSON_AddItemToObject(json, "daemon", cJSON_Duplicate(daemon, true));
		json_print(json);
	} else if (!err) {
		print_attrs(&mqtt_limits_set, &limits);
		print_daemon(daemon);
	}
	if (nl)
		mqtt_nl_close(nl);
	cJSON_Delete(daemon);
	return err;
}

int cmd_limits(int argc, char **argv)
{
	struct mqtt_limits limits = { 0 };
	int err;

	if (argc && !strcmp(argv[0], "set")) {
		err = parse(argc - 1, argv + 1, &limits);
		return err ? err : set_limits(&limits);
	}
	if (argc && (argc > 1 || strcmp(argv[0], "show")))
		return usage_error("unexpected argument '%s'", argv[argc > 1]);
	return show_limits();
}
