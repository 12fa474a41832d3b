// SPDX-License-Identifier: GPL-2.0
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/xarray.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "fanout.h"
#include "flow.h"
#include "frame.h"
#include "group.h"
#include "net.h"
#include "port.h"
#include "tx.h"

/* Members served in one RCU read section of a packet from the port. */
#define MQTT_FANOUT_SECTION	256

static bool mqtt_fanout_skips(const struct mqtt_flow *flow,
			      const struct mqtt_member *member, u32 src)
{
	u32 flags = READ_ONCE(member->flags);

	if (likely(!flags))
		return false;
	if ((flags & MQTT_MEMBER_F_NO_LOCAL) && member->conn->id == src)
		return true;
	return (flags & MQTT_MEMBER_F_OVERLAP) &&
	       mqtt_flow_merged(flow, member->conn->id);
}

static void mqtt_fanout_group(struct mqtt_conn *src, struct mqtt_frame *frame,
			      struct mqtt_group *group, int *budget,
			      struct mqtt_tx_sum *sum)
{
	XA_STATE(xas, &group->members, frame->member);
	struct mqtt_member *member;

	xas_for_each(&xas, member, ULONG_MAX) {
		if (xas_retry(&xas, member))
			continue;
		if (!member->conn) {
			frame->to_port = true;
			continue;
		}
		if (*budget <= 0) {
			frame->member = xas.xa_index;
			return;
		}
		if (mqtt_fanout_skips(frame->flow, member, src->id))
			continue;
		mqtt_tx_frame(member->conn, frame, MQTT_TX_FAST, sum);
		(*budget)--;
	}
	frame->group++;
	frame->member = 0;
}

static void mqtt_fanout_merged(struct mqtt_conn *src, struct mqtt_frame *frame,
			       int *budget, struct mqtt_tx_sum *sum)
{
	const struct mqtt_flow *flow = frame->flow;

	for (; frame->member < flow->nr_merged && *budget > 0;
	     frame->member++, (*budget)--) {
		const struct mqtt_merged *m = &flow->merged[frame->member];
		struct mqtt_conn *conn = mqtt_conn_find(src->mn, m->conn);

		if (!conn)
			continue;
		if ((m->flags & MQTT_MEMBER_F_NO_LOCAL) && conn == src)
			continue;
		mqtt_tx_frame(conn, frame, MQTT_TX_FAST, sum);
	}
}

bool mqtt_fanout_frame(struct mqtt_conn *src, struct mqtt_frame *frame,
		       int *budget)
{
	struct mqtt_flow *flow = frame->flow;
	struct mqtt_net *mn = src->mn;
	struct mqtt_tx_sum sum = {};
	bool complete;

	rcu_read_lock();
	while (frame->group < flow->nr_groups && *budget > 0)
		mqtt_fanout_group(src, frame, flow->groups[frame->group],
				  budget, &sum);
	if (frame->group == flow->nr_groups && *budget > 0)
		mqtt_fanout_merged(src, frame, budget, &sum);
	complete = frame->group == flow->nr_groups &&
		   frame->member >= flow->nr_merged;
	rcu_read_unlock();

	if (sum.nr) {
		mqtt_stat_add(mn, DELIVER_FAST, sum.nr);
		mqtt_stat_add(mn, DELIVER_FAST_BYTES, sum.bytes);
	}
	if (complete && frame->to_port)
		mqtt_port_copy_up(mn, src->id, atomic64_read(&src->rx.diverted),
				  frame);
	return complete;
}

static int mqtt_fanout_id_cmp(const void *a, const void *b)
{
	u32 ia = *(const u32 *)a, ib = *(const u32 *)b;

	return ia < ib ? -1 : ia > ib;
}

void mqtt_fanout_sort(u32 *conns, u32 nr)
{
	sort(conns, nr, sizeof(*conns), mqtt_fanout_id_cmp, NULL);
}

static bool mqtt_fanout_wanted(const struct mqtt_packet_out *po,
			       const struct mqtt_member *member)
{
	u32 flags = READ_ONCE(member->flags);

	if (!member->conn)
		return false;
	if (po->qos0 && READ_ONCE(member->qos))
		return false;
	if ((flags & MQTT_MEMBER_F_NO_LOCAL) && member->conn->id == po->src)
		return false;
	if (!(flags & MQTT_MEMBER_F_OVERLAP))
		return true;
	if (po->flow)
		return !mqtt_flow_merged(po->flow, member->conn->id);
	return !po->nr_conns ||
	       !bsearch(&member->conn->id, po->conns, po->nr_conns,
			sizeof(*po->conns), mqtt_fanout_id_cmp);
}

