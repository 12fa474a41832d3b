// SPDX-License-Identifier: GPL-2.0
/*
 * The flow manager: which flows are installed, which filters each was computed
 * from, and how to bring them up to date when the filters change.
 */
#include <linux/mqtt.h>
#include <stdlib.h>
#include <string.h>

#include "acl_class.h"
#include "client.h"
#include "conf.h"
#include "datapath_kernel.h"
#include "list.h"
#include "session.h"
#include "subs.h"
#include "trie.h"
#include "util.h"

struct flow;

/**
 * struct flow_edge - a flow names the group of a filter
 * @by_filter: in struct filter.flows
 * @flow: the flow
 * @filter: the filter
 */
struct flow_edge {
	struct list_head by_filter;
	struct flow *flow;
	struct filter *filter;
};

/**
 * struct flow - an installed flow
 * @next: next flow of the same topic, of another class
 * @class: class of the publishers, NULL for who may publish everything
 * @denied: they may not publish here
 * @node: its place in the trie of topics
 * @grave: in the list of those to be freed after the commit
 * @edges: filters that match, and have a group
 * @nr_edges: their number
 * @len: length of @topic
 * @topic: topic name
 */
struct flow {
	struct flow *next;
	struct acl_class *class;
	bool denied;
	struct trie_node *node;
	struct list_head grave;
	struct flow_edge *edges;
	uint32_t nr_edges;
	uint32_t len;
	char topic[];
};

/**
 * struct flow_set - flows gathered before they are changed
 * @filter: which is why
 * @flow: the flows
 * @count: their number
 * @cap: room in @flow
 */
struct flow_set {
	const struct filter *filter;
	struct flow **flow;
	size_t count;
	size_t cap;
};

static struct trie flows;
static uint32_t count;
static LIST_HEAD(graves);
static uint32_t mark;

/*
 * A flow costs several times what routing one message does. Where every message
 * has another topic it is not worth it: after so many at once, one in each ms.
 */
#define LEARN_BURST	4096u

static uint32_t learn_room;
static uint64_t learn_at;
static struct filter_set match;
/* What pick_filters() left of them, in the order of the route. */
static struct filter **ordered;
static struct kernel_merged *merged;
static uint32_t merged_cap;

void flows_init(void)
{
	trie_init(&flows);
	count = 0;
	learn_room = LEARN_BURST;
	learn_at = loop_now();
}

static void flow_unlink(struct flow *flow)
{
	uint32_t i;

	for (i = 0; i < flow->nr_edges; i++)
		list_del_init(&flow->edges[i].by_filter);
	free(flow->edges);
	flow->edges = NULL;
	flow->nr_edges = 0;
}

void flows_exit(void)
{
	struct trie_node *node = &flows.root;

	flows_committed();
	while ((node = trie_next(&flows.root, node))) {
		struct flow *flow = node->value;

		while (flow) {
			struct flow *next = flow->next;

			flow_unlink(flow);
			acl_class_put(flow->class);
			free(flow);
			flow = next;
		}
	}
	trie_free(&flows);
	count = 0;
	free(match.filter);
	memset(&match, 0, sizeof(match));
	free(merged);
	merged = NULL;
	merged_cap = 0;
	free(ordered);
	ordered = NULL;
}

uint32_t flows_count(void)
{
	return count;
}

void flows_committed(void)
{
	while (!list_empty(&graves)) {
		struct flow *flow = list_first_entry(&graves, struct flow,
						     grave);

		list_del_init(&flow->grave);
		free(flow);
	}
}

/* Forgotten at once; the memory stays until no queued request refers to it. */
void flow_forget(struct flow *flow)
{
	struct flow *prev;

	if (!flow->node)
		return;
	flow_unlink(flow);
	prev = flow->node->value;
	if (prev == flow) {
		flow->node->value = flow->next;
		trie_prune(&flows, flow->node);
	} else {
		while (prev->next != flow)
			prev = prev->next;
		prev->next = flow->next;
	}
	flow->node = NULL;
	acl_class_put(flow->class);
	flow->class = NULL;
	list_add_tail(&flow->grave, &graves);
	count--;
}

static void flow_remove(struct flow *flow)
{
	kernel_queue_flow_del(acl_class_id(flow->class), flow->topic,
			      flow->len);
	flow_forget(flow);
}

static struct flow *flow_find(uint32_t acl_class, const char *topic, size_t len)
{
	struct trie_node *node = trie_find(&flows, topic, len);
	struct flow *flow = node ? node->value : NULL;

	while (flow && acl_class_id(flow->class) != acl_class)
		flow = flow->next;
	return flow;
}

void flow_evict(uint32_t acl_class, const char *topic, size_t len)
{
	struct flow *flow = flow_find(acl_class, topic, len);

	if (flow)
		flow_remove(flow);
}

