// SPDX-License-Identifier: GPL-2.0
/* mqttctl reload: the daemon reads its files again. */
#include "control.h"
#include "ctl.h"

int cmd_reload(int argc, char **argv)
{
	cJSON *answer;
	char why[640];

	if (argc)
		return usage_error("unexpected argument '%s'", argv[0]);
	if (control_ask(control_request("reload"), &answer, why, sizeof(why)))
		return fail("reload", "%s", why);
	cJSON_Delete(answer);
	return 0;
}
