// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inflight.h"
#include "store_batch.h"
#include "store_check.h"
#include "store_format.h"
#include "util.h"

static struct store_bytes bytes(const char *text)
{
	struct store_bytes b = { (const uint8_t *)text, strlen(text) };

	return b;
}

static const struct store_record records[] = {
	{ .kind = STORE_HEADER },
	{ .kind = STORE_MESSAGE, .id = 7, .qos = 2, .when = 1700000000123u,
	  .name = { (const uint8_t *)"a/b", 3 },
	  .properties = { (const uint8_t *)"\1\1", 2 },
	  .payload = { (const uint8_t *)"x\0y", 3 } },
	{ .kind = STORE_SESSION, .session = 3, .level = 5, .mid = 65535,
	  .flags = STORE_F_CLEAN, .expiry = STORE_NEVER, .when = UINT64_MAX,
	  .name = { (const uint8_t *)"client", 6 } },
	{ .kind = STORE_SUB, .session = 3, .id = 8, .options = 0x2e,
	  .sub_id = 268435455, .name = { (const uint8_t *)"a/+/#", 5 } },
	{ .kind = STORE_DELIVERY, .session = 3, .id = 9, .message = 7, .qos = 2,
	  .state = DELIVERY_WAIT_PUBREC, .mid = 1,
	  .flags = STORE_F_RETAIN | STORE_F_DUP,
	  .share = 8, .sub_ids = { (const uint8_t *)"\x0b\1\x0b\x80\1", 5 } },
	{ .kind = STORE_RECEIVED, .session = 3, .id = 65535 },
	{ .kind = STORE_RETAINED, .id = 7 },
	{ .kind = STORE_WILL, .session = 3, .qos = 1, .flags = STORE_F_RETAIN,
	  .expiry = 10, .delay = 20, .when = 30,
	  .name = { (const uint8_t *)"w", 1 } },
	{ .kind = STORE_CLIENT_WILL, .id = 10, .owner = 3, .qos = 2,
	  .flags = STORE_F_RETAIN, .expiry = 10, .delay = 20,
	  .name = { (const uint8_t *)"w", 1 },
	  .payload = { (const uint8_t *)"x\0y", 3 } },
};

#define NR_RECORDS	(sizeof(records) / sizeof(records[0]))

struct encoded {
	uint8_t key[STORE_KEY_MAX];
	size_t key_len;
	uint8_t *value;
	size_t value_len;
};

static void encode(const struct store_record *rec, struct encoded *e)
{
	e->key_len = store_put_key(e->key, rec);
	e->value_len = store_value_len(rec);
	e->value = malloc(e->value_len);
	store_put_value(e->value, rec);
}

static const char *decode(const struct encoded *e, struct store_record *rec)
{
	return store_read(e->key, e->key_len, e->value, e->value_len, rec);
}

static void assert_bytes_equal(struct store_bytes a, struct store_bytes b)
{
	assert_int_equal(a.len, b.len);
	if (a.len)
		assert_memory_equal(a.p, b.p, a.len);
}

static void test_round_trip(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_RECORDS; i++) {
		const struct store_record *in = &records[i];
		struct store_record out;
		struct encoded e;

		encode(in, &e);
		assert_null(decode(&e, &out));
		assert_int_equal(in->kind, out.kind);
		assert_int_equal(in->session, out.session);
		assert_int_equal(in->id, out.id);
		assert_int_equal(in->level, out.level);
		assert_int_equal(in->qos, out.qos);
		assert_int_equal(in->state, out.state);
		assert_int_equal(in->options, out.options);
		assert_int_equal(in->flags, out.flags);
		assert_int_equal(in->mid, out.mid);
		assert_int_equal(in->expiry, out.expiry);
		assert_int_equal(in->delay, out.delay);
		assert_int_equal(in->sub_id, out.sub_id);
		assert_true(in->when == out.when);
		assert_int_equal(in->message, out.message);
		assert_int_equal(in->share, out.share);
		assert_int_equal(in->owner, out.owner);
		assert_int_equal(out.format, STORE_FORMAT);
		assert_bytes_equal(in->name, out.name);
		assert_bytes_equal(in->properties, out.properties);
		assert_bytes_equal(in->payload, out.payload);
		assert_bytes_equal(in->sub_ids, out.sub_ids);
		free(e.value);
	}
}

