// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include "conn.h"
#include "frame.h"
#include "group.h"
#include "net.h"
#include "shared.h"
#include "variant.h"

/* Members asked before a message counts as refused by all. */
#define MQTT_SHARED_TRIES	256

static struct mqtt_member *mqtt_shared_next(struct mqtt_group *group,
					    unsigned long *id)
{
	struct mqtt_member *member;

	member = xa_find_after(&group->members, id, ULONG_MAX, XA_PRESENT);
	if (member)
		return member;
	*id = 0;
	return xa_find(&group->members, id, ULONG_MAX, XA_PRESENT);
}

static void mqtt_shared_drop(struct mqtt_net *mn, int err)
{
	switch (err) {
	case -ENOBUFS:
		mqtt_stat_inc(mn, DROP_QUEUE_FULL);
		break;
	case -EMSGSIZE:
		mqtt_stat_inc(mn, DROP_OVERSIZE);
		break;
	case -ENOMEM:
		mqtt_stat_inc(mn, DROP_NOMEM);
		break;
	default:
		mqtt_stat_inc(mn, DROP_NO_SUBSCRIBER);
		break;
	}
}

bool mqtt_shared_deliver(struct mqtt_net *mn, struct mqtt_group *group,
			 struct mqtt_frame *frame, u32 nr,
			 enum mqtt_tx_kind kind, struct mqtt_tx_sum *sum,
			 struct mqtt_variant *want)
{
	int left = min_t(u32, READ_ONCE(group->nr_members), MQTT_SHARED_TRIES);
	struct mqtt_frame *form, *of = NULL, *packet = NULL;
	unsigned long id = READ_ONCE(group->turn);
	int err = -ENOENT;

	for (; err && left; left--) {
		struct mqtt_member *member = mqtt_shared_next(group, &id);

		if (!member)
			break;
		form = mqtt_variant_find(frame, READ_ONCE(member->flags),
					 rcu_dereference(member->ids), want);
		if (!form) {
			mqtt_frame_put(packet);
			return false;
		}
		if (form != of) {
			mqtt_frame_put(packet);
			packet = mqtt_frame_packet(form, nr);
			of = form;
		}
		err = packet ? mqtt_tx_offer(member->conn, packet, kind, sum) :
			       -ENOMEM;
	}
	mqtt_frame_put(packet);
	WRITE_ONCE(group->turn, id);
	if (err)
		mqtt_shared_drop(mn, err);
	return true;
}
