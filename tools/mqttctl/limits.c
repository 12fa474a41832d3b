// SPDX-License-Identifier: GPL-2.0
/* mqttctl limits: show or change hard limits. */
#include <errno.h>
#include <string.h>

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

int cmd_limits(int argc, char **argv)
{
	struct mqtt_limits limits = { 0 };
	struct mqtt_nl *nl;
	bool set = false;
	int err = 0;

	if (argc && !strcmp(argv[0], "set")) {
		set = true;
		err = parse(argc - 1, argv + 1, &limits);
	} else if (argc && (argc > 1 || strcmp(argv[0], "show"))) {
		err = usage_error("unexpected argument '%s'", argv[argc > 1]);
	}
	if (!err)
		err = open_family("limits", &nl);
	if (err)
		return err;
	if (set && mqtt_nl_limits_set(nl, &limits))
		err = fail("limits set", "%s", mqtt_nl_error(nl));
	else if (!set && mqtt_nl_limits_get(nl, &limits))
		err = fail("limits", "%s", mqtt_nl_error(nl));
	else if (!set && ctl.json)
		json_print(json_of(&mqtt_limits_set, &limits));
	else if (!set)
		print_attrs(&mqtt_limits_set, &limits);
	mqtt_nl_close(nl);
	return err;
}