static void mqtt_fanout_out_group(struct mqtt_net *mn, u32 id,
				  const struct mqtt_packet_out *po,
				  struct mqtt_tx_sum *sum)
{
	struct mqtt_member *member;
	struct mqtt_group *group;
	unsigned long from = 0;
	bool more;
	int left;

	do {
		left = MQTT_FANOUT_SECTION;
		more = false;
		rcu_read_lock();
		/* It may be gone between sections. */
		group = mqtt_group_find(mn, id);
		if (group) {
			XA_STATE(xas, &group->members, from);

			xas_for_each(&xas, member, ULONG_MAX) {
				if (xas_retry(&xas, member))
					continue;
				if (!left--) {
					from = xas.xa_index;
					more = true;
					break;
				}
				if (mqtt_fanout_wanted(po, member))
					mqtt_tx_frame(member->conn, po->frame,
						      MQTT_TX_OUT, sum);
			}
		}
		rcu_read_unlock();
		cond_resched();
	} while (more);
}

static void mqtt_fanout_out_conns(struct mqtt_net *mn,
				  const struct mqtt_packet_out *po,
				  struct mqtt_tx_sum *sum)
{
	u32 i;

	for (i = 0; i < po->nr_conns; i++) {
		struct mqtt_conn *conn;

		if (i && po->conns[i] == po->conns[i - 1])
			continue;
		rcu_read_lock();
		conn = mqtt_conn_find(mn, po->conns[i]);
		if (conn)
			mqtt_tx_frame(conn, po->frame, MQTT_TX_OUT, sum);
		rcu_read_unlock();
		if (i % MQTT_FANOUT_SECTION == MQTT_FANOUT_SECTION - 1)
			cond_resched();
	}
}

static void mqtt_fanout_out_flow(struct mqtt_net *mn,
				 const struct mqtt_packet_out *po,
				 struct mqtt_tx_sum *sum)
{
	struct mqtt_packet_out by_flow = *po;
	struct mqtt_packet_head head;
	struct mqtt_conn *conn;
	struct mqtt_flow *flow;
	u32 acl_class = 0;
	u32 *conns = NULL;
	u32 i;

	rcu_read_lock();
	conn = po->src ? mqtt_conn_find(mn, po->src) : NULL;
	if (conn)
		acl_class = READ_ONCE(conn->acl_class);
	rcu_read_unlock();

	if (mqtt_parse_head(po->frame->data, po->frame->len, U32_MAX, U16_MAX,
			    &head) != MQTT_PARSE_FAST)
		return;
	flow = mqtt_flow_lookup(mn, acl_class,
				po->frame->data + head.fixed_len + 2,
				head.topic_len);
	if (!flow || (!flow->nr_groups && !flow->nr_merged)) {
		mqtt_stat_inc(mn, DROP_NO_SUBSCRIBER);
		goto out;
	}

	by_flow.flow = flow;
	if (flow->nr_merged) {
		conns = kvmalloc_array(flow->nr_merged, sizeof(*conns),
				       GFP_KERNEL);
		if (!conns) {
			mqtt_stat_inc(mn, DROP_NOMEM);
			goto out;
		}
		by_flow.conns = conns;
		for (i = 0; i < flow->nr_merged; i++) {
			const struct mqtt_merged *m = &flow->merged[i];

			if (po->qos0 && m->qos)
				continue;
			if ((m->flags & MQTT_MEMBER_F_NO_LOCAL) &&
			    m->conn == po->src)
				continue;
			conns[by_flow.nr_conns++] = m->conn;
		}
	}
	for (i = 0; i < flow->nr_groups; i++)
		mqtt_fanout_out_group(mn, flow->groups[i]->id, &by_flow, sum);
	mqtt_fanout_out_conns(mn, &by_flow, sum);
out:
	kvfree(conns);
	mqtt_flow_put(flow);
}

void mqtt_fanout_packet_out(struct mqtt_net *mn,
			    const struct mqtt_packet_out *po)
{
	struct mqtt_tx_sum sum = {};
	u32 i;

	mqtt_stat_inc(mn, PACKET_OUT);
	if (!po->nr_groups && !po->nr_conns) {
		mqtt_fanout_out_flow(mn, po, &sum);
	} else {
		for (i = 0; i < po->nr_groups; i++)
			mqtt_fanout_out_group(mn, po->groups[i], po, &sum);
		mqtt_fanout_out_conns(mn, po, &sum);
	}
	if (sum.nr)
		mqtt_stat_add(mn, DELIVER_PACKET_OUT, sum.nr);
}
