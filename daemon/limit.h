/* SPDX-License-Identifier: GPL-2.0 */
/* Limits against abuse: of topics and subscriptions. */
#ifndef MQTTD_LIMIT_H
#define MQTTD_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <cjson/cJSON.h>

struct session;

/**
 * limit_topic() - is a topic name or filter within the limits?
 * @topic: valid topic name or filter
 * @len: its length
 *
 * Return: false if it is too long or too deep; the caller counts it when it is
 * refused for that.
 */
bool limit_topic(const char *topic, size_t len);

/**
 * limit_subscribe() - may a session have one more subscription?
 * @s: session
 *
 * Return: false if not, which is counted.
 */
bool limit_subscribe(const struct session *s);

/**
 * limits_report() - the limits, and how often each was reached
 * @json: object that gets them
 */
void limits_report(cJSON *json);

/**
 * limits_listeners() - the limits of each listener, and its connections
 * @list: array that gets them
 */
void limits_listeners(cJSON *list);

#endif /* MQTTD_LIMIT_H */
