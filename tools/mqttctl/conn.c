// SPDX-License-Identifier: GPL-2.0
/* mqttctl conn: attached sockets. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl.h"
#include "print.h"

static char *where_of(const struct mqtt_conn *conn)
{
	char *address = text_of_attr(&mqtt_conn_set, conn, MQTT_A_CONN_ADDRESS);
	char *text = textf(conn->address.len == 16 ? "[%s]:%u" : "%s:%u", address,
			   conn->port_number);

	free(address);
	return text;
}

static int add_row(const void *obj, void *arg)
{
	const struct mqtt_conn *conn = obj;
	struct table *table = arg;

	table_add(table, textf("%" PRIu32, conn->id));
	table_add(table, where_of(conn));
	table_add(table, textf("%u", conn->protocol_level));
	table_add(table, textf("%" PRIu32, conn->acl_class));
	table_add(table, textf("%u", conn->keep_alive));
	table_add(table, text_of_attr(&mqtt_conn_set, conn, MQTT_A_CONN_STATE));
	table_add(table, textf("%" PRIu32, conn->members));
	table_add(table, textf("%" PRIu64, conn->publish_fast));
	table_add(table, textf("%" PRIu64, conn->deliver_fast + conn->deliver_packet_out));
	table_add(table, textf("%" PRIu64, conn->diverted));
	table_add(table, textf("%" PRIu64, conn->queued_bytes + conn->daemon_bytes));
	table_add(table, textf("%" PRIu64, conn->drop_queue_full + conn->drop_oversize +
			       conn->drop_nomem + conn->drop_expired));
	table_add(table, text_of_ms(conn->idle_ms));
	return 0;
}

static int add_json(const void *obj, void *arg)
{
	json_list_add(arg, json_of(&mqtt_conn_set, obj));
	return 0;
}

static int show_one(struct mqtt_nl *nl, uint32_t id)
{
	struct mqtt_conn conn;

	if (mqtt_nl_conn_get(nl, id, &conn))
		return fail("conn", "%s", mqtt_nl_error(nl));
	if (ctl.json)
		json_print(json_of(&mqtt_conn_set, &conn));
	else
		print_attrs(&mqtt_conn_set, &conn);
	return 0;
}

static int show_all(struct mqtt_nl *nl)
{
	struct table table = { .heads = { ">id", "client", "level", ">class", ">keep", "state",
					  ">groups", ">publish", ">deliver", ">divert", ">queued",
					  ">dropped", ">idle" } };
	struct json_list list = { 0 };
	int err;

	if (ctl.json)
		err = mqtt_nl_conn_dump(nl, add_json, &list);
	else
		err = mqtt_nl_conn_dump(nl, add_row, &table);
	if (ctl.json && (!err || list.nr))
		json_list_end(&list);
	else if (!ctl.json && (!err || table.nr))
		table_print(&table);
	return err ? fail("conn", "%s", mqtt_nl_error(nl)) : 0;
}

int cmd_conn(int argc, char **argv)
{
	const char *selector;
	struct mqtt_nl *nl;
	uint64_t id = 0;
	int err;

	err = shift_show(argc, argv, &selector);
	if (err)
		return err;
	if (selector && !parse_number(selector, INT32_MAX, &id))
		return usage_error("'%s' is not the number of a conn", selector);
	err = open_family("conn", &nl);
	if (err)
		return err;
	err = selector ? show_one(nl, id) : show_all(nl);
	mqtt_nl_close(nl);
	return err;
}
