// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

#include <errno.h>

#include "client.h"

static const struct datapath_ops *ops = &datapath_user;

int datapath_start(enum conf_datapath mode)
{
	(void)mode;
	return 0;
}

void datapath_stop(void)
{
	if (ops->stop)
		ops->stop();
	ops = &datapath_user;
}

void datapath_switch(const struct datapath_ops *next)
{
	ops = next;
}

const char *datapath_name(void)
{
	return ops->name;
}

void datapath_attach(struct client *c)
{
	if (ops->attach)
		ops->attach(c);
}

void datapath_detach(struct client *c)
{
	if (ops->detach)
		ops->detach(c);
}

void datapath_sub_add(struct sub *sub)
{
	if (ops->sub_add)
		ops->sub_add(sub);
}

void datapath_sub_del(struct sub *sub)
{
	if (ops->sub_del)
		ops->sub_del(sub);
}

void datapath_commit(bool barrier)
{
	if (ops->commit)
		ops->commit(barrier);
}

void datapath_publish(const struct route *route, const struct publish *pub,
		      const struct run *run)
{
	if (ops->publish)
		ops->publish(route, pub, run);
}

void datapath_before_input(struct client *c)
{
	if (c->conn && ops->before_input)
		ops->before_input(c);
}

void datapath_handled(struct client *c)
{
	if (c->conn && ops->handled)
		ops->handled(c);
}

void datapath_end_of_turn(void)
{
	if (ops->end_of_turn)
		ops->end_of_turn();
}

void datapath_status(struct cJSON *json)
{
	if (ops->status)
		ops->status(json);
}
