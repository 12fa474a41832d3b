// SPDX-License-Identifier: GPL-2.0
#include "store_batch.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

#define BATCH_MIN	16384u
#define BATCH_KEEP	(1u << 20)
#define TABLE_MIN	256u

static struct store_op *op_at(const struct store_batch *b, size_t off)
{
	return (struct store_op *)(b->buf + off);
}

/* The numbers in keys are the broker's own: nobody can choose collisions. */
static size_t key_hash(const uint8_t *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	while (len--)
		h = (h ^ *key++) * 0x100000001b3u;
	return h ^ h >> 32;
}

static size_t *table_find(const struct store_batch *b, const uint8_t *key,
			  size_t len)
{
	size_t i = key_hash(key, len) & b->mask;

	while (b->table[i]) {
		const struct store_op *op = op_at(b, b->table[i] - 1);

		if (op->key_len == len && !memcmp(op->key, key, len))
			break;
		i = (i + 1) & b->mask;
	}
	return &b->table[i];
}

static void table_grow(struct store_batch *b)
{
	size_t *old = b->table;
	size_t size = old ? b->mask + 1 : 0;
	size_t i;

	b->mask = old ? size * 2 - 1 : TABLE_MIN - 1;
	b->table = xcalloc(b->mask + 1, sizeof(*b->table));
	for (i = 0; i < size; i++) {
		const struct store_op *op;

		if (!old[i])
			continue;
		op = op_at(b, old[i] - 1);
		*table_find(b, op->key, op->key_len) = old[i];
	}
	free(old);
}

static void op_void(struct store_batch *b, struct store_op *op)
{
	if (op->type == STORE_OP_VOID)
		return;
	b->ops--;
	b->bytes -= op->value_len;
	op->type = STORE_OP_VOID;
}

/*
 * Voids what the batch has for the key and appends an operation in its place.
 * With @fresh set on return, no record of that key is in the file.
 */
static struct store_op *op_new(struct store_batch *b, const uint8_t *key,
			       size_t key_len, uint32_t value_len, bool *fresh)
{
	size_t size = (sizeof(struct store_op) + value_len + 7) & ~(size_t)7;
	struct store_op *op;
	size_t *slot;

	if (!b->table || b->keys * 2 > b->mask)
		table_grow(b);
	if (b->cap - b->len < size) {
		b->cap = max_t(size_t, b->cap * 2, b->len + size);
		b->cap = max_t(size_t, b->cap, BATCH_MIN);
		b->buf = xrealloc(b->buf, b->cap);
	}
	slot = table_find(b, key, key_len);
	if (*slot) {
		op = op_at(b, *slot - 1);
		*fresh = op->fresh;
		op_void(b, op);
	} else {
		b->keys++;
	}
	op = op_at(b, b->len);
	*slot = b->len + 1;
	b->len += size;
	op->size = size;
	op->value_len = value_len;
	op->fresh = *fresh;
	op->key_len = key_len;
	memcpy(op->key, key, key_len);
	b->ops++;
	b->bytes += value_len;
	b->largest = max_t(size_t, b->largest, value_len);
	return op;
}

void store_batch_put(struct store_batch *b, const struct store_record *rec,
		     bool fresh)
{
	uint8_t key[STORE_KEY_MAX];
	size_t key_len = store_put_key(key, rec);
	struct store_op *op;

	op = op_new(b, key, key_len, store_value_len(rec), &fresh);
	op->type = STORE_OP_PUT;
	store_put_value((uint8_t *)(op + 1), rec);
}

void store_batch_del(struct store_batch *b, const struct store_record *rec)
{
	uint8_t key[STORE_KEY_MAX];
	size_t key_len = store_put_key(key, rec);
	struct store_op *op;
	bool fresh = false;

	op = op_new(b, key, key_len, 0, &fresh);
	op->type = STORE_OP_DEL;
	if (fresh)
		op_void(b, op);
}

const struct store_op *store_batch_next(const struct store_batch *b,
					const struct store_op *op)
{
	size_t off = 0;

	if (op)
		off = (const uint8_t *)op - b->buf + op->size;
	while (off < b->len) {
		op = op_at(b, off);
		if (op->type != STORE_OP_VOID)
			return op;
		off += op->size;
	}
	return NULL;
}

static void op_copy(struct store_batch *b, const struct store_op *op)
{
	bool fresh = op->fresh;
	struct store_op *copy;

	copy = op_new(b, op->key, op->key_len, op->value_len, &fresh);
	copy->type = op->type;
	memcpy(copy + 1, op + 1, op->value_len);
	if (op->type == STORE_OP_DEL && fresh)
		op_void(b, copy);
}

void store_batch_append(struct store_batch *b, const struct store_batch *later)
{
	const struct store_op *op = NULL;

	while ((op = store_batch_next(later, op)))
		op_copy(b, op);
}

/* What has the batch for a message, or for what is retained of it? */
static const struct store_op *op_of(const struct store_batch *b, uint8_t kind,
				    uint64_t id)
{
	struct store_record rec = { .kind = kind, .id = id };
	uint8_t key[STORE_KEY_MAX];
	size_t at = *table_find(b, key, store_put_key(key, &rec));

	return at ? op_at(b, at - 1) : NULL;
}

/*
 * A message that was retained goes with what replaces it, and a delivery comes
 * with its message, unless that is on disk already, as when a member of a shared
 * subscription passes it on.
 */
static bool stands_alone(const struct store_batch *b, const struct store_op *op)
{
	const struct store_op *msg;
	struct store_record rec;

	if (store_read(op->key, op->key_len, store_op_value(op), op->value_len,
		       &rec) && op->type == STORE_OP_PUT)
		return false;
	switch (op->key[0]) {
	case STORE_SESSION:
		return op->type == STORE_OP_PUT;
	case STORE_MESSAGE:
		return op->type == STORE_OP_DEL &&
		       !op_of(b, STORE_RETAINED, rec.id);
	case STORE_DELIVERY:
		if (op->type == STORE_OP_DEL || !rec.message)
			return true;
		msg = op_of(b, STORE_MESSAGE, rec.message);
		return !msg || msg->type != STORE_OP_PUT;
	default:
		return false;
	}
}

void store_batch_relief(struct store_batch *b, struct store_batch *relief)
{
	const struct store_op *op = NULL;

	while ((op = store_batch_next(b, op))) {
		if (!stands_alone(b, op))
			continue;
		op_copy(relief, op);
		op_void(b, (struct store_op *)op);
	}
}

void store_batch_clear(struct store_batch *b)
{
	if (b->cap > BATCH_KEEP || b->mask >= BATCH_KEEP / 64)
		store_batch_free(b);
	else if (b->table)
		memset(b->table, 0, (b->mask + 1) * sizeof(*b->table));
	b->len = 0;
	b->ops = 0;
	b->bytes = 0;
	b->largest = 0;
	b->keys = 0;
}

void store_batch_free(struct store_batch *b)
{
	free(b->buf);
	free(b->table);
	memset(b, 0, sizeof(*b));
}
