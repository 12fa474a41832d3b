// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"
#include "topic.h"

static bool matches(const char *filter, const char *topic)
{
	return topic_matches(filter, strlen(filter), topic, strlen(topic));
}

static bool name_valid(const char *topic)
{
	return topic_name_valid(topic, strlen(topic));
}

static bool filter_valid(const char *filter)
{
	return topic_filter_valid(filter, strlen(filter));
}

/* The examples of MQTT 4.7.1, and what lies next to them. */
static void test_matches(void **state)
{
	(void)state;
	assert_true(matches("sport/tennis/player1/#", "sport/tennis/player1"));
	assert_true(matches("sport/tennis/player1/#",
			    "sport/tennis/player1/ranking"));
	assert_true(matches("sport/tennis/player1/#",
			    "sport/tennis/player1/score/wimbledon"));
	assert_true(matches("sport/#", "sport"));
	assert_true(matches("#", "sport/tennis"));
	assert_true(matches("#", "/"));
	assert_true(matches("sport/tennis/+", "sport/tennis/player1"));
	assert_false(matches("sport/tennis/+", "sport/tennis/player1/ranking"));
	assert_false(matches("sport/+", "sport"));
	assert_true(matches("sport/+", "sport/"));
	assert_true(matches("+/+", "/finance"));
	assert_true(matches("/+", "/finance"));
	assert_false(matches("+", "/finance"));
	assert_true(matches("a//b", "a//b"));
	assert_true(matches("a/+/b", "a//b"));
	assert_false(matches("a/b", "a//b"));
	assert_false(matches("a/b/", "a/b"));
	assert_false(matches("a/b", "a/b/"));
	assert_false(matches("A", "a"));
	assert_false(matches("sport", "sports"));
	assert_false(matches("sports", "sport"));
	assert_false(matches("sport/#", "sports"));
	assert_true(matches("+/#", "a"));
	assert_true(matches("+/#", "a/b/c"));
}

static void test_dollar(void **state)
{
	(void)state;
	assert_false(matches("#", "$SYS/a"));
	assert_false(matches("+/a", "$SYS/a"));
	assert_true(matches("$SYS/#", "$SYS/a"));
	assert_true(matches("$SYS/+", "$SYS/a"));
	assert_true(matches("a/+", "a/$b"));
	assert_true(matches("a/#", "a/$b"));
	assert_true(topic_reserved("$SYS", 4));
	assert_true(topic_reserved("$SYS/x", 6));
	assert_true(topic_reserved("$CONTROL/x", 10));
	assert_false(topic_reserved("$SYSTEM", 7));
	assert_false(topic_reserved("$other", 6));
	assert_true(topic_filter_shared("$share/g/t", 10));
	assert_false(topic_filter_shared("$shared/g", 9));
}

static void test_names(void **state)
{
	(void)state;
	assert_true(name_valid("a"));
	assert_true(name_valid("/"));
	assert_true(name_valid("a b/c"));
	assert_false(name_valid(""));
	assert_false(name_valid("#"));
	assert_false(name_valid("a/+"));
	assert_false(name_valid("a+b"));
	assert_false(name_valid("a/b#"));
}

static void test_filters(void **state)
{
	(void)state;
	assert_true(filter_valid("#"));
	assert_true(filter_valid("+"));
	assert_true(filter_valid("/#"));
	assert_true(filter_valid("a/+/b/#"));
	assert_true(filter_valid("+/+"));
	assert_true(filter_valid("a//b"));
	assert_false(filter_valid(""));
	assert_false(filter_valid("a#"));
	assert_false(filter_valid("a/#/b"));
	assert_false(filter_valid("#/a"));
	assert_false(filter_valid("##"));
	assert_false(filter_valid("a+"));
	assert_false(filter_valid("+a"));
	assert_false(filter_valid("a/+b/c"));
	assert_false(filter_valid("++"));
	assert_false(filter_valid("+#"));
}

static bool utf8(const char *s)
{
	return utf8_valid((const uint8_t *)s, strlen(s));
}

