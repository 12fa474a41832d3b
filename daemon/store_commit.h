/* SPDX-License-Identifier: GPL-2.0 */
/* The thread that waits for the disk, so that the event loop never does. */
#ifndef MQTTD_STORE_COMMIT_H
#define MQTTD_STORE_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

struct store_batch;
struct store_db;

/**
 * store_commit_start() - start the thread
 * @db: store, opened
 * @done: called in the event loop when a commit has ended: with the number of
 *	the last batch in it, and 0 or ENOSPC when nothing of it is on disk
 *
 * Return: 0 or -errno.
 */
int store_commit_start(struct store_db *db,
		       void (*done)(uint64_t seq, int rc, bool spare));

/**
 * store_commit_submit() - have a batch committed
 * @batch: batch, the thread's until the commit has ended; NULL to have only
 *	the room on the disk looked at
 * @seq: its number, or that of the last one before
 *
 * At most one commit is under way at a time.
 */
void store_commit_submit(struct store_batch *batch, uint64_t seq);

/**
 * store_commit_wait() - wait for the commit under way; not for the event loop
 * @rc: set to its result
 * @seq: set to the number of its last batch
 */
void store_commit_wait(int *rc, uint64_t *seq);

/**
 * store_commit_stop() - end the thread
 */
void store_commit_stop(void);

#endif /* MQTTD_STORE_COMMIT_H */