/* Those of shared subscriptions overlap nothing: each is a copy of its own. */
static bool attached(const struct sub *sub)
{
	return sub && sub->member == SUB_CONN && !sub->filter->shared;
}

static void merged_add(uint32_t *nr, const struct sub *sub)
{
	if (*nr == merged_cap) {
		merged_cap = merged_cap ? merged_cap * 2 : 64;
		merged = xrealloc(merged, merged_cap * sizeof(*merged));
	}
	merged[*nr] = (struct kernel_merged){
		.session = sub->session,
		.conn = sub->session->client->conn,
	};
	sub->session->mark_index = (*nr)++;
}

/* Every filter's membership must say that a flow may merge it. */
static void merge_sub(struct sub *sub)
{
	struct kernel_merged *m = &merged[sub->session->mark_index];

	m->qos = max_t(uint8_t, m->qos, sub->qos);
	if (sub->overlap)
		return;
	sub->overlap = true;
	kernel_queue_member(sub);
}

/*
 * Finds the attached clients that subscribed to more than one of the filters.
 * The filter with most subscribers is last and is only looked up in: a monitor
 * on "#" must not make every flow cost a walk over ten thousand subscribers.
 */
static uint32_t find_merged(struct filter **filter, size_t n)
{
	uint32_t nr = 0;
	size_t i, j;

	if (config.allow_duplicate_messages)
		return 0;
	mark = sessions_mark();
	for (i = 0; i + 1 < n; i++) {
		struct sub *sub;

		list_for_each_entry(sub, &filter[i]->subs, by_filter) {
			struct session *s = sub->session;

			if (!attached(sub) || s->mark == mark)
				continue;
			for (j = i + 1; j < n; j++) {
				struct sub *other = subs_get(filter[j], s);

				if (!attached(other))
					continue;
				if (s->mark != mark) {
					s->mark = mark;
					merged_add(&nr, sub);
					merge_sub(sub);
				}
				merge_sub(other);
			}
		}
	}
	return nr;
}

/*
 * What a merged client gets by all of its filters, in the order of the route.
 * Returns false if the data path cannot do it: some of the subscriptions are
 * for its own messages and some are not, or there are too many identifiers.
 */
static bool merged_options(struct kernel_merged *m, struct filter **filter,
			   size_t n)
{
	size_t no_local = 0;
	size_t subs = 0;
	size_t i;

	if (m->session->client->protocol < 5)
		return true;
	for (i = 0; i < n; i++) {
		struct sub *sub = subs_get(filter[i], m->session);

		if (!attached(sub))
			continue;
		subs++;
		no_local += sub->no_local;
		if (!sub->ids)
			continue;
		if (m->nr_ids == MQTT_MEMBER_IDS_MAX)
			return false;
		m->ids[m->nr_ids++] = sub_id(sub);
	}
	m->no_local = no_local;
	return !no_local || no_local == subs;
}

/* Drops filters without a group, and moves the largest to the end. */
static bool pick_filters(const struct filter *skip)
{
	size_t largest = 0;
	struct filter *tmp;
	size_t n = 0;
	size_t i;

	for (i = 0; i < match.count; i++) {
		struct filter *filter = match.filter[i];

		if (filter == skip)
			continue;
		if (filter->unserved)
			return false;
		if (!filter->group)
			continue;
		match.filter[n++] = filter;
		if (filter->count > match.filter[largest]->count)
			largest = n - 1;
	}
	match.count = n;
	ordered = xrealloc(ordered, (n + 1) * sizeof(*ordered));
	memcpy(ordered, match.filter, n * sizeof(*ordered));
	if (n) {
		tmp = match.filter[n - 1];
		match.filter[n - 1] = match.filter[largest];
		match.filter[largest] = tmp;
	}
	return true;
}

static void flow_link(struct flow *flow)
{
	size_t i;

	flow_unlink(flow);
	flow->edges = xcalloc(match.count, sizeof(*flow->edges));
	flow->nr_edges = match.count;
	for (i = 0; i < match.count; i++) {
		flow->edges[i].flow = flow;
		flow->edges[i].filter = match.filter[i];
		list_add_tail(&flow->edges[i].by_filter,
			      &match.filter[i]->flows);
	}
}

/*
 * (Re)computes and queues a flow. One that cannot be served by the kernel alone
 * is removed: the broker handles each of its messages then.
 */
