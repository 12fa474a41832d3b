// SPDX-License-Identifier: GPL-2.0
#include "limit.h"

#include <stdio.h>

#include "conf.h"
#include "session.h"
#include "stats.h"

static size_t topic_levels(const char *topic, size_t len)
{
	size_t levels = 1;
	size_t i;

	for (i = 0; i < len; i++)
		levels += topic[i] == '/';
	return levels;
}

bool limit_topic(const char *topic, size_t len)
{
	return len <= config.max_topic_length &&
	       (!config.max_topic_levels ||
		topic_levels(topic, len) <= config.max_topic_levels);
}

bool limit_subscribe(const struct session *s)
{
	if (!config.max_subscriptions || s->nsubs < config.max_subscriptions)
		return true;
	stats.subscriptions_refused++;
	return false;
}

static void listener_report(cJSON *list, const struct conf_listener *l)
{
	cJSON *json = cJSON_CreateObject();
	char name[300];

	if (l->path)
		snprintf(name, sizeof(name), "%s", l->path);
	else
		snprintf(name, sizeof(name), "%u%s%s", l->port,
			 l->address ? " " : "", l->address ? l->address : "");
	cJSON_AddStringToObject(json, "listener", name);
	cJSON_AddNumberToObject(json, "connections", l->connections);
	cJSON_AddNumberToObject(json, "max_connections", l->max_connections);
	cJSON_AddNumberToObject(json, "max_qos", l->max_qos);
	cJSON_AddNumberToObject(json, "max_topic_alias", l->max_topic_alias);
	cJSON_AddItemToArray(list, json);
}

void limits_listeners(cJSON *list)
{
	const struct conf_listener *l;

	list_for_each_entry(l, &config.listeners, node)
		listener_report(list, l);
}

void limits_report(cJSON *json)
{
	const struct {
		const char *name;
		double value;
	} rows[] = {
		{ "global_max_connections", config.global_max_connections },
		{ "max_connections_per_address",
		  config.max_connections_per_address },
		{ "connect_rate", config.connect_rate },
		{ "connect_burst", config.connect_burst },
		{ "connect_timeout", config.connect_timeout },
		{ "max_packet_size", config.max_packet_size },
		{ "max_topic_length", config.max_topic_length },
		{ "max_topic_levels", config.max_topic_levels },
		{ "max_subscriptions", config.max_subscriptions },
		{ "max_publish_rate", config.max_publish_rate },
		{ "max_publish_bytes", config.max_publish_bytes },
		{ "max_output_bytes", config.max_output_bytes },
		{ "connections_refused", stats.connections_refused },
		{ "connections_per_address_refused",
		  stats.connections_per_address_refused },
		{ "connect_rate_refused", stats.connect_rate_refused },
		{ "connect_timeouts", stats.connect_timeouts },
		{ "topics_refused", stats.topics_refused },
		{ "subscriptions_refused", stats.subscriptions_refused },
		{ "publish_rate_waits", stats.publish_rate_waits },
		{ "publish_rate_disconnects", stats.publish_rate_disconnects },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		cJSON_AddNumberToObject(json, rows[i].name, rows[i].value);
}
