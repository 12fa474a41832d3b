// SPDX-License-Identifier: GPL-2.0
/* Runs in the forms that receivers want, and what goes into these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message.h"
#include "property.h"
#include "run.h"
#include "subid.h"
#include "topic.h"

#define BYTES(s)	((const uint8_t *)(s)), sizeof(s) - 1

/* Two packets each: topic "a/b", payloads "x" and none. */
static const char v4[] = "\x30\x06\0\3a/bx\x30\x05\0\3a/b";
static const char v5[] = "\x30\x07\0\3a/b\0x\x30\x06\0\3a/b\0";
/* With a payload format and a user property. */
static const char props5[] = "\x30\x10\0\3a/b\x9\1\1&\0\1k\0\1vx";

static void expect(struct run_set *set, const struct run_form *form,
		   const char *want, size_t len)
{
	const struct run *run = run_set_get(set, form);

	assert_non_null(run);
	assert_int_equal(run->len, len);
	assert_memory_equal(run->frames, want, len);
	assert_int_equal(run->count, set->base.count);
}

static void test_levels(void **state)
{
	struct run_form form4 = { .named = true };
	struct run_form form5 = { .named = true, .v5 = true };
	struct run_set set;

	(void)state;
	run_set_init(&set, BYTES(v4), 2, false);
	assert_ptr_equal(run_set_get(&set, &form4), &set.base);
	expect(&set, &form5, v5, sizeof(v5) - 1);
	/* made once */
	assert_ptr_equal(run_set_get(&set, &form5), run_set_get(&set, &form5));
	assert_int_equal(set.nr, 1);
	run_set_exit(&set);

	run_set_init(&set, BYTES(v5), 2, true);
	assert_ptr_equal(run_set_get(&set, &form5), &set.base);
	expect(&set, &form4, v4, sizeof(v4) - 1);
	run_set_exit(&set);

	run_set_init(&set, BYTES(props5), 1, true);
	expect(&set, &form4, v4, 8);
	run_set_exit(&set);
}

static void test_alias(void **state)
{
	static const char given[] =
		"\x30\x0a\0\3a/b\3#\0\7x\x30\x09\0\3a/b\3#\0\7";
	static const char alone[] =
		"\x30\x07\0\0\3#\0\7x\x30\x06\0\0\3#\0\7";
	struct run_form form = { .named = true, .v5 = true, .alias = 7 };
	struct run_set set;

	(void)state;
	run_set_init(&set, BYTES(v5), 2, true);
	expect(&set, &form, given, sizeof(given) - 1);
	form.named = false;
	expect(&set, &form, alone, sizeof(alone) - 1);
	assert_int_equal(set.nr, 2);
	run_set_exit(&set);
}

static void test_identifiers(void **state)
{
	static const char one[] = "\x30\x12\0\3a/b\xb\1\1&\0\1k\0\1v\xb\5x";
	static const char two[] =
		"\x30\x15\0\3a/b\xe\1\1&\0\1k\0\1v\xb\5\xb\xc8\1x";
	struct run_form form = { .named = true, .v5 = true };
	struct subids *second = subids_new(200);
	struct run_set set;
	unsigned int i;

	(void)state;
	assert_null(subids_new(0));
	run_set_init(&set, BYTES(props5), 1, true);
	form.ids = subids_new(5);
	expect(&set, &form, one, sizeof(one) - 1);
	form.ids = subids_join(form.ids, second);
	expect(&set, &form, two, sizeof(two) - 1);
	form.ids = subids_join(form.ids, NULL);
	assert_int_equal(subids_len(form.ids), 5);
	subids_put(form.ids);
	subids_put(second);

	/* more forms than are kept at a time */
	for (i = 1; i <= 3 * RUN_FORMS; i++) {
		form.ids = subids_new(i);
		assert_int_equal(run_set_get(&set, &form)->frames[18], i);
		assert_true(set.nr <= RUN_FORMS);
		subids_put(form.ids);
	}
	run_set_exit(&set);
}

static void test_message_properties(void **state)
{
	/* expiry, format, alias */
	static const uint8_t block[] = "\xa\2\0\0\0\x3c\1\1#\0\1";
	struct reader r = { block, block + sizeof(block) - 1, false };
	struct properties props;
	struct message *msg;

	(void)state;
	assert_int_equal(read_properties(&r, PUBLISH, &props), REASON_SUCCESS);
	msg = message_new("a/b", 3, "x", 1, 0, &props);
	assert_non_null(msg);
	assert_int_equal(msg->frame_len, 8);
	assert_memory_equal(msg->frame, v4, 8);
	assert_int_equal(msg->props_len, 2);
	assert_memory_equal(message_props(msg), "\1\1", 2);
	assert_int_equal(message_lifetime(msg), 60);
	assert_false(message_expired(msg));
	message_put(msg);

	props.message_expiry = 0;
	msg = message_new("a/b", 3, "x", 1, 0, &props);
	if (msg->expires)
		assert_true(message_expired(msg));
	message_put(msg);
}

static void test_share_filter(void **state)
{
	static const struct {
		const char *filter;
		size_t begin;
	} cases[] = {
		{ "$share/g/t", 9 },
		{ "$share/g//t", 9 },
		{ "$share/g/#", 9 },
		{ "$share/g/", 0 },
		{ "$share/g", 0 },
		{ "$share//t", 0 },
		{ "$share/", 0 },
		{ "$share/a+/t", 0 },
		{ "$share/#/t", 0 },
		{ "$share/g/a#", 0 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(topic_share_filter(cases[i].filter,
						    strlen(cases[i].filter)),
				 cases[i].begin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_identifiers),
		cmocka_unit_test(test_message_properties),
		cmocka_unit_test(test_share_filter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
