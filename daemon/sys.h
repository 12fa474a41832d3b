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

/**
 * sys_average() - next value of a load average, as mosquitto computes it
 * @old: value before
 * @grown: what came since then
 * @seconds: how long that took
 * @minutes: what it is an average over
 *
 * Return: per minute, weighted exponentially: what came, as if it went on for a
 * minute, counts for the time that it took.
 */
double sys_average(double old, double grown, double seconds,
		   unsigned int minutes);

#endif /* MQTTD_SYS_H */
