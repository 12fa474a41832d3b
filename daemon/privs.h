/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_PRIVS_H
#define MQTTD_PRIVS_H

#include <stdbool.h>

/**
 * privs_drop() - go on as another user
 * @user: name of the user, NULL to stay
 * @net_admin: keep CAP_NET_ADMIN, to register with the kernel data path again
 *	after its module was unloaded and loaded
 *
 * Return: 0, or -1 after saying on the log what is wrong.
 */
int privs_drop(const char *user, bool net_admin);

#endif /* MQTTD_PRIVS_H */
