/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_PRIVS_H
#define MQTTD_PRIVS_H

#include <stdbool.h>

/**
 * privs_limit() - give up what is never needed
 * @net_admin: CAP_NET_ADMIN will be
 *
 * Started by somebody else than root with capabilities, as systemd does it, all
 * but that and CAP_NET_BIND_SERVICE go. To be called before the first
 * thread is made: threads have capabilities of their own.
 */
void privs_limit(bool net_admin);

/**
 * privs_drop() - give up what is needed to start only
 * @user: name of the user to go on as when started by root
 * @chosen: somebody asked for this user: it must exist
 * @net_admin: keep CAP_NET_ADMIN, to register with the kernel data path again
 *	after its module was unloaded and loaded
 *
 * No other program that is executed later gets more.
 *
 * Return: 0, or -1 after saying on the log what is wrong.
 */
int privs_drop(const char *user, bool chosen, bool net_admin);

#endif /* MQTTD_PRIVS_H */
