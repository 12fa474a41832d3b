// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "group.h"
#include "net.h"
#include "stats.h"

/* What namespaces that are gone have counted. */
static struct mqtt_stats_sum retired;
static DEFINE_MUTEX(retired_lock);

struct mqtt_pcpu_stats __percpu *mqtt_stats_alloc(void)
{
	struct mqtt_pcpu_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu(struct mqtt_pcpu_stats);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}

void mqtt_stats_read(struct mqtt_net *mn, struct mqtt_stats_sum *sum)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct mqtt_pcpu_stats *s = per_cpu_ptr(mn->stats, cpu);
		u64 c[MQTT_STAT_NR];
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			for (i = 0; i < MQTT_STAT_NR; i++)
				c[i] = u64_stats_read(&s->c[i]);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		for (i = 0; i < MQTT_STAT_NR; i++)
			sum->c[i] += c[i];
	}
	sum->conns += READ_ONCE(mn->nr_conns);
	sum->flows += READ_ONCE(mn->nr_flows);
	sum->groups += READ_ONCE(mn->nr_groups);
	sum->members += READ_ONCE(mn->nr_members);
	sum->queued_bytes += percpu_counter_sum_positive(&mn->queued_bytes);
	sum->conn_bytes += READ_ONCE(mn->conn_bytes);
	sum->flow_bytes += READ_ONCE(mn->flow_bytes);
	sum->group_bytes += READ_ONCE(mn->group_bytes);
	sum->member_bytes += READ_ONCE(mn->nr_members) *
			     (u64)sizeof(struct mqtt_member);
	sum->aliases += atomic_long_read(&mn->aliases);
	sum->alias_bytes += atomic_long_read(&mn->alias_bytes);
}

void mqtt_stats_retire(struct mqtt_net *mn)
{
	struct mqtt_stats_sum sum = {};
	int i;

	mqtt_stats_read(mn, &sum);
	mutex_lock(&retired_lock);
	for (i = 0; i < MQTT_STAT_NR; i++)
		retired.c[i] += sum.c[i];
	mutex_unlock(&retired_lock);
}

static void mqtt_stats_add_net(struct mqtt_net *mn, void *arg)
{
	mqtt_stats_read(mn, arg);
}

void mqtt_stats_total(struct mqtt_stats_sum *sum)
{
	mutex_lock(&retired_lock);
	*sum = retired;
	mutex_unlock(&retired_lock);
	mqtt_net_for_each(mqtt_stats_add_net, sum);
}