/* Every cut and every flipped bit is noticed, in key and value. */
static void test_damage(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR_RECORDS; i++) {
		struct store_record out;
		struct encoded e;
		size_t bit;
		size_t len;

		encode(&records[i], &e);
		len = e.value_len;
		for (e.value_len = 0; e.value_len < len; e.value_len++)
			assert_non_null(decode(&e, &out));
		for (bit = 0; bit < len * 8; bit++) {
			e.value[bit / 8] ^= 1 << bit % 8;
			assert_non_null(decode(&e, &out));
			e.value[bit / 8] ^= 1 << bit % 8;
		}
		for (bit = 0; bit < e.key_len * 8; bit++) {
			e.key[bit / 8] ^= 1 << bit % 8;
			assert_non_null(decode(&e, &out));
			e.key[bit / 8] ^= 1 << bit % 8;
		}
		while (e.key_len--)
			assert_non_null(decode(&e, &out));
		free(e.value);
	}
}

static void test_invalid(void **state)
{
	struct store_record rec;

	(void)state;
	rec = records[STORE_MESSAGE - 1];
	rec.name = bytes("a/#");
	assert_non_null(store_valid(&rec));
	rec.name = bytes("a\xff");
	assert_non_null(store_valid(&rec));
	rec.name = bytes("a");
	assert_null(store_valid(&rec));
	rec.qos = 3;
	assert_non_null(store_valid(&rec));
	rec = records[STORE_SUB - 1];
	rec.options = 3;
	assert_non_null(store_valid(&rec));
	rec = records[STORE_SESSION - 1];
	rec.session = 0;
	assert_non_null(store_valid(&rec));
	rec = records[STORE_DELIVERY - 1];
	rec.mid = 0;
	assert_non_null(store_valid(&rec));
	rec = records[STORE_DELIVERY - 1];
	rec.sub_ids.len--;
	assert_non_null(store_valid(&rec));
	rec = records[STORE_DELIVERY - 1];
	rec.state = DELIVERY_WAIT_PUBACK;
	assert_non_null(store_valid(&rec));
	rec = records[STORE_DELIVERY - 1];
	rec.state = DELIVERY_WAIT_PUBCOMP;
	rec.message = 0;
	assert_null(store_valid(&rec));
	rec = records[STORE_RECEIVED - 1];
	rec.id = 65536;
	assert_non_null(store_valid(&rec));
}

static void test_references(void **state)
{
	struct store_check *check = store_check_new();
	struct store_record rec;
	size_t i;

	(void)state;
	assert_non_null(store_check_record(&records[1], check));
	for (i = 0; i < NR_RECORDS; i++)
		assert_null(store_check_record(&records[i], check));
	rec = records[STORE_DELIVERY - 1];
	rec.message = 8;
	assert_non_null(store_check_record(&rec, check));
	rec = records[STORE_SUB - 1];
	rec.session = 4;
	assert_non_null(store_check_record(&rec, check));
	rec = records[STORE_CLIENT_WILL - 1];
	rec.owner = 4;
	assert_non_null(store_check_record(&rec, check));
	rec.owner = 0;
	assert_null(store_check_record(&rec, check));
	store_check_free(check);
}

static uint32_t count_ops(const struct store_batch *b)
{
	const struct store_op *op = NULL;
	uint32_t n = 0;

	while ((op = store_batch_next(b, op)))
		n++;
	assert_int_equal(n, b->ops);
	return n;
}

