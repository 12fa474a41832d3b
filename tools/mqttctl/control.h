/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's control socket; its answers are described in daemon/control.h. */
#ifndef MQTTCTL_CONTROL_H
#define MQTTCTL_CONTROL_H

#include <stddef.h>

#include <cjson/cJSON.h>

/**
 * control_ask() - send a request to the daemon and read its answer
 * @request: the request, freed
 * @answer: receives the answer, to be freed
 * @why: receives the reason of a failure
 * @size: size of @why
 *
 * Return: 0; -ENOENT if no daemon listens; another negative errno.
 */
int control_ask(cJSON *request, cJSON **answer, char *why, size_t size);

/**
 * control_request() - make a request
 * @cmd: the command
 *
 * Return: the request; the program ends without memory.
 */
cJSON *control_request(const char *cmd);

#endif /* MQTTCTL_CONTROL_H */
