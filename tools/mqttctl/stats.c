// SPDX-License-Identifier: GPL-2.0
/* mqttctl stats: counters of this network namespace. */
#include "ctl.h"
#include "print.h"

int cmd_stats(int argc, char **argv)
{
	struct mqtt_stats stats;
	struct mqtt_nl *nl;
	int err;

	if (argc)
		return usage_error("unexpected argument '%s'", argv[0]);
	err = open_family("stats", &nl);
	if (err)
		return err;
	if (mqtt_nl_stats_get(nl, &stats))
		err = fail("stats", "%s", mqtt_nl_error(nl));
	else if (ctl.json)
		json_print(json_of(&mqtt_stats_set, &stats));
	else
		print_attrs(&mqtt_stats_set, &stats);
	mqtt_nl_close(nl);
	return err;
}