static void test_batch(void **state)
{
	struct store_record rec = records[STORE_RECEIVED - 1];
	struct store_batch b = { 0 };
	const struct store_op *op;
	unsigned int i;

	(void)state;
	for (i = 1; i <= 5000; i++) {
		rec.id = i;
		store_batch_put(&b, &rec, true);
	}
	assert_int_equal(count_ops(&b), 5000);
	/* what the batch would make and delete again is never written */
	for (i = 1; i <= 5000; i++) {
		rec.id = i;
		if (i % 2)
			store_batch_del(&b, &rec);
		else
			store_batch_put(&b, &rec, false);
	}
	assert_int_equal(count_ops(&b), 2500);
	store_batch_del(&b, &rec);
	assert_int_equal(count_ops(&b), 2499);
	store_batch_clear(&b);
	assert_int_equal(count_ops(&b), 0);
	assert_int_equal(b.bytes, 0);
	/* a record that may be in the file is deleted there too */
	store_batch_put(&b, &rec, false);
	store_batch_del(&b, &rec);
	assert_int_equal(count_ops(&b), 1);
	op = store_batch_next(&b, NULL);
	assert_int_equal(op->type, STORE_OP_DEL);
	/* and stays known as such when it is made anew */
	store_batch_put(&b, &rec, true);
	store_batch_del(&b, &rec);
	assert_int_equal(count_ops(&b), 1);
	store_batch_free(&b);
}

/* A later batch takes back what an earlier one was to write. */
static void test_append(void **state)
{
	struct store_record rec = records[STORE_MESSAGE - 1];
	struct store_record other = records[STORE_RECEIVED - 1];
	struct store_batch later = { 0 };
	struct store_batch b = { 0 };

	(void)state;
	store_batch_put(&b, &rec, true);
	store_batch_put(&b, &other, false);
	store_batch_del(&later, &rec);
	store_batch_del(&later, &other);
	rec.id++;
	store_batch_put(&later, &rec, true);
	store_batch_append(&b, &later);
	assert_int_equal(count_ops(&b), 2);
	assert_int_equal(b.bytes, store_value_len(&rec));
	store_batch_del(&b, &rec);
	assert_int_equal(count_ops(&b), 1);
	assert_int_equal(b.bytes, 0);
	assert_int_equal(store_batch_next(&b, NULL)->type, STORE_OP_DEL);
	store_batch_free(&b);
	store_batch_free(&later);
}

/* What found no space must not keep off the disk what makes it. */
static void test_relief(void **state)
{
	struct store_record msg = records[STORE_MESSAGE - 1];
	struct store_record d = records[STORE_DELIVERY - 1];
	struct store_record kept = records[STORE_RETAINED - 1];
	struct store_record session = records[STORE_SESSION - 1];
	struct store_record received = records[STORE_RECEIVED - 1];
	struct store_batch relief = { 0 };
	struct store_batch b = { 0 };

	(void)state;
	/* a new message with its delivery, and the identifier it came with */
	msg.id = 100;
	store_batch_put(&b, &msg, true);
	d.id = 101;
	d.message = 100;
	store_batch_put(&b, &d, true);
	store_batch_put(&b, &received, false);
	/* a retained message that was replaced */
	kept.id = 50;
	msg.id = 50;
	store_batch_del(&b, &kept);
	store_batch_del(&b, &msg);
	assert_int_equal(count_ops(&b), 5);
	store_batch_relief(&b, &relief);
	assert_int_equal(count_ops(&relief), 0);
	assert_int_equal(count_ops(&b), 5);
	/* the end of a delivery and its message */
	d.id = 52;
	msg.id = 51;
	store_batch_del(&b, &d);
	store_batch_del(&b, &msg);
	/* one passed on, to a session that is new */
	d.id = 102;
	d.message = 53;
	store_batch_put(&b, &d, true);
	store_batch_put(&b, &session, true);
	/* one after PUBREC */
	d.id = 54;
	d.message = 0;
	d.state = DELIVERY_WAIT_PUBCOMP;
	store_batch_put(&b, &d, false);
	store_batch_relief(&b, &relief);
	assert_int_equal(count_ops(&relief), 5);
	assert_int_equal(count_ops(&b), 5);
	store_batch_free(&b);
	store_batch_free(&relief);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_relief),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
