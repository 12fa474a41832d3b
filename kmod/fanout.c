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
#include "param.h"
#include "port.h"
#include "shared.h"
#include "tx.h"
#include "variant.h"
#include "worker.h"

/* Members served in one RCU read section of a packet from the port. */
#define MQTT_FANOUT_SECTION	256

static bool mqtt_fanout_skips(const struct mqtt_flow *flow,
			      const struct mqtt_member *member, u32 flags,
			      u32 src)
{
	if ((flags & MQTT_MEMBER_F_NO_LOCAL) && member->conn->id == src)
		return true;
	return (flags & MQTT_MEMBER_F_OVERLAP) &&
	       mqtt_flow_merged(flow, member->conn->id);
}

/* As mqtt_fanout_group(); @frame->member is the number of the message. */
static bool mqtt_fanout_shared(struct mqtt_conn *src, struct mqtt_frame *frame,
			       struct mqtt_group *group, int *budget,
			       struct mqtt_tx_sum *sum,
			       struct mqtt_variant *want)
{
	for (; frame->member < frame->nr; frame->member++, (*budget)--) {
		if (*budget <= 0)
			return true;
		if (!mqtt_shared_deliver(src->mn, group, frame, frame->member,
					 MQTT_TX_FAST, sum, want))
			return false;
	}
	frame->group++;
	frame->member = 0;
	return true;
}

/* Returns false if a form of the frame is wanted that is not there yet. */
static bool mqtt_fanout_member(struct mqtt_conn *src, struct mqtt_frame *frame,
			       struct mqtt_member *member, int *budget,
			       struct mqtt_tx_sum *sum,
			       struct mqtt_variant *want)
{
	u32 flags = READ_ONCE(member->flags);
	struct mqtt_frame *form = frame;

	if (!member->conn) {
		frame->to_port = true;
		return true;
	}
	if (unlikely(flags != frame->level)) {
		if (mqtt_fanout_skips(frame->flow, member, flags, src->id))
			return true;
		form = mqtt_variant_find(frame, flags,
					 rcu_dereference(member->ids), want);
		if (!form)
			return false;
	}
	mqtt_tx_frame(member->conn, form, MQTT_TX_FAST, sum);
	(*budget)--;
	return true;
}

/* Stops early when a form of the frame is wanted that is not there yet. */
static bool mqtt_fanout_group(struct mqtt_conn *src, struct mqtt_frame *frame,
			      struct mqtt_group *group, int *budget,
			      struct mqtt_tx_sum *sum,
			      struct mqtt_variant *want)
{
	XA_STATE(xas, &group->members, frame->member);
	struct mqtt_member *member;

	if (unlikely(group->flags))
		return mqtt_fanout_shared(src, frame, group, budget, sum,
					  want);
	/* By its index it would take a walk over all the empty slots. */
	member = frame->member ? NULL : rcu_dereference(group->only);
	if (static_branch_likely(&mqtt_param_only) && member) {
		if (!mqtt_fanout_member(src, frame, member, budget, sum,
					want)) {
			frame->member = mqtt_member_index(member);
			return false;
		}
	} else {
		xas_for_each(&xas, member, ULONG_MAX) {
			if (xas_retry(&xas, member))
				continue;
			if (*budget > 0 &&
			    mqtt_fanout_member(src, frame, member, budget, sum,
					       want))
				continue;
			frame->member = xas.xa_index;
			return *budget <= 0;
		}
	}
	frame->group++;
	frame->member = 0;
	return true;
}

static bool mqtt_fanout_merged(struct mqtt_conn *src, struct mqtt_frame *frame,
			       int *budget, struct mqtt_tx_sum *sum,
			       struct mqtt_variant *want)
{
	const struct mqtt_flow *flow = frame->flow;

