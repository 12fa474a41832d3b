// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "acl.h"
#include "acl_class.h"
#include "topic.h"

static char error[512];

static struct acl *parse(const char *text)
{
	struct acl *acl = acl_parse("acl", text, strlen(text), error,
				    sizeof(error));

	if (!acl)
		fail_msg("%s", error);
	return acl;
}

static bool allows(const struct acl *acl, const char *user, const char *id,
		   enum acl_access access, const char *topic)
{
	struct acl_rules *rules = acl_rules(acl, user, id);
	bool allowed = acl_allows(rules, access, topic, strlen(topic));

	acl_rules_free(rules);
	return allowed;
}

static void test_sections(void **state)
{
	struct acl *acl = parse("# gateway\n"
				"topic read news/#\n"
				"user alice\n"
				"topic home/+/temp\n"
				"topic write cmd\n"
				"user bob smith\n"
				"topic readwrite read\n"
				"topic write a b/c\n"
				"topic write\n"
				"user alice\n"
				"topic read late\n");

	(void)state;
	assert_true(allows(acl, NULL, "x", ACL_READ, "news/a"));
	assert_false(allows(acl, NULL, "x", ACL_WRITE, "news/a"));
	assert_false(allows(acl, NULL, "x", ACL_READ, "home/a/temp"));
	assert_false(allows(acl, "alice", "x", ACL_READ, "news/a"));
	assert_true(allows(acl, "alice", "x", ACL_READ, "home/a/temp"));
	assert_true(allows(acl, "alice", "x", ACL_WRITE, "home/a/temp"));
	assert_true(allows(acl, "alice", "x", ACL_WRITE, "cmd"));
	assert_false(allows(acl, "alice", "x", ACL_READ, "cmd"));
	assert_true(allows(acl, "alice", "x", ACL_READ, "late"));
	assert_true(allows(acl, "bob smith", "x", ACL_READ, "read"));
	assert_true(allows(acl, "bob smith", "x", ACL_WRITE, "a b/c"));
	assert_true(allows(acl, "bob smith", "x", ACL_READ, "write"));
	assert_false(allows(acl, "bob", "x", ACL_READ, "read"));
	assert_false(allows(acl, "carol", "x", ACL_READ, "news/a"));
	acl_free(acl);
}

static void test_order(void **state)
{
	struct acl *acl = parse("user alice\n"
				"topic a/#\n"
				"topic deny a/secret\n"
				"pattern deny a/b\n"
				"pattern deny p/x\n"
				"pattern p/#\n"
				"pattern a/secret\n");

	(void)state;
	assert_true(allows(acl, "alice", "x", ACL_READ, "a/b"));
	assert_false(allows(acl, "alice", "x", ACL_READ, "a/secret"));
	assert_false(allows(acl, "alice", "x", ACL_WRITE, "a/secret"));
	assert_true(allows(acl, "bob", "x", ACL_WRITE, "a/secret"));
	assert_false(allows(acl, "bob", "x", ACL_READ, "p/x"));
	assert_true(allows(acl, "bob", "x", ACL_READ, "p/y"));
	acl_free(acl);
}

static void test_patterns(void **state)
{
	struct acl *acl = parse("pattern write dev/%c/#\n"
				"pattern read user/%u/%c%c\n");

	(void)state;
	assert_true(allows(acl, NULL, "d1", ACL_WRITE, "dev/d1/x"));
	assert_false(allows(acl, NULL, "d1", ACL_WRITE, "dev/d2/x"));
	assert_false(allows(acl, NULL, "d1", ACL_READ, "user/%u/d1d1"));
	assert_true(allows(acl, "alice", "d1", ACL_READ, "user/alice/d1d1"));
	assert_true(allows(acl, "", "d1", ACL_READ, "user//d1d1"));
	/* no client makes itself a wildcard */
	assert_false(allows(acl, NULL, "+", ACL_WRITE, "dev/d1/x"));
	assert_false(allows(acl, NULL, "#", ACL_WRITE, "dev/#/x"));
	assert_false(allows(acl, "+", "d1", ACL_READ, "user/alice/d1d1"));
	acl_free(acl);
}

static void assert_refused(const char *text, const char *message)
{
	assert_null(acl_parse("acl", text, strlen(text), error, sizeof(error)));
	assert_string_equal(error, message);
}

static void test_malformed(void **state)
{
	(void)state;
	assert_refused("topic a\nuser\n", "acl:2: user: value missing");
	assert_refused("topic\n", "acl:1: topic: value missing");
	assert_refused("\ngroup x\n",
		       "acl:2: \"group\" is none of user, topic, pattern");
	assert_refused("topic reed a/b\n",
		       "acl:1: \"reed\" is none of read, write, readwrite, deny");
	assert_refused("topic read a/#/b\n",
		       "acl:1: invalid topic filter \"a/#/b\"");
	assert_refused("pattern write a+\n",
		       "acl:1: invalid topic filter \"a+\"");
	assert_null(acl_parse("acl", "topic a\0b\n", 10, error, sizeof(error)));
	assert_string_equal(error, "acl:1: null byte in line");
	assert_null(acl_read("/nonexistent", error, sizeof(error)));
	assert_string_equal(error, "/nonexistent: No such file or directory");
}

static void assert_key(const struct acl *acl, const char *user, const char *id,
		       enum acl_access access, const char *filter,
		       const char *want, size_t want_len)
{
	struct acl_rules *rules = acl_rules(acl, user, id);
	size_t len;
	char *key = acl_key(rules, access, filter, strlen(filter), &len);

	assert_int_equal(len, want_len);
	assert_memory_equal(key, want, len);
	free(key);
	acl_rules_free(rules);
}

