// SPDX-License-Identifier: GPL-2.0
/*
 * The data path in the kernel: this file keeps the module's conns, groups and
 * members in step with clients and subscriptions. Table changes gather in a
 * batch that is committed before anything is acknowledged on their account,
 * and at the end of each turn.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt_nl.h"

#include "acl_class.h"
#include "client.h"
#include "conf.h"
#include "datapath.h"
#include "datapath_kernel.h"
#include "log.h"
#include "loop.h"
#include "packet.h"
#include "route.h"
#include "run.h"
#include "session.h"
#include "subid.h"
#include "subs.h"
#include "timer.h"
#include "util.h"

/* Flows are not looked through for idle ones more often when they are full. */
#define EVICT_MS	1000u
/* When full, flows idle for so long make room for new ones. */
#define EVICT_IDLE_MS	1000u

enum pending_type {
	PENDING_OTHER,
	PENDING_GROUP,
	PENDING_MEMBER,
	PENDING_PORT,
	PENDING_FLOW,
};

/**
 * struct pending - what a queued request was for
 * @type: kind of request
 * @err: its result
 * @ptr: struct filter, struct sub or struct flow
 */
struct pending {
	enum pending_type type;
	int err;
	void *ptr;
};

static struct mqtt_nl *nl;
static struct mqtt_nl_batch *batch;
static struct mqtt_owner owner;
static struct pending *pending;
static unsigned int nr_pending;
static unsigned int pending_cap;
/* Requests queued whose subscription or filter must not be freed yet. */
static unsigned int nr_pinned;
/* Generation of the tables once everything queued has been executed. */
static uint32_t table_gen;
static uint32_t nr_conns;
static uint32_t nr_groups;
/* The limit to be left behind as it was found. */
static uint32_t fast_max_before;
static bool lost;
static bool full;
static uint64_t evicted_at;
static struct timer idle_timer;
/* Filters by group, and the identifiers that are free. */
static struct filter **group_filter;
static uint32_t group_cap;
static uint32_t group_next;
static LIST_HEAD(acks);
/* Filters of which the port is a member. */
static uint32_t nr_port_filters;

static void idle_expired(struct timer *timer);

/*
 * The fast path must not let through what the broker would refuse. Below the
 * least limit the module knows, clients' publishes are all diverted instead.
 */
static int set_fast_max(uint32_t fast_max)
{
	struct mqtt_limits limits = {
		.present = MQTT_BIT(MQTT_A_LIMITS_FAST_MAX),
		.fast_max = fast_max,
	};

	owner.limits.fast_max = fast_max;
	return mqtt_nl_limits_set(nl, &limits);
}

static int limit_packets(void)
{
	fast_max_before = owner.limits.fast_max;
	if (config.max_packet_size >= owner.limits.fast_max ||
	    config.max_packet_size < FAST_MAX_LEAST)
		return 0;
	return set_fast_max(config.max_packet_size);
}

int kernel_start(void)
{
	int rc = mqtt_nl_open(&nl);

	if (rc)
		return rc;
	memset(&owner, 0, sizeof(owner));
	rc = mqtt_nl_register(nl, &owner);
	if (!rc)
		rc = limit_packets();
	if (rc) {
		log_debug("kernel data path: %s", mqtt_nl_error(nl));
		mqtt_nl_close(nl);
		nl = NULL;
		return rc;
	}
	batch = mqtt_nl_batch_new(nl);
	if (!batch) {
		mqtt_nl_close(nl);
		nl = NULL;
		return -ENOMEM;
	}
	table_gen = owner.table_gen;
	nr_conns = 0;
	nr_groups = 0;
	nr_port_filters = 0;
	group_next = 1;
	lost = false;
	full = false;
	flows_init();
	port_open((int)owner.port_fd, owner.limits.fast_max,
		  owner.limits.port_packet_max);
	idle_timer.fn = idle_expired;
	timer_arm(&idle_timer, loop_now() + config.flow_idle * 500ull);
	return 0;
}

const char *kernel_version(void)
{
	return owner.version;
}

void kernel_lost(void)
{
	lost = true;
}

static void batch_clear(void)
{
	mqtt_nl_batch_reset(batch);
	nr_pending = 0;
	nr_pinned = 0;
	flows_committed();
}