	for (; frame->member < flow->nr_merged && *budget > 0;
	     frame->member++, (*budget)--) {
		const struct mqtt_merged *m = &flow->merged[frame->member];
		struct mqtt_conn *conn = mqtt_conn_find(src->mn, m->conn);
		struct mqtt_frame *form = frame;

		if (!conn)
			continue;
		if ((m->flags & MQTT_MEMBER_F_NO_LOCAL) && conn == src)
			continue;
		if (unlikely((m->flags & MQTT_MEMBER_FORM) != frame->level))
			form = mqtt_variant_find(frame, m->flags, m->ids,
						 want);
		if (!form)
			return false;
		mqtt_tx_frame(conn, form, MQTT_TX_FAST, sum);
	}
	return true;
}

/* One RCU section. Returns false if a form of the frame is wanted. */
static bool mqtt_fanout_some(struct mqtt_conn *src, struct mqtt_frame *frame,
			     int *budget, struct mqtt_tx_sum *sum,
			     struct mqtt_variant *want)
{
	struct mqtt_flow *flow = frame->flow;
	bool found = true;

	rcu_read_lock();
	while (found && frame->group < flow->nr_groups && *budget > 0)
		found = mqtt_fanout_group(src, frame,
					  flow->groups[frame->group], budget,
					  sum, want);
	if (found && frame->group == flow->nr_groups && *budget > 0)
		found = mqtt_fanout_merged(src, frame, budget, sum, want);
	rcu_read_unlock();
	return found;
}

static bool mqtt_fanout_is_shared(const struct mqtt_frame *frame)
{
	const struct mqtt_flow *flow = frame->flow;

	return frame->group < flow->nr_groups &&
	       flow->groups[frame->group]->flags;
}