/* What decides is how few groups there are. */
static void test_keys(void **state)
{
	struct acl *acl = parse("topic deny news/x\n"
				"topic read news/y\n"
				"topic read news/#\n"
				"topic deny other\n"
				"pattern read dev/%c/#\n");

	(void)state;
	assert_key(acl, NULL, "d1", ACL_READ, "news/+", "-news/x\0+", 9);
	assert_key(acl, NULL, "d1", ACL_READ, "news/z", "+", 1);
	assert_key(acl, NULL, "d1", ACL_READ, "news/x", "", 0);
	assert_key(acl, NULL, "d1", ACL_WRITE, "news/+", "", 0);
	assert_key(acl, NULL, "d1", ACL_READ, "other", "", 0);
	assert_key(acl, NULL, "d1", ACL_READ, "dev/d1/temp", "+", 1);
	assert_key(acl, NULL, "d2", ACL_READ, "dev/d1/temp", "", 0);
	assert_key(acl, NULL, "d1", ACL_READ, "dev/+/temp", "+dev/d1/#", 10);
	acl_free(acl);
}

static const char *const filters[] = {
	"a", "b", "+", "#", "a/#", "a/+", "+/b", "a/b", "b/#", "$s/#",
};
static const char *const topics[] = {
	"a", "b", "c", "a/a", "a/b", "b/b", "c/b", "a/b/c", "b/a", "$s/a",
};
#define COUNT(x)	(sizeof(x) / sizeof((x)[0]))

static struct acl *random_acl(void)
{
	static const char *const access[] = {
		"read", "write", "readwrite", "deny",
	};
	char text[512];
	char *p = text;
	int lines = 1 + rand() % 5;

	while (lines--)
		p += sprintf(p, "%s %s %s\n", rand() % 3 ? "topic" : "pattern",
			     access[rand() % COUNT(access)],
			     filters[rand() % COUNT(filters)]);
	*p = '\0';
	return parse(text);
}

/* Equal keys: equal verdicts on every topic of the filter. */
static void test_keys_and_verdicts(void **state)
{
	unsigned int equal = 0;
	int round;

	(void)state;
	srand(7);
	for (round = 0; round < 20000; round++) {
		const char *filter = filters[rand() % COUNT(filters)];
		struct acl *a = random_acl();
		struct acl *b = random_acl();
		struct acl_rules *ra = acl_rules(a, NULL, "x");
		struct acl_rules *rb = acl_rules(b, NULL, "x");
		size_t la, lb, i;
		char *ka = acl_key(ra, ACL_READ, filter, strlen(filter), &la);
		char *kb = acl_key(rb, ACL_READ, filter, strlen(filter), &lb);
		bool same = la == lb && !memcmp(ka, kb, la);

		equal += same;
		for (i = 0; i < COUNT(topics); i++) {
			size_t n = strlen(topics[i]);
			bool x = acl_allows(ra, ACL_READ, topics[i], n);

			if (!topic_matches(filter, strlen(filter), topics[i], n))
				continue;
			assert_int_equal(x, acl_key_allows(ka, la, topics[i],
							   n));
			if (same)
				assert_int_equal(x, acl_allows(rb, ACL_READ,
							       topics[i], n));
			if (!la)
				assert_false(x);
			if (la == 1 && *ka == '+')
				assert_true(x);
		}
		free(ka);
		free(kb);
		acl_rules_free(ra);
		acl_rules_free(rb);
		acl_free(a);
		acl_free(b);
	}
	assert_true(equal > 1000);
}

/* Whatever the topic begins with. */
static void test_keys_of_all_topics(void **state)
{
	unsigned int equal = 0;
	int round;

	(void)state;
	srand(8);
	for (round = 0; round < 5000; round++) {
		struct acl *acl = random_acl();
		struct acl_rules *rules = acl_rules(acl, NULL, "x");
		size_t i, len;
		char *key = acl_key(rules, ACL_WRITE, NULL, 0, &len);

		for (i = 0; i < COUNT(topics); i++) {
			size_t n = strlen(topics[i]);

			assert_int_equal(acl_allows(rules, ACL_WRITE,
						    topics[i], n),
					 acl_key_allows(key, len, topics[i],
							n));
			equal++;
		}
		free(key);
		acl_rules_free(rules);
		acl_free(acl);
	}
	assert_true(equal);
}

/* A class is the same object for who may publish the same, and no other. */
static void test_classes(void **state)
{
	struct acl_class *a = acl_class_get("+a", 3);
	struct acl_class *b = acl_class_get("+b", 3);
	struct acl_class *again = acl_class_get("+a", 3);
	uint32_t id = a->id;

	(void)state;
	assert_ptr_equal(a, again);
	assert_int_not_equal(a->id, b->id);
	assert_int_not_equal(a->id, 0);
	assert_int_equal(acl_class_id(NULL), 0);
	assert_true(acl_class_allows(a, "a", 1));
	assert_false(acl_class_allows(a, "b", 1));
	assert_true(acl_class_allows(NULL, "b", 1));
	acl_class_put(a);
	acl_class_put(again);
	/* never given twice */
	a = acl_class_get("+a", 3);
	assert_int_not_equal(a->id, id);
	acl_class_put(a);
	acl_class_put(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_keys_and_verdicts),
		cmocka_unit_test(test_keys_of_all_topics),
		cmocka_unit_test(test_classes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
