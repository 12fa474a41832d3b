// SPDX-License-Identifier: GPL-2.0
/* mqttctl flow: cached routes of exact topics. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/**
 * struct selection - which flows to show, and where
 * @topic: the topic, or NULL for all
 * @classes: ACL classes in which @topic has a flow
 * @nr_classes: how many
 * @table: for text
 * @list: for JSON
 */
struct selection {
	const char *topic;
	uint32_t *classes;
	size_t nr_classes;
	struct table table;
	struct json_list list;
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

static int keep_class(const void *obj, void *arg)
{
	const struct mqtt_flow *flow = obj;
	struct selection *sel = arg;
	uint32_t *p;

	if (strlen(sel->topic) != flow->topic.len ||
	    memcmp(sel->topic, flow->topic.data, flow->topic.len))
		return 0;
	p = realloc(sel->classes, (sel->nr_classes + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	sel->classes = p;
	p[sel->nr_classes++] = flow->acl_class;
	return 0;
}

/*
 * The flows of one topic. A dump tells in which ACL classes there are any; each
 * is then read by itself, since a dump leaves out merged members if there are
 * many.
 */
static int show_topic(struct mqtt_nl *nl, struct selection *sel)
{
	struct mqtt_blob topic = { sel->topic, strlen(sel->topic) };
	struct mqtt_flow flow;
	bool found = false;
	int err;

	err = mqtt_nl_flow_dump(nl, keep_class, sel);
	for (size_t i = 0; i < sel->nr_classes && !err; i++) {
		err = mqtt_nl_flow_get(nl, sel->classes[i], topic, &flow);
		if (!err)
			found = !show(&flow, sel);
		else if (err == -ENOENT)
			err = 0;
	}
	free(sel->classes);
	if (!err && !found)
		return fail("flow", "no flow for topic '%s'", sel->topic);
	return err;
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
	err = sel.topic ? show_topic(nl, &sel) : mqtt_nl_flow_dump(nl, show, &sel);
	if (ctl.json && (!err || sel.list.nr))
		json_list_end(&sel.list);
	else if (!ctl.json && (!err || sel.table.nr))
		table_print(&sel.table);
	if (err < 0)
		err = fail("flow", "%s", err == -ENOMEM ? strerror(ENOMEM) : mqtt_nl_error(nl));
	mqtt_nl_close(nl);
	return err;
}
