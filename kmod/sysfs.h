/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_SYSFS_H
#define _MQTT_SYSFS_H

/**
 * mqtt_sysfs_init() - make /sys/kernel/mqtt
 *
 * Context: module init. Return: 0 or -errno.
 */
int mqtt_sysfs_init(void);

/**
 * mqtt_sysfs_exit() - remove it
 *
 * Context: module exit; waits for readers.
 */
void mqtt_sysfs_exit(void);

#endif /* _MQTT_SYSFS_H */
