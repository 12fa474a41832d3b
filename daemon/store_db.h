/* SPDX-License-Identifier: GPL-2.0 */
/* The file of the durable store: LMDB, for mqttd and for "mqttctl store". */
#ifndef MQTTD_STORE_DB_H
#define MQTTD_STORE_DB_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store_format.h"

#define STORE_FILE	"mqttd.mdb"

struct store_batch;

/**
 * struct store_db - the file, opened
 * @env: LMDB's environment
 * @dbi: its only table
 * @fd: of the data file
 * @lock: held while it is open, so that nobody else opens it
 * @map_size: address space for it
 * @allocated: bytes of the file that have space on the disk
 * @full: the file system had no space the last time
 * @refused: bytes that there was no space for, as far as they are waited for
 * @damaged: told of each damaged record, which is then left out; NULL to stop
 *	at the first
 * @path: path of the data file
 * @error: what went wrong last
 */
struct store_db {
	MDB_env *env;
	MDB_dbi dbi;
	int fd;
	int lock;
	size_t map_size;
	uint64_t allocated;
	uint64_t refused;
	bool full;
	void (*damaged)(const char *error);
	char path[4096];
	char error[512];
};

/**
 * store_db_open() - open the store of a directory, and lock it
 * @db: filled
 * @dir: directory
 * @create: make an empty store where there is none
 * @nosync: do not wait for the disk in commits
 *
 * An existing file is checked first, by a process of its own, for LMDB trusts
 * what it reads.
 *
 * Return: 0, or -1 with db->error; nothing is open then.
 */
int store_db_open(struct store_db *db, const char *dir, bool create,
		  bool nosync);

/**
 * store_db_salvage() - open a store that is damaged, to read what is left
 * @db: filled
 * @dir: directory
 * @damaged: told of each record that is damaged
 *
 * Reading it may end this process.
 *
 * Return: 0, or -1 with db->error.
 */
int store_db_salvage(struct store_db *db, const char *dir,
		     void (*damaged)(const char *error));

/**
 * store_db_close() - close and unlock
 * @db: store
 */
void store_db_close(struct store_db *db);

/**
 * store_db_each() - read all records in the order of their keys
 * @db: store
 * @fn: called for each; returns what is wrong with it, or NULL
 * @arg: passed to @fn
 *
 * Return: 0, or -1 with db->error at the first record that is damaged.
 */
int store_db_each(struct store_db *db,
		  const char *(*fn)(const struct store_record *rec, void *arg),
		  void *arg);

/**
 * store_db_write() - commit a batch in one transaction
 * @db: store
 * @batch: batch; NULL to have the disk's space looked at only
 * @spare: set to whether the disk has space for more after this
 *
 * Return: 0; ENOSPC when the disk is full and nothing was changed; another
 * code, with db->error, when it failed in a way that must not be retried.
 */
int store_db_write(struct store_db *db, const struct store_batch *batch,
		   bool *spare);

/**
 * store_db_sync() - wait until the disk has everything
 * @db: store
 *
 * Return: 0, or -1 with db->error.
 */
int store_db_sync(struct store_db *db);

#endif /* MQTTD_STORE_DB_H */