static void kernel_stop(void)
{
	timer_cancel(&idle_timer);
	while (!list_empty(&acks))
		list_del_init(acks.next);
	port_close();
	if (owner.limits.fast_max != fast_max_before)
		set_fast_max(fast_max_before);
	batch_clear();
	flows_exit();
	mqtt_nl_batch_free(batch);
	batch = NULL;
	mqtt_nl_close(nl);
	nl = NULL;
	free(group_filter);
	group_filter = NULL;
	group_cap = 0;
	free(pending);
	pending = NULL;
	pending_cap = 0;
	port_address_exit();
}

static void sub_unserved(struct sub *sub)
{
	struct filter *filter = sub->filter;

	if (sub->member == SUB_CONN)
		filter->members--;
	else if (sub->member == SUB_PORT && !--filter->port_users)
		nr_port_filters--;
	if (sub->member != SUB_UNSERVED)
		filter->unserved++;
	sub->member = SUB_UNSERVED;
	sub->overlap = false;
	flows_unserve(filter);
}

static void group_failed(struct filter *filter)
{
	struct sub *sub;

	table_gen--;
	nr_groups--;
	group_filter[filter->group] = NULL;
	filter->group = 0;
	list_for_each_entry(sub, &filter->subs, by_filter) {
		if (sub->member != SUB_NONE)
			sub_unserved(sub);
	}
}

static void port_failed(struct filter *filter)
{
	struct sub *sub;

	list_for_each_entry(sub, &filter->subs, by_filter) {
		if (sub->member == SUB_PORT)
			sub_unserved(sub);
	}
}

/* A full table costs speed, never messages: the broker serves what does not fit. */
static void request_failed(const struct pending *p)
{
	switch (p->type) {
	case PENDING_GROUP:
		group_failed(p->ptr);
		break;
	case PENDING_MEMBER:
		sub_unserved(p->ptr);
		break;
	case PENDING_PORT:
		port_failed(p->ptr);
		break;
	case PENDING_FLOW:
		flow_forget(p->ptr);
		if (p->err == -ENOSPC)
			full = true;
		break;
	case PENDING_OTHER:
		break;
	}
}

static bool gone(int err)
{
	return err == -ESHUTDOWN || err == -EPERM;
}

/* Takes the results out of the batch: failures may queue further requests. */
static struct pending *batch_results(unsigned int nr)
{
	struct pending *done = xmalloc(nr * sizeof(*done));
	unsigned int i;

	memcpy(done, pending, nr * sizeof(*done));
	for (i = 0; i < nr; i++) {
		done[i].err = mqtt_nl_batch_result(batch, i, NULL);
		if (gone(done[i].err))
			lost = true;
		/* a conn takes its memberships with it when it goes */
		if (done[i].err && done[i].err != -ENOENT)
			log_debug("kernel data path: %s",
				  mqtt_nl_batch_error(batch, i));
	}
	mqtt_nl_batch_reset(batch);
	nr_pending = 0;
	nr_pinned = 0;
	return done;
}

static void batch_commit(void)
{
	unsigned int nr = nr_pending;
	struct pending *done;
	unsigned int i;

	if (!nr || lost)
		return;
	if (!mqtt_nl_batch_commit(batch)) {
		batch_clear();
		return;
	}
	done = batch_results(nr);
	for (i = 0; i < nr && !lost; i++) {
		if (done[i].err)
			request_failed(&done[i]);
	}
	free(done);
	/* What that queued are removals, which have nothing to undo. */
	if (nr_pending && !lost)
		mqtt_nl_batch_commit(batch);
	batch_clear();
}

/* Notes what a request just queued was for. */
static void queued(int index, enum pending_type type, void *ptr)
{
	if (index < 0) {
		log_err("kernel data path: %s", strerror(-index));
		return;
	}
	if (nr_pending == pending_cap) {
		pending_cap = pending_cap ? pending_cap * 2 : 64;
		pending = xrealloc(pending, pending_cap * sizeof(*pending));
	}
	pending[nr_pending].type = type;
	pending[nr_pending].err = 0;
	pending[nr_pending].ptr = ptr;
	nr_pending++;
	if (type != PENDING_OTHER && type != PENDING_FLOW)
		nr_pinned++;
}

static void kernel_commit(bool barrier)
{
	if (lost)
		return;
	/* What was published before is fanned out before tables change. */
	port_flush();
	if (barrier)
		queued(mqtt_nl_batch_barrier(batch), PENDING_OTHER, NULL);
	batch_commit();
}

