/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The broker's own topics below $SYS/broker, with the names and meanings that
 * mosquitto(8) gives them.
 */
#ifndef MQTTD_SYS_H
#define MQTTD_SYS_H

/**
 * sys_start() - publish all topics, and what changes every sys_interval seconds
 *
 * Does nothing when sys_interval is 0.
 */
void sys_start(void);

/**
 * sys_stop() - publish no more
 */
void sys_stop(void);

#endif /* MQTTD_SYS_H */
