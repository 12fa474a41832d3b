// SPDX-License-Identifier: GPL-2.0
/* mqttctl flow: cached routes of exact topics. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/**
 * struct selection - which flows to show, and where
 * @topic: the topic, or NULL for all
 * @table: for text
 * @list: for JSON
 * @found: flows shown
 */
struct selection {
	const char *topic;
	struct table table;
	struct json_list list;
	unsigned long found;
};

static char *targets_of(const struct mqtt_flow *flow)
{
	char *groups = text_of_attr(&mqtt_flow_set, flow, MQTT_A_FLOW_GROUPS);
	char *text = groups;

	if (flow->flags & MQTT_FLOW_F_DENY)
		text = textf("denied");
	else if (flow->merged.nr)
		text = textf("%s +%" PRIu32 " merged", groups, flow->merged.nr);
	if (text != groups)
		free(groups);
	return text;
}

static int show(const void *obj, void *arg)
{
	const struct mqtt_flow *flow = obj;
	struct selection *sel = arg;
	struct table *table = &sel->table;

	/* A topic may have a flow in every ACL class, so GET of one key does not do. */
	if (sel->topic && (strlen(sel->topic) != flow->topic.len ||
			   memcmp(sel->topic, flow->topic.data, flow->topic.len)))
		return 0;
	sel->found++;
	if (ctl.json) {
		json_list_add(&sel->list, json_of(&mqtt_flow_set, flow));
		return 0;
	}
	table_add(table, textf("%" PRIu32, flow->id));
	table_add(table, textf("%" PRIu32, flow->acl_class));
	table_add(table, textf("%" PRIu64, flow->hits));
	table_add(table, textf("%" PRIu64, flow->bytes));
	table_add(table, text_of_ms(flow->idle_ms));
	table_add(table, targets_of(flow));
	table_add(table, text_of(flow->topic));
	return 0;
}

int cmd_flow(int argc, char **argv)
{
	struct selection sel = { .table.heads = { ">id", ">class", ">hits", ">bytes", ">idle",
						  "groups", "topic" } };
	struct mqtt_nl *nl;
	int err;

	err = shift_show(argc, argv, &sel.topic);
	if (!err)
		err = open_family("flow", &nl);
	if (err)
		return err;
	err = mqtt_nl_flow_dump(nl, show, &sel);
	if (ctl.json && (!err || sel.found))
		json_list_end(&sel.list);
	else if (!ctl.json && (!err || sel.found))
		table_print(&sel.table);
	if (err)
		err = fail("flow", "%s", mqtt_nl_error(nl));
	else if (sel.topic && !sel.found)
		err = fail("flow", "no flow for topic '%s'", sel.topic);
	mqtt_nl_close(nl);
	return err;
}