void kernel_queue_flow(struct flow *flow, const struct kernel_flow_key *key,
		       const uint32_t *groups, uint32_t nr,
		       const struct kernel_merged *merged, uint32_t nr_merged)
{
	struct mqtt_member *members = NULL;
	struct mqtt_flow f = {
		.present = MQTT_BIT(MQTT_A_FLOW_TOPIC) |
			   MQTT_BIT(MQTT_A_FLOW_TABLE_GEN) |
			   MQTT_BIT(MQTT_A_FLOW_ACL_CLASS) |
			   MQTT_BIT(MQTT_A_FLOW_FLAGS) |
			   MQTT_BIT(MQTT_A_FLOW_GROUPS),
		.acl_class = key->acl_class,
		.table_gen = table_gen,
		.flags = key->deny ? MQTT_FLOW_F_DENY : 0,
		.topic = { key->topic, key->len },
		.groups = { groups, nr * sizeof(*groups) },
	};
	uint32_t i;
	int index;

	if (!nr)
		f.present &= ~MQTT_BIT(MQTT_A_FLOW_GROUPS);
	if (nr_merged) {
		members = xcalloc(nr_merged, sizeof(*members));
		for (i = 0; i < nr_merged; i++) {
			members[i].present = MQTT_BIT(MQTT_A_MEMBER_CONN) |
					     MQTT_BIT(MQTT_A_MEMBER_QOS);
			members[i].conn = merged[i].conn;
			members[i].qos = merged[i].qos;
			if (merged[i].no_local) {
				members[i].present |=
					MQTT_BIT(MQTT_A_MEMBER_FLAGS);
				members[i].flags = MQTT_MEMBER_F_NO_LOCAL;
			}
			if (!merged[i].nr_ids)
				continue;
			members[i].present |=
				MQTT_BIT(MQTT_A_MEMBER_SUBSCRIPTION_IDS);
			members[i].subscription_ids = (struct mqtt_blob){
				merged[i].ids,
				merged[i].nr_ids * sizeof(*merged[i].ids),
			};
		}
		f.merged.v = members;
		f.merged.nr = nr_merged;
		f.present |= MQTT_BIT(MQTT_A_FLOW_MERGED);
	}
	index = mqtt_nl_batch_flow_add(batch, &f,
				       MQTT_NL_CREATE | MQTT_NL_REPLACE);
	queued(index, PENDING_FLOW, flow);
	if (index < 0) {
		/* an older version of it must not stay in force */
		kernel_queue_flow_del(key->acl_class, key->topic, key->len);
		flow_forget(flow);
	}
	free(members);
}

void kernel_queue_flow_del(uint32_t acl_class, const char *topic, size_t len)
{
	struct mqtt_blob blob = { topic, len };

	queued(mqtt_nl_batch_flow_del(batch, acl_class, blob), PENDING_OTHER,
	       NULL);
}

static int queue_port_member(uint32_t group)
{
	struct mqtt_member m = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) |
			   MQTT_BIT(MQTT_A_MEMBER_CONN),
		.group = group,
		.conn = MQTT_CONN_PORT,
	};

	return mqtt_nl_batch_member_add(batch, &m, MQTT_NL_CREATE |
					MQTT_NL_REPLACE);
}

void kernel_queue_member(struct sub *sub)
{
	struct mqtt_member m = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) |
			   MQTT_BIT(MQTT_A_MEMBER_CONN) |
			   MQTT_BIT(MQTT_A_MEMBER_QOS) |
			   MQTT_BIT(MQTT_A_MEMBER_FLAGS),
		.group = sub->filter->group,
		.conn = sub->session->client->conn,
		.qos = sub->qos,
		.flags = (sub->overlap ? MQTT_MEMBER_F_OVERLAP : 0) |
			 (sub->no_local ? MQTT_MEMBER_F_NO_LOCAL : 0),
	};
	uint32_t id = sub_id(sub);

	if (id) {
		m.present |= MQTT_BIT(MQTT_A_MEMBER_SUBSCRIPTION_IDS);
		m.subscription_ids = (struct mqtt_blob){
			&id, sizeof(id),
		};
	}
	queued(mqtt_nl_batch_member_add(batch, &m, MQTT_NL_CREATE |
					MQTT_NL_REPLACE), PENDING_MEMBER, sub);
}

