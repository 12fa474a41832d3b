// SPDX-License-Identifier: GPL-2.0
/* mqttctl group: subscribers by topic filter. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "print.h"

/**
 * struct members - all members, sorted by group before they are shown
 * @v: the members
 * @nr: how many
 * @room: how many are allocated
 * @list: for JSON
 */
struct members {
	struct mqtt_member *v;
	size_t nr;
	size_t room;
	struct json_list list;
};

static int keep_member(const void *obj, void *arg)
{
	struct members *all = arg;

	if (all->nr == all->room) {
		size_t room = all->room ? all->room * 2 : 256;
		void *p = realloc(all->v, room * sizeof(*all->v));

		if (!p)
			return -ENOMEM;
		all->v = p;
		all->room = room;
	}
	all->v[all->nr++] = *(const struct mqtt_member *)obj;
	return 0;
}

static int by_group(const void *a, const void *b)
{
	const struct mqtt_member *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->conn < y->conn ? -1 : x->conn > y->conn;
}

/* The first member of a group, or the place where it would be. */
static size_t first_member(const struct members *all, uint32_t group)
{
	size_t low = 0, high = all->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->v[middle].group < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void print_member(const struct mqtt_member *member)
{
	char *flags = text_of_attr(&mqtt_member_set, member, MQTT_A_MEMBER_FLAGS);

	if (member->conn == MQTT_CONN_PORT)
		printf("    port");
	else
		printf("    conn %" PRIu32, member->conn);
	printf(" qos %u", member->qos);
	if (member->flags)
		printf(" %s", flags);
	putchar('\n');
	free(flags);
}

static int show(const void *obj, void *arg)
{
	const struct mqtt_group *group = obj;
	struct members *all = arg;
	size_t i = first_member(all, group->id);
	cJSON *json, *array;
	char *filter;

	if (!ctl.json) {
		filter = text_of_attr(&mqtt_group_set, group, MQTT_A_GROUP_FILTER);
		printf("group %" PRIu32 "  members %" PRIu32 "  flows %" PRIu32 "  %s\n",
		       group->id, group->members, group->flows, filter);
		free(filter);
		for (; i < all->nr && all->v[i].group == group->id; i++)
			print_member(&all->v[i]);
		return 0;
	}
	/* The members themselves say how many there are. */
	json = json_of(&mqtt_group_set, group);
	cJSON_DeleteItemFromObject(json, "members");
	array = cJSON_AddArrayToObject(json, "members");
	for (; i < all->nr && all->v[i].group == group->id; i++) {
		struct mqtt_member member = all->v[i];

		member.present &= ~MQTT_BIT(MQTT_A_MEMBER_GROUP);
		cJSON_AddItemToArray(array, json_of(&mqtt_member_set, &member));
	}
	json_list_add(&all->list, json);
	return 0;
}

/* Read by itself, since a dump leaves out a filter that is very long. */
static int show_one(struct mqtt_nl *nl, uint32_t id, struct members *all)
{
	struct mqtt_group group;
	int err = mqtt_nl_group_get(nl, id, &group);

	return err ? err : show(&group, all);
}

int cmd_group(int argc, char **argv)
{
	struct members all = { 0 };
	const char *selector;
	struct mqtt_nl *nl;
	uint64_t id = 0;
	int err;

	err = shift_show(argc, argv, &selector);
	if (err)
		return err;
	if (selector && (!parse_number(selector, INT32_MAX, &id) || !id))
		return usage_error("'%s' is not the number of a group", selector);
	err = open_family("group", &nl);
	if (err)
		return err;
	err = mqtt_nl_member_dump(nl, id, keep_member, &all);
	if (!err) {
		if (all.nr)
			qsort(all.v, all.nr, sizeof(*all.v), by_group);
		err = selector ? show_one(nl, id, &all) : mqtt_nl_group_dump(nl, show, &all);
	}
	if (ctl.json && (!err || all.list.nr))
		json_list_end(&all.list);
	if (err)
		err = fail("group", "%s", err == -ENOMEM ? strerror(ENOMEM) : mqtt_nl_error(nl));
	free(all.v);
	mqtt_nl_close(nl);
	return err;
}
