/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_STATS_H
#define _MQTT_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

struct mqtt_net;

/*
 * Every counter that only rises: X(NAME) is MQTT_STAT_NAME here and
 * MQTT_A_STATS_NAME in the uapi header. The gauges (conns, flows, groups,
 * members, queued_bytes, and those of memory) are kept by their owners, see struct mqtt_net.
 */
#define MQTT_STATS(X)		\
	X(PUBLISH_FAST)		\
	X(PUBLISH_FAST_BYTES)	\
	X(DELIVER_FAST)		\
	X(DELIVER_FAST_BYTES)	\
	X(DIVERT_MISS)		\
	X(DIVERT_RETAIN)	\
	X(DIVERT_QOS)		\
	X(DIVERT_ALIAS)		\
	X(DIVERT_PROPERTIES)	\
	X(DIVERT_PAYLOAD)	\
	X(DIVERT_OTHER)		\
	X(GATE_WAITS)		\
	X(DROP_QUEUE_FULL)	\
	X(DROP_OVERSIZE)	\
	X(DROP_NOMEM)		\
	X(DROP_EXPIRED)		\
	X(DROP_NO_SUBSCRIBER)	\
	X(DROP_ACL)		\
	X(DROP_PORT_FULL)	\
	X(PACKET_OUT)		\
	X(DELIVER_PACKET_OUT)	\
	X(DELIVER_PACKET_OUT_BYTES) \
	X(TX_PARTIAL)		\
	X(KEEPALIVE_EXPIRED)	\
	X(RATE_WAITS)		\
	X(RATE_ENDS)

enum mqtt_stat {
#define X(name) MQTT_STAT_##name,
	MQTT_STATS(X)
#undef X
	MQTT_STAT_NR
};

struct mqtt_pcpu_stats {
	u64_stats_t c[MQTT_STAT_NR];
	struct u64_stats_sync syncp;
};

/**
 * struct mqtt_stats_sum - counters and gauges added up
 *
 * @c: counters by enum mqtt_stat
 * @conns: attached sockets
 * @flows: flows
 * @groups: groups
 * @members: members of all groups
 * @queued_bytes: bytes of module frames queued on conns
 * @conn_bytes: bytes allocated for conns
 * @flow_bytes: bytes allocated for flows
 * @group_bytes: bytes allocated for groups
 * @member_bytes: bytes allocated for members
 * @aliases: Topic Aliases that conns know
 * @alias_bytes: bytes allocated for them
 */
struct mqtt_stats_sum {
	u64 c[MQTT_STAT_NR];
	u64 conns;
	u64 flows;
	u64 groups;
	u64 members;
	u64 queued_bytes;
	u64 conn_bytes;
	u64 flow_bytes;
	u64 group_bytes;
	u64 member_bytes;
	u64 aliases;
	u64 alias_bytes;
};

/**
 * mqtt_stats_alloc() - per-CPU counters for a namespace
 *
 * Context: may sleep.
 * Return: zeroed counters or NULL.
 */
struct mqtt_pcpu_stats __percpu *mqtt_stats_alloc(void);

/**
 * mqtt_stats_add_to() - add to a counter
 * @stats: a namespace's counters
 * @id: which one
 * @n: how much
 *
 * Context: process and softirq.
 */
static inline void mqtt_stats_add_to(struct mqtt_pcpu_stats __percpu *stats,
				     enum mqtt_stat id, unsigned long n)
{
	struct mqtt_pcpu_stats *s;

	/* On 64 bits the addition is atomic against softirq by itself. */
	if (!IS_ENABLED(CONFIG_64BIT))
		local_bh_disable();
	s = get_cpu_ptr(stats);
	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->c[id], n);
	u64_stats_update_end(&s->syncp);
	put_cpu_ptr(stats);
	if (!IS_ENABLED(CONFIG_64BIT))
		local_bh_enable();
}

/**
 * mqtt_stats_read() - add up the counters and gauges of a namespace
 * @mn: namespace
 * @sum: is added to; the caller zeroes it
 *
 * Context: any process context.
 */
void mqtt_stats_read(struct mqtt_net *mn, struct mqtt_stats_sum *sum);

/**
 * mqtt_stats_retire() - keep the counters of a namespace that goes away
 * @mn: namespace; it is on no list any more
 *
 * The sums in sysfs must never fall. Context: may sleep.
 */
void mqtt_stats_retire(struct mqtt_net *mn);

/**
 * mqtt_stats_total() - add up all namespaces, dead ones included
 * @sum: where to store the result
 *
 * Context: may sleep.
 */
void mqtt_stats_total(struct mqtt_stats_sum *sum);

#endif /* _MQTT_STATS_H */