static void flow_install(struct flow *flow, const struct filter *skip)
{
	const struct kernel_flow_key to = {
		.acl_class = acl_class_id(flow->class),
		.deny = flow->denied,
		.topic = flow->topic,
		.len = flow->len,
	};
	uint32_t groups[MQTT_FLOW_GROUPS_MAX];
	bool possible = true;
	uint32_t nr_merged;
	size_t i;

	if (flow->denied) {
		kernel_queue_flow(flow, &to, NULL, 0, NULL, 0);
		return;
	}
	subs_match(flow->topic, flow->len, &match);
	if (!pick_filters(skip) || match.count > MQTT_FLOW_GROUPS_MAX) {
		flow_remove(flow);
		return;
	}
	nr_merged = find_merged(match.filter, match.count);
	for (i = 0; i < nr_merged && possible; i++)
		possible = merged_options(&merged[i], ordered, match.count);
	if (nr_merged > MQTT_FLOW_MERGED_MAX || !possible) {
		flow_remove(flow);
		return;
	}
	flow_link(flow);
	for (i = 0; i < match.count; i++)
		groups[i] = match.filter[i]->group;
	kernel_queue_flow(flow, &to, groups, match.count, merged, nr_merged);
}

static bool may_learn(void)
{
	uint64_t passed = loop_now() - learn_at;

	learn_room = min_t(uint64_t, LEARN_BURST, learn_room + passed);
	learn_at += passed;
	return learn_room;
}

void flow_learn(struct acl_class *class, const char *topic, size_t len)
{
	bool denied = !acl_class_allows(class, topic, len);
	struct flow *flow;

	if (!may_learn() || flow_find(acl_class_id(class), topic, len))
		return;
	if (!denied) {
		subs_match(topic, len, &match);
		if (!pick_filters(NULL))
			return;
	}
	flow = xcalloc(1, sizeof(*flow) + len);
	flow->class = acl_class_hold(class);
	flow->denied = denied;
	INIT_LIST_HEAD(&flow->grave);
	flow->len = len;
	memcpy(flow->topic, topic, len);
	flow->node = trie_get(&flows, topic, len);
	flow->next = flow->node->value;
	flow->node->value = flow;
	count++;
	learn_room--;
	flow_install(flow, NULL);
}

static void gather(struct flow_set *set, struct flow *flow)
{
	if (set->count == set->cap) {
		set->cap = set->cap ? set->cap * 2 : 16;
		set->flow = xrealloc(set->flow, set->cap * sizeof(*set->flow));
	}
	set->flow[set->count++] = flow;
}

/* Subscribers change nothing about what is denied. */
static void gather_node(struct trie_node *node, void *arg)
{
	struct flow_set *set = arg;
	struct flow *flow;

	for (flow = node->value; flow; flow = flow->next) {
		if (!flow->denied && filter_allows(set->filter, flow->topic,
						   flow->len))
			gather(set, flow);
	}
}

static void install_all(struct flow_set *set, const struct filter *skip)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		flow_install(set->flow[i], skip);
	free(set->flow);
}

void flows_filter_new(struct filter *filter)
{
	struct flow_set set = { .filter = filter };

	trie_match(&flows, filter->pattern, filter->pattern_len,
		   gather_node, &set);
	install_all(&set, NULL);
}

void flows_filter_gone(struct filter *filter)
{
	struct flow_set set = { 0 };
	struct flow_edge *edge;

	list_for_each_entry(edge, &filter->flows, by_filter)
		gather(&set, edge->flow);
	install_all(&set, filter);
}

void flows_unserve(struct filter *filter)
{
	struct flow_set set = { .filter = filter };
	size_t i;

	trie_match(&flows, filter->pattern, filter->pattern_len,
		   gather_node, &set);
	for (i = 0; i < set.count; i++)
		flow_remove(set.flow[i]);
	free(set.flow);
}

void flows_retire(void)
{
	struct trie_node *node = &flows.root;
	struct flow_set set = { 0 };
	size_t i;

	while ((node = trie_next(&flows.root, node))) {
		struct flow *flow;

		for (flow = node->value; flow; flow = flow->next) {
			if (flow->class && !flow->class->sessions)
				gather(&set, flow);
		}
	}
	for (i = 0; i < set.count; i++)
		flow_remove(set.flow[i]);
	free(set.flow);
}

static bool flow_overlaps(const struct flow *flow, const struct sub *sub)
{
	uint32_t i;

	for (i = 0; i < flow->nr_edges; i++) {
		struct filter *filter = flow->edges[i].filter;

		if (filter != sub->filter &&
		    attached(subs_get(filter, sub->session)))
			return true;
	}
	return false;
}

bool flows_overlap(struct sub *sub)
{
	struct list_head *others = &sub->session->subs;
	struct flow_set set = { 0 };
	struct flow_edge *edge;
	bool any;

	if (others->next == others->prev || config.allow_duplicate_messages ||
	    sub->filter->shared)
		return false;
	list_for_each_entry(edge, &sub->filter->flows, by_filter) {
		if (flow_overlaps(edge->flow, sub))
			gather(&set, edge->flow);
	}
	any = set.count;
	if (any && sub->member == SUB_CONN)
		sub->overlap = true;
	install_all(&set, NULL);
	return any;
}
