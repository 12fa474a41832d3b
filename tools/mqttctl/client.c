// SPDX-License-Identifier: GPL-2.0
/* mqttctl client: clients as the daemon knows them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "ctl.h"
#include "print.h"

static uint64_t number_at(const cJSON *json, const char *name)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(json, name);

	return cJSON_IsNumber(n) && n->valuedouble > 0 ? (uint64_t)n->valuedouble : 0;
}

static char *string_at(const cJSON *json, const char *name)
{
	const cJSON *s = cJSON_GetObjectItemCaseSensitive(json, name);

	if (!cJSON_IsString(s))
		return textf("-");
	return text_of((struct mqtt_blob){ s->valuestring, strlen(s->valuestring) });
}

static void add_number(cJSON *json, const char *name, uint64_t more)
{
	cJSON *n = cJSON_GetObjectItemCaseSensitive(json, name);

	if (cJSON_IsNumber(n))
		cJSON_SetNumberValue(n, n->valuedouble + more);
}

/* Add what the module did for an attached client to what the daemon counted. */
static int add_conn(const void *obj, void *arg)
{
	const struct mqtt_conn *conn = obj;
	cJSON *client;

	cJSON_ArrayForEach(client, (cJSON *)arg) {
		if (number_at(client, "conn") != conn->id)
			continue;
		add_number(client, "received", conn->publish_fast);
		add_number(client, "sent", conn->deliver_fast + conn->deliver_packet_out);
		add_number(client, "dropped", conn->drop_queue_full + conn->drop_oversize +
			   conn->drop_nomem + conn->drop_expired);
		add_number(client, "output_bytes", conn->queued_bytes + conn->daemon_bytes);
		break;
	}
	return 0;
}

static int add_conns(cJSON *clients)
{
	bool attached = false;
	struct mqtt_nl *nl;
	cJSON *client;
	int err;

	cJSON_ArrayForEach(client, clients)
		attached |= number_at(client, "conn") > 0;
	if (!attached)
		return 0;
	err = open_family("client", &nl);
	if (err)
		return err;
	if (mqtt_nl_conn_dump(nl, add_conn, clients))
		err = fail("client", "%s", mqtt_nl_error(nl));
	mqtt_nl_close(nl);
	return err;
}

static void add_row(struct table *table, const cJSON *client)
{
	const cJSON *subs = cJSON_GetObjectItemCaseSensitive(client, "subscriptions");
	bool connected = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(client, "connected"));
	uint64_t protocol = number_at(client, "protocol");

	table_add(table, string_at(client, "id"));
	table_add(table, connected ? string_at(client, "address") : textf("offline"));
	table_add(table, textf("%s", protocol == 3 ? "3.1" : protocol == 4 ? "3.1.1" :
			       protocol == 5 ? "5.0" : "-"));
	table_add(table, string_at(client, "transport"));
	table_add(table, textf("%d", cJSON_GetArraySize(subs)));
	table_add(table, textf("%" PRIu64, number_at(client, "queued")));
	table_add(table, textf("%" PRIu64, number_at(client, "queued_bytes")));
	table_add(table, textf("%" PRIu64, number_at(client, "inflight")));
	table_add(table, textf("%" PRIu64, number_at(client, "inflight_bytes")));
	table_add(table, textf("%" PRIu64, number_at(client, "received")));
	table_add(table, textf("%" PRIu64, number_at(client, "sent")));
	table_add(table, textf("%" PRIu64, number_at(client, "dropped")));
}

static void print_one(const cJSON *client)
{
	const cJSON *item, *sub;

	cJSON_ArrayForEach(item, client) {
		char *text;

		if (cJSON_IsArray(item))
			continue;
		if (cJSON_IsString(item))
			text = string_at(client, item->string);
		else if (cJSON_IsBool(item))
			text = textf(cJSON_IsTrue(item) ? "yes" : "no");
		else
			text = textf("%" PRIu64, number_at(client, item->string));
		printf("%-16s%s\n", item->string, text);
		free(text);
	}
	cJSON_ArrayForEach(sub, cJSON_GetObjectItemCaseSensitive(client, "subscriptions")) {
		char *filter = string_at(sub, "filter");

		printf("%-16sqos %" PRIu64 "  %s\n", "subscription", number_at(sub, "qos"),
		       filter);
		free(filter);
	}
}

static int show(cJSON *clients, const char *id)
{
	struct table table = { .heads = { "id", "address", "version", "transport", ">subs", ">queued",
					  ">bytes", ">inflight", ">bytes", ">received",
					  ">sent", ">dropped" } };
	struct json_list list = { 0 };
	const cJSON *client;

	if (id && !cJSON_GetArraySize(clients))
		return fail("client", "no session of '%s'", id);
	if (ctl.json) {
		cJSON_ArrayForEach(client, clients)
			json_list_add(&list, cJSON_Duplicate(client, true));
		json_list_end(&list);
	} else if (id) {
		print_one(clients->child);
	} else {
		cJSON_ArrayForEach(client, clients)
			add_row(&table, client);
		table_print(&table);
	}
	return 0;
}

int cmd_client(int argc, char **argv)
{
	cJSON *request, *answer, *clients;
	const char *id;
	char why[256];
	int err;

	err = shift_show(argc, argv, &id);
	if (err)
		return err;
	request = control_request("client");
	if (id)
		cJSON_AddStringToObject(request, "id", id);
	if (control_ask(request, &answer, why, sizeof(why)))
		return fail("client", "%s", why);
	clients = cJSON_GetObjectItemCaseSensitive(answer, "clients");
	err = add_conns(clients);
	if (!err)
		err = show(clients, id);
	cJSON_Delete(answer);
	return err;
}
