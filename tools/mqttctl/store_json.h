/* SPDX-License-Identifier: GPL-2.0 */
/* Records of the durable store as JSON, one object each. */
#ifndef MQTTCTL_STORE_JSON_H
#define MQTTCTL_STORE_JSON_H

#include <cjson/cJSON.h>

struct store_record;

/**
 * store_to_json() - describe a record
 * @rec: record, valid
 *
 * Return: the object, NULL without memory.
 */
cJSON *store_to_json(const struct store_record *rec);

/**
 * store_from_json() - read a record
 * @json: object as store_to_json() makes them; decoded in place, so @rec is valid
 *	as long as it is
 * @rec: filled
 *
 * Return: NULL, or what is wrong with it.
 */
const char *store_from_json(cJSON *json, struct store_record *rec);

#endif /* MQTTCTL_STORE_JSON_H */
