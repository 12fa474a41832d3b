/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_STORE_BATCH_H
#define MQTTD_STORE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store_format.h"

enum store_op_type {
	STORE_OP_PUT,
	STORE_OP_DEL,
	STORE_OP_VOID,
};

/**
 * struct store_op - one change of the store
 * @size: bytes to the next operation
 * @value_len: length of the value, which follows this
 * @type: enum store_op_type
 * @fresh: no record of this key is in the file
 * @key_len: length of @key
 * @key: key of the record
 */
struct store_op {
	size_t size;
	uint32_t value_len;
	uint8_t type;
	bool fresh;
	uint8_t key_len;
	uint8_t key[STORE_KEY_MAX];
};

/**
 * struct store_batch - changes that are committed together
 * @seq: its number
 * @buf: operations, struct store_op, one behind the other
 * @len: bytes used of @buf
 * @cap: bytes there are
 * @ops: operations that are not void
 * @bytes: of their values
 * @largest: longest value ever put in
 * @table: offsets in @buf plus one, hashed by key: the last operation of a key
 * @mask: size of @table minus one
 * @keys: entries of @table
 */
struct store_batch {
	uint64_t seq;
	uint8_t *buf;
	size_t len;
	size_t cap;
	uint32_t ops;
	size_t bytes;
	size_t largest;
	size_t *table;
	size_t mask;
	size_t keys;
};

/**
 * store_batch_put() - write a record
 * @b: batch
 * @rec: record
 * @fresh: its key has never been in the file
 *
 * Replaces what the batch had for that key.
 */
void store_batch_put(struct store_batch *b, const struct store_record *rec,
		     bool fresh);

/**
 * store_batch_del() - delete a record
 * @b: batch
 * @rec: record, of which only the key counts
 *
 * A record that the same batch would have made is never written at all.
 */
void store_batch_del(struct store_batch *b, const struct store_record *rec);

/**
 * store_batch_next() - go through the operations
 * @b: batch
 * @op: an operation, NULL for the first
 *
 * Return: the next operation that is not void, NULL at the end.
 */
const struct store_op *store_batch_next(const struct store_batch *b,
					const struct store_op *op);

static inline const uint8_t *store_op_value(const struct store_op *op)
{
	return (const uint8_t *)(op + 1);
}

/**
 * store_batch_append() - add the operations of a later batch
 * @b: batch
 * @later: batch whose operations come after those of @b
 *
 * What they take back is never written.
 */
void store_batch_append(struct store_batch *b, const struct store_batch *later);

/**
 * store_batch_relief() - take out what gives space back on its own
 * @b: batch that found no space
 * @relief: empty batch: gets the ends of deliveries and of messages that nothing
 *	refers to any more, and what these depend on
 *
 * With @relief alone the store is whole: what else @b has may never follow.
 */
void store_batch_relief(struct store_batch *b, struct store_batch *relief);

/**
 * store_batch_clear() - forget all operations, for the next use
 * @b: batch
 */
void store_batch_clear(struct store_batch *b);

/**
 * store_batch_free() - free what the batch holds
 * @b: batch
 */
void store_batch_free(struct store_batch *b);

#endif /* MQTTD_STORE_BATCH_H */
