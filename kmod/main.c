// SPDX-License-Identifier: GPL-2.0
/*
 * mqtt.ko: forwards MQTT QoS 0 publishes between attached TCP sockets. Only
 * ordered set-up here; Documentation/architecture.rst tells how it works.
 */
#include <linux/module.h>

#include "conn.h"
#include "group.h"
#include "main.h"
#include "net.h"
#include "netlink.h"
#include "param.h"
#include "sockops.h"
#include "sysfs.h"
#include "tls.h"
#include "tx.h"
#include "worker.h"

static int __init mqtt_init(void)
{
	int err;

	mqtt_param_init();
	err = mqtt_tx_init();
	if (err)
		return err;
	err = mqtt_conn_init();
	if (err)
		goto err_tx;
	err = mqtt_group_init();
	if (err)
		goto err_conn;
	err = mqtt_worker_init();
	if (err)
		goto err_group;
	err = mqtt_net_init();
	if (err)
		goto err_worker;
	err = mqtt_sysfs_init();
	if (err)
		goto err_net;
	/* Last: with the family there, sockets can be attached. */
	err = mqtt_netlink_init();
	if (err)
		goto err_sysfs;
	return 0;

err_sysfs:
	mqtt_sysfs_exit();
err_net:
	mqtt_net_exit();
err_worker:
	mqtt_worker_exit();
err_group:
	mqtt_group_exit();
err_conn:
	mqtt_conn_exit();
err_tx:
	mqtt_tx_exit();
	return err;
}

static void __exit mqtt_exit(void)
{
	mqtt_netlink_exit();
	mqtt_sysfs_exit();
	/* Workers still hold conns whose sockets are closed. */
	mqtt_worker_exit();
	mqtt_net_exit();
	mqtt_group_exit();
	mqtt_conn_exit();
	mqtt_rx_tls_exit();
	mqtt_tx_exit();
	mqtt_sockops_exit();
}

module_init(mqtt_init);
module_exit(mqtt_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MQTT QoS 0 forwarding between TCP sockets");
MODULE_VERSION(MQTT_VERSION);
