// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/netns/generic.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "event.h"
#include "flow.h"
#include "group.h"
#include "net.h"
#include "port.h"

static unsigned int mqtt_net_id;

static LIST_HEAD(mqtt_nets);
static DEFINE_MUTEX(mqtt_nets_lock);

static const struct mqtt_limits mqtt_default_limits = {
	.conns_max = 131072,
	.flows_max = 131072,
	.groups_max = 131072,
	.members_max = 1048576,
	.topic_bytes_max = 32 << 20,
	.topic_max = 256,
	.fast_max = 65536,
	.tx_conn_max = 2 << 20,
	.tx_daemon_max = 256 << 10,
	.tx_total_max = 256 << 20,
	.port_queue_max = 4 << 20,
	.port_packet_max = 1 << 20,
	.pingresp = 1,
};

struct mqtt_net *mqtt_net(const struct net *net)
{
	return net_generic(net, mqtt_net_id);
}

void mqtt_net_for_each(void (*fn)(struct mqtt_net *mn, void *arg), void *arg)
{
	struct mqtt_net *mn;

	mutex_lock(&mqtt_nets_lock);
	list_for_each_entry(mn, &mqtt_nets, list)
		fn(mn, arg);
	mutex_unlock(&mqtt_nets_lock);
}

int mqtt_net_register(struct mqtt_net *mn, u32 portid, struct mqtt_port *port,
		      struct netlink_ext_ack *extack)
{
	if (mn->drained) {
		NL_SET_ERR_MSG_MOD(extack, "drained: no registration");
		return -ESHUTDOWN;
	}
	if (mn->owner) {
		NL_SET_ERR_MSG_MOD(extack,
				   "another daemon owns this network namespace");
		return -EBUSY;
	}
	mn->owner = portid;
	rcu_assign_pointer(mn->port, port);
	return 0;
}

static void mqtt_net_revoke_port(struct mqtt_net *mn)
{
	struct mqtt_port *port;

	port = rcu_replace_pointer(mn->port, NULL, lockdep_is_held(&mn->lock));
	if (!port)
		return;
	mqtt_port_revoke(port);
	mqtt_port_put(port);
}

static void mqtt_net_flush(struct mqtt_net *mn)
{
	mqtt_conn_end_all(mn);
	mqtt_flow_flush(mn);
	mqtt_group_flush(mn);
	mqtt_net_revoke_port(mn);
}

void mqtt_net_release_owner(struct mqtt_net *mn)
{
	mn->owner = 0;
	mqtt_net_flush(mn);
	mqtt_event_send(mn, MQTT_EVENT_UNREGISTER);
}

void mqtt_net_drain(struct mqtt_net *mn, bool on)
{
	if (on && !mn->drained) {
		mn->drained = true;
		/* The owner keeps its name until it goes, but has nothing left. */
		mqtt_net_flush(mn);
		mqtt_event_send(mn, MQTT_EVENT_DRAIN);
	}
	mn->drained = on;
	/* Who drains again waits for this too. */
	if (mqtt_net_is_drained(mn))
		mqtt_event_send(mn, MQTT_EVENT_DRAINED);
}

bool mqtt_net_is_drained(const struct mqtt_net *mn)
{
	return mn->drained && !mn->nr_attached && !mn->nr_ports;
}

static int __net_init mqtt_net_start(struct net *net)
{
	struct mqtt_net *mn = mqtt_net(net);
	int err;

	mutex_init(&mn->lock);
	mn->net = net;
	mn->limits = mqtt_default_limits;
	/* On a small gateway queues must not take more than an eighth. */
	mn->limits.tx_total_max = min_t(u64, mn->limits.tx_total_max,
					((u64)totalram_pages() << PAGE_SHIFT) / 8);
	xa_init_flags(&mn->conns, XA_FLAGS_ALLOC1);
	xa_init(&mn->groups);
	mn->stats = mqtt_stats_alloc();
	if (!mn->stats)
		return -ENOMEM;
	err = percpu_counter_init(&mn->queued_bytes, 0, GFP_KERNEL);
	if (err)
		goto err_stats;
	err = mqtt_flow_table_init(mn);
	if (err)
		goto err_counter;
	mutex_lock(&mqtt_nets_lock);
	list_add_tail(&mn->list, &mqtt_nets);
	mutex_unlock(&mqtt_nets_lock);
	return 0;

err_counter:
	percpu_counter_destroy(&mn->queued_bytes);
err_stats:
	free_percpu(mn->stats);
	return err;
}

/* Attached sockets and the port hold the namespace: none is left. */
static void __net_exit mqtt_net_stop(struct net *net)
{
	struct mqtt_net *mn = mqtt_net(net);

	mutex_lock(&mqtt_nets_lock);
	list_del(&mn->list);
	mqtt_stats_retire(mn);
	mutex_unlock(&mqtt_nets_lock);

	mutex_lock(&mn->lock);
	mqtt_net_flush(mn);
	mutex_unlock(&mn->lock);
	WARN_ON(mn->nr_attached || mn->nr_ports);
	mqtt_flow_table_exit(mn);
	xa_destroy(&mn->groups);
	xa_destroy(&mn->conns);
	percpu_counter_destroy(&mn->queued_bytes);
	free_percpu(mn->stats);
}

static struct pernet_operations mqtt_net_ops = {
	.init = mqtt_net_start,
	.exit = mqtt_net_stop,
	.id = &mqtt_net_id,
	.size = sizeof(struct mqtt_net),
};

int mqtt_net_init(void)
{
	return register_pernet_subsys(&mqtt_net_ops);
}

void mqtt_net_exit(void)
{
	unregister_pernet_subsys(&mqtt_net_ops);
}