static uint32_t group_id(struct filter *filter)
{
	uint32_t id = group_next;

	/* Not reused soon: identifiers of old groups may be on their way. */
	for (;;) {
		if (id >= group_cap) {
			uint32_t cap = group_cap ? group_cap * 2 : 1024;

			if (nr_groups >= group_cap / 2 || !group_cap) {
				group_filter = xrealloc(group_filter, cap *
							sizeof(*group_filter));
				memset(group_filter + group_cap, 0,
				       (cap - group_cap) *
				       sizeof(*group_filter));
				group_cap = cap;
			} else {
				id = 1;
			}
			continue;
		}
		if (!group_filter[id])
			break;
		id++;
	}
	group_filter[id] = filter;
	group_next = id + 1;
	return id;
}

static void kernel_attach(struct client *c)
{
	struct session *s = c->session;
	struct mqtt_conn conn;
	int rc;

	/* the module reads MQTT from the socket itself */
	if (lost || c->rare->transport || c->listener->path)
		return;
	kernel_describe_conn(c, &conn);
	rc = mqtt_nl_conn_add(nl, &conn, &c->conn);
	if (rc) {
		c->conn = 0;
		log_debug("%s not attached: %s", s->id, mqtt_nl_error(nl));
		if (gone(rc))
			lost = true;
		return;
	}
	nr_conns++;
	c->diverted = 0;
}

static void port_user_gone(struct filter *filter)
{
	if (--filter->port_users)
		return;
	nr_port_filters--;
	if (filter->group)
		queued(mqtt_nl_batch_member_del(batch, filter->group,
						MQTT_CONN_PORT),
		       PENDING_OTHER, NULL);
}

/* Takes a subscription's share out of the books. */
static void sub_forget(struct sub *sub)
{
	struct filter *filter = sub->filter;

	switch (sub->member) {
	case SUB_CONN:
		filter->members--;
		break;
	case SUB_PORT:
		port_user_gone(filter);
		break;
	case SUB_UNSERVED:
		filter->unserved--;
		break;
	case SUB_NONE:
		break;
	}
	sub->member = SUB_NONE;
	sub->overlap = false;
}

static void kernel_acl_class(struct client *c)
{
	struct mqtt_conn conn = {
		.present = MQTT_BIT(MQTT_A_CONN_ID) |
			   MQTT_BIT(MQTT_A_CONN_ACL_CLASS),
		.id = c->conn,
		.acl_class = acl_class_id(c->session->rights->publish_class),
	};

	queued(mqtt_nl_batch_conn_set(batch, &conn), PENDING_OTHER, NULL);
}

static void kernel_detach(struct client *c)
{
	struct sub *sub;

	if (nr_pinned)
		batch_commit();
	if (c->conn) {
		queued(mqtt_nl_batch_conn_del(batch, c->conn), PENDING_OTHER,
		       NULL);
		nr_conns--;
	}
	list_for_each_entry(sub, &c->session->subs, by_session)
		sub_forget(sub);
	client_acked(c);
	/* What it published comes before its will. */
	kernel_commit(c->rare->will);
	c->conn = 0;
}

static void sub_serve(struct sub *sub)
{
	struct filter *filter = sub->filter;
	struct client *c = sub->session->client;

	/*
	 * the module chooses among attached members, all of which may read all
	 * topics, or not at all
	 */
	if (filter->shared && (!c->conn || sub->restricted)) {
		sub_unserved(sub);
		return;
	}
	if (sub->member == SUB_UNSERVED)
		filter->unserved--;
	if (!c->conn) {
		sub->member = SUB_PORT;
		if (filter->port_users++)
			return;
		nr_port_filters++;
		queued(queue_port_member(filter->group), PENDING_PORT, filter);
		return;
	}
	sub->member = SUB_CONN;
	filter->members++;
	/*
	 * Flows that must merge it now do so first: for a moment they deliver
	 * by the merged member alone, and nothing is lost or doubled.
	 */
	flows_overlap(sub);
	kernel_queue_member(sub);
}

static void group_new(struct filter *filter)
{
	struct mqtt_blob blob = { filter->name, filter->len };
	struct sub *sub;

	filter->group = group_id(filter);
	nr_groups++;
	queued(mqtt_nl_batch_group_add(batch, filter->group, blob,
				       filter->shared ? MQTT_GROUP_F_SHARED :
				       0),
	       PENDING_GROUP, filter);
	table_gen++;
	list_for_each_entry(sub, &filter->subs, by_filter) {
		if (sub->session->client)
			sub_serve(sub);
	}
	flows_filter_new(filter);
}