bool mqtt_fanout_frame(struct mqtt_conn *src, struct mqtt_frame *frame,
		       int *budget)
{
	struct mqtt_flow *flow = frame->flow;
	struct mqtt_variant want = {};
	struct mqtt_net *mn = src->mn;
	struct mqtt_tx_sum sum = {
		/* The first ones have been called. */
		.called = frame->group || frame->member ? MQTT_WORKER_MANY : 0,
	};
	bool complete;

	while (!mqtt_fanout_some(src, frame, budget, &sum, &want)) {
		if (mqtt_variant_make(frame, &want))
			continue;
		/* This member goes without, or this message of a shared group. */
		mqtt_stat_add(mn, DROP_NOMEM,
			      mqtt_fanout_is_shared(frame) ? 1 : frame->nr);
		frame->member++;
	}
	complete = frame->group == flow->nr_groups &&
		   frame->member >= flow->nr_merged;

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

/*
 * Makes a form that was wanted. Returns false if the receiver goes without @nr
 * messages.
 */
static bool mqtt_fanout_make(struct mqtt_net *mn,
			     const struct mqtt_packet_out *po,
			     struct mqtt_variant *want, u32 nr)
{
	if (mqtt_variant_make(po->frame, want))
		return true;
	mqtt_stat_add(mn, DROP_NOMEM, nr);
	return false;
}

/*
 * Serves a shared group, packet by packet from *from on. Returns true when it is
 * complete; else a form of the packets is wanted.
 */
static bool mqtt_fanout_out_shared(struct mqtt_net *mn,
				   struct mqtt_group *group,
				   const struct mqtt_packet_out *po,
				   unsigned long *from,
				   struct mqtt_variant *want,
				   struct mqtt_tx_sum *sum)
{
	for (; !po->qos0 && *from < po->frame->nr; ++*from)
		if (!mqtt_shared_deliver(mn, group, po->frame, *from,
					 MQTT_TX_OUT, sum, want))
			return false;
	return true;
}

/*
 * Serves a part of a group from *from on. Returns true when it is complete;
 * *found is false if a form of the packets is wanted. *from is a packet if the
 * group is *shared, else a member.
 */
static bool mqtt_fanout_out_some(struct mqtt_net *mn, u32 id,
				 const struct mqtt_packet_out *po,
				 unsigned long *from, bool *found, bool *shared,
				 struct mqtt_variant *want,
				 struct mqtt_tx_sum *sum)
{
	/* It may be gone between sections. */
	struct mqtt_group *group = mqtt_group_find(mn, id);
	int left = MQTT_FANOUT_SECTION;
	struct mqtt_member *member;

	if (!group)
		return true;
	if (group->flags) {
		*shared = true;
		*found = mqtt_fanout_out_shared(mn, group, po, from, want,
						sum);
		return *found;
	}

	XA_STATE(xas, &group->members, *from);

	xas_for_each(&xas, member, ULONG_MAX) {
		struct mqtt_frame *form;

		if (xas_retry(&xas, member))
			continue;
		*from = xas.xa_index;
		if (!left--)
			return false;
		if (!mqtt_fanout_wanted(po, member))
			continue;
		form = mqtt_variant_find(po->frame, READ_ONCE(member->flags),
					 rcu_dereference(member->ids), want);
		if (!form) {
			*found = false;
			return false;
		}
		mqtt_tx_frame(member->conn, form, MQTT_TX_OUT, sum);
	}
	return true;
}

static void mqtt_fanout_out_group(struct mqtt_net *mn, u32 id,
				  const struct mqtt_packet_out *po,
				  struct mqtt_tx_sum *sum)
{
	struct mqtt_variant want = {};
	unsigned long from = 0;
	bool complete, found, shared = false;

	do {
		found = true;
		rcu_read_lock();
		complete = mqtt_fanout_out_some(mn, id, po, &from, &found,
						&shared, &want, sum);
		rcu_read_unlock();
		if (!found && !mqtt_fanout_make(mn, po, &want,
						shared ? 1 : po->frame->nr))
			from++;
		cond_resched();
	} while (!complete);
}

/* Returns false if a form of the packets is wanted. */
static bool mqtt_fanout_out_conn(struct mqtt_net *mn, u32 id,
				 const struct mqtt_packet_out *po,
				 struct mqtt_variant *want,
				 struct mqtt_tx_sum *sum)
{
	struct mqtt_sub_ids *ids = po->ids;
	const struct mqtt_merged *m;
	struct mqtt_frame *form;
	struct mqtt_conn *conn;

	conn = mqtt_conn_find(mn, id);
	if (!conn)
		return true;
	m = po->flow ? mqtt_flow_merged(po->flow, id) : NULL;
	if (m)
		ids = m->ids;
	form = mqtt_variant_find(po->frame, mqtt_member_form(conn, ids), ids,
				 want);
	if (!form)
		return false;
	mqtt_tx_frame(conn, form, MQTT_TX_OUT, sum);
	return true;
}

static void mqtt_fanout_out_conns(struct mqtt_net *mn,
				  const struct mqtt_packet_out *po,
				  struct mqtt_tx_sum *sum)
{
	struct mqtt_variant want = {};
	bool found;
	u32 i;

	for (i = 0; i < po->nr_conns; i++) {
		if (i && po->conns[i] == po->conns[i - 1])
			continue;
		do {
			rcu_read_lock();
			found = mqtt_fanout_out_conn(mn, po->conns[i], po,
						     &want, sum);
			rcu_read_unlock();
		} while (!found && mqtt_fanout_make(mn, po, &want,
						    po->frame->nr));
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

	mqtt_stat_add(mn, PACKET_OUT, po->frame->nr);
	if (!po->nr_groups && !po->nr_conns) {
		mqtt_fanout_out_flow(mn, po, &sum);
	} else {
		for (i = 0; i < po->nr_groups; i++)
			mqtt_fanout_out_group(mn, po->groups[i], po, &sum);
		mqtt_fanout_out_conns(mn, po, &sum);
	}
	if (sum.nr) {
		mqtt_stat_add(mn, DELIVER_PACKET_OUT, sum.nr);
		mqtt_stat_add(mn, DELIVER_PACKET_OUT_BYTES, sum.bytes);
	}
}
