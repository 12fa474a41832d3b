/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_STORE_CHECK_H
#define MQTTD_STORE_CHECK_H

#include "store_format.h"

struct store_check;

/**
 * store_check_new() - begin to check that records fit together
 *
 * Return: what is known of the records so far: nothing.
 */
struct store_check *store_check_new(void);

/**
 * store_check_free() - end the check
 * @check: check
 */
void store_check_free(struct store_check *check);

/**
 * store_check_record() - check one record against those before it
 * @rec: record, valid in itself; in the order of the keys
 * @check: struct store_check
 *
 * Return: NULL, or what is wrong with it.
 */
const char *store_check_record(const struct store_record *rec, void *check);

#endif /* MQTTD_STORE_CHECK_H */