/* Flows that merge it have a copy of its options. */
static void sub_update(struct sub *sub)
{
	kernel_queue_member(sub);
	if (sub->overlap)
		flows_overlap(sub);
}

static void kernel_sub_add(struct sub *sub)
{
	struct filter *filter = sub->filter;

	if (lost)
		return;
	if (!filter->group)
		group_new(filter);
	else if (sub->member == SUB_CONN)
		sub_update(sub);
	else if (sub->member != SUB_PORT)
		sub_serve(sub);
}

static void group_del(struct filter *filter)
{
	flows_filter_gone(filter);
	queued(mqtt_nl_batch_group_del(batch, filter->group), PENDING_OTHER,
	       NULL);
	table_gen++;
	group_filter[filter->group] = NULL;
	nr_groups--;
	filter->group = 0;
}

static void kernel_sub_del(struct sub *sub)
{
	struct filter *filter = sub->filter;
	struct client *c = sub->session->client;
	bool overlap = sub->overlap;
	bool conn = sub->member == SUB_CONN;

	if (nr_pinned)
		batch_commit();
	sub_forget(sub);
	if (!filter->group)
		return;
	if (conn)
		queued(mqtt_nl_batch_member_del(batch, filter->group, c->conn),
		       PENDING_OTHER, NULL);
	if (filter->count == 1)
		group_del(filter);
	else if (overlap)
		flows_overlap(sub);
	/* The filter may be freed next. */
	if (nr_pinned)
		batch_commit();
}

static bool kernel_publish(const struct route *route, const struct publish *pub,
			   const struct run *run)
{
	if (lost || !port_fits(run->len / run->count))
		return false;
	port_address_overlaps(route, pub);
	if (nr_pinned)
		batch_commit();
	return port_publish(route, pub, run);
}

static bool kernel_send(struct client *c, const struct datapath_packets *what)
{
	struct port_out to = {
		.v5 = what->v5,
		.retain = what->retain,
		.expires = what->expires,
		.conns = &c->conn,
		.nr_conns = 1,
		.ids = what->ids,
	};

	if (lost || !port_fits(what->len) ||
	    subids_list(what->ids, NULL, 0) > MQTT_MEMBER_IDS_MAX) {
		/* The receiver's own queue must not overtake the port. */
		port_flush();
		return false;
	}
	port_packets_out(&to, what->frames, what->len);
	return true;
}

/* Half of what is free now: others fill the queue meanwhile. */
static uint32_t kernel_room(struct client *c)
{
	uint32_t max = owner.limits.tx_conn_max;
	struct mqtt_conn conn;

	port_flush();
	if (lost || mqtt_nl_conn_get(nl, c->conn, &conn) ||
	    conn.queued_bytes >= max)
		return 0;
	return (max - (uint32_t)conn.queued_bytes) / 2;
}

static void kernel_learn(const struct publish *pub)
{
	uint32_t len = pub->frames ? pub->frames_len / pub->count :
				     pub->payload_len;

	if (lost || pub->topic_len > owner.limits.topic_max ||
	    len > owner.limits.fast_max)
		return;
	/* While there is no room, only what is there already is fast. */
	if (full && loop_now() - evicted_at < EVICT_MS)
		return;
	flow_learn(pub->source->session->rights->publish_class, pub->topic,
		   pub->topic_len);
}

static void kernel_before_input(struct client *c)
{
	(void)c;
	/* Copies of what it sent before must be delivered first. */
	if (nr_port_filters)
		port_drain();
}

/* Only these hold up a publish that would hit, uapi/linux/mqtt.h. */
static bool gates(uint8_t first)
{
	switch (first & PACKET_TYPE_MASK) {
	case PUBLISH:
	case SUBSCRIBE:
	case UNSUBSCRIBE:
	case DISCONNECT:
	case AUTH:
		return true;
	default:
		return false;
	}
}

static void kernel_handled(struct client *c, uint8_t first, uint32_t count)
{
	struct client_busy *busy;

	c->diverted += count;
	if (!gates(first))
		return;
	busy = client_busy(c);
	if (list_empty(&busy->ack_node))
		list_add_tail(&busy->ack_node, &acks);
}

