// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/mqtt, documented in Documentation/ABI/testing/sysfs-kernel-mqtt */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "main.h"
#include "stats.h"
#include "sysfs.h"

static struct kobject *mqtt_kobj;

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", MQTT_VERSION);
}
static struct kobj_attribute version_attr = __ATTR_RO(version);

static struct attribute *mqtt_attrs[] = {
	&version_attr.attr,
	NULL
};

static const struct attribute_group mqtt_group = {
	.attrs = mqtt_attrs,
};

/* One file a value: a gauge reads its field, a counter its slot. */
#define MQTT_SHOW(file, expr)						\
static ssize_t file##_show(struct kobject *kobj,			\
			   struct kobj_attribute *attr, char *buf)	\
{									\
	struct mqtt_stats_sum sum;					\
									\
	mqtt_stats_total(&sum);						\
	return sysfs_emit(buf, "%llu\n", (unsigned long long)(expr));	\
}									\
static struct kobj_attribute file##_attr = __ATTR_RO(file)

MQTT_SHOW(conns, sum.conns);
MQTT_SHOW(flows, sum.flows);
MQTT_SHOW(groups, sum.groups);
MQTT_SHOW(members, sum.members);
MQTT_SHOW(publish_fast, sum.c[MQTT_STAT_PUBLISH_FAST]);
MQTT_SHOW(publish_fast_bytes, sum.c[MQTT_STAT_PUBLISH_FAST_BYTES]);
MQTT_SHOW(deliver_fast, sum.c[MQTT_STAT_DELIVER_FAST]);
MQTT_SHOW(deliver_fast_bytes, sum.c[MQTT_STAT_DELIVER_FAST_BYTES]);
MQTT_SHOW(divert_miss, sum.c[MQTT_STAT_DIVERT_MISS]);
MQTT_SHOW(divert_retain, sum.c[MQTT_STAT_DIVERT_RETAIN]);
MQTT_SHOW(divert_qos, sum.c[MQTT_STAT_DIVERT_QOS]);
MQTT_SHOW(divert_alias, sum.c[MQTT_STAT_DIVERT_ALIAS]);
MQTT_SHOW(divert_properties, sum.c[MQTT_STAT_DIVERT_PROPERTIES]);
MQTT_SHOW(divert_payload, sum.c[MQTT_STAT_DIVERT_PAYLOAD]);
MQTT_SHOW(divert_other, sum.c[MQTT_STAT_DIVERT_OTHER]);
MQTT_SHOW(gate_waits, sum.c[MQTT_STAT_GATE_WAITS]);
MQTT_SHOW(drop_queue_full, sum.c[MQTT_STAT_DROP_QUEUE_FULL]);
MQTT_SHOW(drop_oversize, sum.c[MQTT_STAT_DROP_OVERSIZE]);
MQTT_SHOW(drop_nomem, sum.c[MQTT_STAT_DROP_NOMEM]);
MQTT_SHOW(drop_expired, sum.c[MQTT_STAT_DROP_EXPIRED]);
MQTT_SHOW(drop_no_subscriber, sum.c[MQTT_STAT_DROP_NO_SUBSCRIBER]);
MQTT_SHOW(drop_acl, sum.c[MQTT_STAT_DROP_ACL]);
MQTT_SHOW(drop_port_full, sum.c[MQTT_STAT_DROP_PORT_FULL]);
MQTT_SHOW(packet_out, sum.c[MQTT_STAT_PACKET_OUT]);
MQTT_SHOW(deliver_packet_out, sum.c[MQTT_STAT_DELIVER_PACKET_OUT]);
MQTT_SHOW(deliver_packet_out_bytes,
	  sum.c[MQTT_STAT_DELIVER_PACKET_OUT_BYTES]);
MQTT_SHOW(tx_partial, sum.c[MQTT_STAT_TX_PARTIAL]);
MQTT_SHOW(keepalive_expired, sum.c[MQTT_STAT_KEEPALIVE_EXPIRED]);
MQTT_SHOW(queued_bytes, sum.queued_bytes);
MQTT_SHOW(rate_waits, sum.c[MQTT_STAT_RATE_WAITS]);
MQTT_SHOW(rate_ends, sum.c[MQTT_STAT_RATE_ENDS]);
MQTT_SHOW(conn_bytes, sum.conn_bytes);
MQTT_SHOW(flow_bytes, sum.flow_bytes);
MQTT_SHOW(group_bytes, sum.group_bytes);
MQTT_SHOW(member_bytes, sum.member_bytes);
MQTT_SHOW(aliases, sum.aliases);
MQTT_SHOW(alias_bytes, sum.alias_bytes);

static struct attribute *stats_attrs[] = {
	&conns_attr.attr,
	&flows_attr.attr,
	&groups_attr.attr,
	&members_attr.attr,
	&publish_fast_attr.attr,
	&publish_fast_bytes_attr.attr,
	&deliver_fast_attr.attr,
	&deliver_fast_bytes_attr.attr,
	&divert_miss_attr.attr,
	&divert_retain_attr.attr,
	&divert_qos_attr.attr,
	&divert_alias_attr.attr,
	&divert_properties_attr.attr,
	&divert_payload_attr.attr,
	&divert_other_attr.attr,
	&gate_waits_attr.attr,
	&drop_queue_full_attr.attr,
	&drop_oversize_attr.attr,
	&drop_nomem_attr.attr,
	&drop_expired_attr.attr,
	&drop_no_subscriber_attr.attr,
	&drop_acl_attr.attr,
	&drop_port_full_attr.attr,
	&packet_out_attr.attr,
	&deliver_packet_out_attr.attr,
	&deliver_packet_out_bytes_attr.attr,
	&tx_partial_attr.attr,
	&keepalive_expired_attr.attr,
	&queued_bytes_attr.attr,
	&rate_waits_attr.attr,
	&rate_ends_attr.attr,
	&conn_bytes_attr.attr,
	&flow_bytes_attr.attr,
	&group_bytes_attr.attr,
	&member_bytes_attr.attr,
	&aliases_attr.attr,
	&alias_bytes_attr.attr,
	NULL
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

static const struct attribute_group *mqtt_groups[] = {
	&mqtt_group,
	&stats_group,
	NULL
};

int mqtt_sysfs_init(void)
{
	int err;

	mqtt_kobj = kobject_create_and_add("mqtt", kernel_kobj);
	if (!mqtt_kobj)
		return -ENOMEM;
	err = sysfs_create_groups(mqtt_kobj, mqtt_groups);
	if (err)
		kobject_put(mqtt_kobj);
	return err;
}

void mqtt_sysfs_exit(void)
{
	sysfs_remove_groups(mqtt_kobj, mqtt_groups);
	kobject_put(mqtt_kobj);
}
