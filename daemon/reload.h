/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_RELOAD_H
#define MQTTD_RELOAD_H

#include <stddef.h>

/**
 * reload() - read all files anew that are read again while the broker runs
 * @error: set to what is wrong on failure, and what was not applied
 * @size: room in @error
 *
 * All of the new files are in force when it returns, or all of the old ones.
 *
 * Return: 0 or -1.
 */
int reload(char *error, size_t size);

#endif /* MQTTD_RELOAD_H */