struct aging {
	uint64_t idle_ms;
	struct flow_names {
		uint32_t acl_class;
		char *topic;
		size_t len;
	} *names;
	size_t count;
	size_t cap;
};

static int age_flow(const void *obj, void *arg)
{
	const struct mqtt_flow *flow = obj;
	struct aging *aging = arg;
	struct flow_names *name;

	if (flow->idle_ms < aging->idle_ms)
		return 0;
	if (aging->count == aging->cap) {
		aging->cap = aging->cap ? aging->cap * 2 : 64;
		aging->names = xrealloc(aging->names, aging->cap *
					sizeof(*aging->names));
	}
	name = &aging->names[aging->count++];
	name->acl_class = flow->acl_class;
	name->topic = xmalloc(flow->topic.len);
	name->len = flow->topic.len;
	memcpy(name->topic, flow->topic.data, flow->topic.len);
	return 0;
}

/* Removes the flows that nobody has used for so long. */
static void age_flows(uint64_t idle_ms)
{
	struct aging aging = { .idle_ms = idle_ms };
	size_t i;

	if (lost || !flows_count())
		return;
	batch_commit();
	if (mqtt_nl_flow_dump(nl, age_flow, &aging) < 0)
		log_debug("kernel data path: %s", mqtt_nl_error(nl));
	for (i = 0; i < aging.count; i++) {
		flow_evict(aging.names[i].acl_class, aging.names[i].topic,
			   aging.names[i].len);
		free(aging.names[i].topic);
	}
	free(aging.names);
	batch_commit();
}

static void idle_expired(struct timer *timer)
{
	age_flows(config.flow_idle * 1000ull);
	timer_arm(timer, loop_now() + config.flow_idle * 500ull);
}

static void kernel_end_of_turn(void)
{
	if (full && loop_now() - evicted_at >= EVICT_MS) {
		age_flows(EVICT_IDLE_MS);
		evicted_at = loop_now();
		full = false;
	}
	/* Flows first, so that what the acknowledgment lets through hits. */
	batch_commit();
	while (!list_empty(&acks)) {
		struct client_busy *busy = list_first_entry(&acks,
							    struct client_busy,
							    ack_node);
		struct client *c = busy->client;

		list_del_init(&busy->ack_node);
		port_gate_ack(c->conn, c->diverted);
		client_settle(c);
	}
	port_flush();
	if (lost)
		datapath_lost();
}

static void kernel_status(struct cJSON *json)
{
	cJSON *k = cJSON_AddObjectToObject(json, "kernel");

	cJSON_AddStringToObject(k, "version", owner.version);
	cJSON_AddNumberToObject(k, "table_gen", table_gen);
	cJSON_AddNumberToObject(k, "conns", nr_conns);
	cJSON_AddNumberToObject(k, "groups", nr_groups);
	cJSON_AddNumberToObject(k, "flows", flows_count());
	port_status(k);
}

static bool kernel_traffic(struct datapath_traffic *now)
{
	struct mqtt_stats s;

	if (!nl || mqtt_nl_stats_get(nl, &s))
		return false;
	now->publish_received = s.publish_fast;
	now->bytes_received = s.publish_fast_bytes;
	now->publish_sent = s.deliver_fast + s.deliver_packet_out;
	now->bytes_sent = s.deliver_fast_bytes + s.deliver_packet_out_bytes;
	now->publish_denied = s.drop_acl;
	now->publish_dropped = s.drop_queue_full + s.drop_oversize +
			       s.drop_nomem + s.drop_port_full +
			       s.drop_expired;
	return true;
}

const struct datapath_ops datapath_kernel = {
	.name		= "kernel",
	.stop		= kernel_stop,
	.attach		= kernel_attach,
	.detach		= kernel_detach,
	.acl_class	= kernel_acl_class,
	.sub_add	= kernel_sub_add,
	.sub_del	= kernel_sub_del,
	.commit		= kernel_commit,
	.publish	= kernel_publish,
	.send		= kernel_send,
	.room		= kernel_room,
	.learn		= kernel_learn,
	.unlearn	= flows_unserve,
	.retire		= flows_retire,
	.before_input	= kernel_before_input,
	.handled	= kernel_handled,
	.end_of_turn	= kernel_end_of_turn,
	.status		= kernel_status,
	.traffic	= kernel_traffic,
};
