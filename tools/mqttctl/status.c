// SPDX-License-Identifier: GPL-2.0
/* mqttctl status: module, limits in use and daemon at a glance. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "ctl.h"
#include "print.h"

/**
 * struct status - all that could be found out
 * @loaded: the family answers
 * @version: the module's version, empty if unknown
 * @why: why @owner, @limits and @stats are empty
 * @owner: who owns the namespace
 * @limits: limits in force
 * @stats: counters
 * @daemon: the daemon's answer, or NULL
 * @no_daemon: why @daemon is NULL
 */
struct status {
	bool loaded;
	char version[32];
	char why[256];
	struct mqtt_owner owner;
	struct mqtt_limits limits;
	struct mqtt_stats stats;
	cJSON *daemon;
	char no_daemon[256];
};

static void read_version(struct status *st)
{
	FILE *f = fopen("/sys/kernel/mqtt/version", "re");

	if (!f)
		return;
	if (fgets(st->version, sizeof(st->version), f))
		st->version[strcspn(st->version, "\n")] = '\0';
	fclose(f);
}

static void ask_module(struct status *st)
{
	struct mqtt_nl *nl;
	int err = mqtt_nl_open(&nl);

	st->loaded = !err;
	if (err) {
		if (err != -ENOENT)
			snprintf(st->why, sizeof(st->why), "%s", strerror(-err));
		return;
	}
	read_version(st);
	if (mqtt_nl_stats_get(nl, &st->stats) || mqtt_nl_limits_get(nl, &st->limits) ||
	    mqtt_nl_owner_get(nl, &st->owner))
		snprintf(st->why, sizeof(st->why), "%s", mqtt_nl_error(nl));
	mqtt_nl_close(nl);
}

static void print_use(const char *name, uint64_t used, uint64_t max)
{
	printf("  %-12s%" PRIu64 " of %" PRIu64 "\n", name, used, max);
}

static void print_bytes(const char *name, uint64_t count, uint64_t bytes)
{
	printf("  memory: %-16s%" PRIu64 " in %" PRIu64 " bytes\n", name, count, bytes);
}

static void print_module(const struct status *st)
{
	const struct mqtt_limits *max = &st->limits;
	const struct mqtt_stats *use = &st->stats;

	if (!st->loaded) {
		printf("module: not loaded (%s)\n", *st->why ? st->why : "modprobe mqtt");
		return;
	}
	printf("module: loaded, version %s\n", *st->version ? st->version : "unknown");
	if (*st->why) {
		printf("  not readable: %s\n", st->why);
		return;
	}
	printf("  %-12s%s\n", "owner", !MQTT_HAS(&st->owner, MQTT_A_OWNER_PORTID) ? "none" :
	       "registered");
	if (st->owner.drain)
		printf("  %-12s%s\n", "drained", "yes (mqttctl drain off ends it)");
	print_use("conns", use->conns, max->conns_max);
	print_use("flows", use->flows, max->flows_max);
	print_use("groups", use->groups, max->groups_max);
	print_use("members", use->members, max->members_max);
	print_use("queued", use->queued_bytes, max->tx_total_max);
	printf("  %-12s%" PRIu64 " in, %" PRIu64 " out\n", "fast path", use->publish_fast,
	       use->deliver_fast + use->deliver_packet_out);
	print_bytes("conns", use->conns, use->conn_bytes);
	print_bytes("flows", use->flows, use->flow_bytes);
	print_bytes("groups", use->groups, use->group_bytes);
	print_bytes("members", use->members, use->member_bytes);
	print_bytes("aliases", use->aliases, use->alias_bytes);
}

static void print_memory(const cJSON *memory)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, memory) {
		const cJSON *count = cJSON_GetObjectItemCaseSensitive(item, "count");
		const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(item, "bytes");

		printf("  memory: %-16s%.0f in %.0f bytes\n", item->string,
		       cJSON_GetNumberValue(count), cJSON_GetNumberValue(bytes));
	}
}

static void print_daemon(const struct status *st)
{
	const cJSON *item;

	if (!st->daemon) {
		printf("daemon: not reachable (%s)\n", st->no_daemon);
		return;
	}
	printf("daemon: running\n");
	cJSON_ArrayForEach(item, st->daemon) {
		char *text = cJSON_IsString(item) ? strdup(item->valuestring) :
			cJSON_PrintUnformatted(item);

		/* The module's side is above already. */
		if (text && !cJSON_IsObject(item))
			printf("  %-24s%s\n", item->string, text);
		free(text);
	}
	print_memory(cJSON_GetObjectItemCaseSensitive(st->daemon, "memory"));
}

static void print_json(struct status *st)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddBoolToObject(json, "loaded", st->loaded);
	if (*st->version)
		cJSON_AddStringToObject(json, "version", st->version);
	if (*st->why)
		cJSON_AddStringToObject(json, "error", st->why);
	if (st->owner.present)
		cJSON_AddItemToObject(json, "owner", json_of(&mqtt_owner_set, &st->owner));
	if (st->stats.present)
		cJSON_AddItemToObject(json, "stats", json_of(&mqtt_stats_set, &st->stats));
	if (st->limits.present)
		cJSON_AddItemToObject(json, "limits", json_of(&mqtt_limits_set, &st->limits));
	cJSON_AddItemToObject(json, "daemon", st->daemon ? cJSON_Duplicate(st->daemon, true) :
			      cJSON_CreateNull());
	json_print(json);
}

int cmd_status(int argc, char **argv)
{
	struct status st = { 0 };

	if (argc)
		return usage_error("unexpected argument '%s'", argv[0]);
	ask_module(&st);
	if (control_ask(control_request("status"), &st.daemon, st.no_daemon,
			sizeof(st.no_daemon)))
		st.daemon = NULL;
	if (ctl.json) {
		print_json(&st);
	} else {
		print_module(&st);
		print_daemon(&st);
	}
	cJSON_Delete(st.daemon);
	return 0;
}
