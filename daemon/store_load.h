/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_STORE_LOAD_H
#define MQTTD_STORE_LOAD_H

#include <stdint.h>

struct store_db;
struct store_record;

/**
 * store_load() - make the broker's state from the store
 * @db: store, opened
 * @last_id: set to the highest number in it
 * @unused: called with each message that nothing refers to, and each retained
 *	one beyond the limits
 * @upgrade: called with the header of a store in an older format
 *
 * Return: 0, or -1 with db->error.
 */
int store_load(struct store_db *db, uint64_t *last_id,
	       void (*unused)(const struct store_record *rec),
	       void (*upgrade)(const struct store_record *rec));

/**
 * store_load_end() - end the sessions that expired while the broker was away,
 *	and publish the wills of clients that were connected before
 *
 * With the store in use, so that they end there too.
 */
void store_load_end(void);

#endif /* MQTTD_STORE_LOAD_H */
