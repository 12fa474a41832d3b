/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_LISTENER_H
#define MQTTD_LISTENER_H

/**
 * listeners_open() - open all configured listeners
 *
 * Return: 0, or -1 after saying on the log what is wrong.
 */
int listeners_open(void);

/**
 * listeners_close() - accept no more connections
 */
void listeners_close(void);

#endif /* MQTTD_LISTENER_H */