static void test_utf8(void **state)
{
	(void)state;
	assert_true(utf8(""));
	assert_true(utf8("plain"));
	assert_true(utf8("\xc2\x80"));
	assert_true(utf8("\xdf\xbf"));
	assert_true(utf8("\xe0\xa0\x80"));
	assert_true(utf8("\xed\x9f\xbf"));
	assert_true(utf8("\xee\x80\x80"));
	assert_true(utf8("\xef\xbb\xbf"));
	assert_true(utf8("\xef\xbf\xbf"));
	assert_true(utf8("\xf0\x90\x80\x80"));
	assert_true(utf8("\xf4\x8f\xbf\xbf"));

	assert_false(utf8_valid((const uint8_t *)"a\0b", 3));
	assert_false(utf8("\x80"));
	assert_false(utf8("\xc0\x80"));
	assert_false(utf8("\xc1\xbf"));
	assert_false(utf8("\xc2"));
	assert_false(utf8("\xc2 "));
	assert_false(utf8("\xe0\x9f\xbf"));
	assert_false(utf8("\xe2\x82"));
	assert_false(utf8("\xed\xa0\x80"));
	assert_false(utf8("\xed\xbf\xbf"));
	assert_false(utf8("\xf0\x8f\xbf\xbf"));
	assert_false(utf8("\xf0\x90\x80"));
	assert_false(utf8("\xf4\x90\x80\x80"));
	assert_false(utf8("\xf5\x80\x80\x80"));
	assert_false(utf8("\xff"));
}

/*
 * Against the definition: all filters and topics of up to three levels over a
 * small alphabet; what two filters have in common shows in these already.
 */
static const char *const parts[] = { "a", "b", "", "+", "#", "$s" };
#define PARTS	6
#define WORDS	(PARTS + PARTS * PARTS + PARTS * PARTS * PARTS)

static void word(unsigned int n, char *out)
{
	if (n < PARTS) {
		strcpy(out, parts[n]);
	} else if (n < PARTS + PARTS * PARTS) {
		n -= PARTS;
		sprintf(out, "%s/%s", parts[n / PARTS], parts[n % PARTS]);
	} else {
		n -= PARTS + PARTS * PARTS;
		sprintf(out, "%s/%s/%s", parts[n / PARTS / PARTS],
			parts[n / PARTS % PARTS], parts[n % PARTS]);
	}
}

static void test_filter_sets(void **state)
{
	static char words[WORDS][16];
	unsigned int i, j, k;

	(void)state;
	for (i = 0; i < WORDS; i++)
		word(i, words[i]);
	for (i = 0; i < WORDS; i++) {
		if (!filter_valid(words[i]))
			continue;
		for (j = 0; j < WORDS; j++) {
			bool overlap = false;
			bool covers = true;

			if (!filter_valid(words[j]))
				continue;
			for (k = 0; k < WORDS; k++) {
				bool x, y;

				/* "/#" has a parent without a name */
				if (words[k][0] && !name_valid(words[k]))
					continue;
				x = matches(words[i], words[k]);
				y = matches(words[j], words[k]);
				overlap |= x && y;
				covers &= x || !y;
			}
			if (topic_filters_overlap(words[i], strlen(words[i]),
						  words[j],
						  strlen(words[j])) != overlap)
				fail_msg("overlap of %s and %s", words[i],
					 words[j]);
			/* with four levels, "#" is more than three "+" */
			if (topic_filter_covers(words[i], strlen(words[i]),
						words[j],
						strlen(words[j])) != covers &&
			    !(covers && strchr(words[j], '#')))
				fail_msg("%s covering %s", words[i], words[j]);
		}
	}
	assert_false(topic_filter_covers("+/+/+", 5, "+/+/#", 5));
	assert_false(topic_filter_covers("a/+/+", 5, "a/#", 3));
	assert_false(topic_filter_covers("a/b/c", 5, "a/b/c/#", 7));
	assert_true(topic_filter_covers("a/#", 3, "a/+/c/#", 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_dollar),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_filter_sets),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
