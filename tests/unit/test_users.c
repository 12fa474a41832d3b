// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "password.h"
#include "scram_verifier.h"
#include "users.h"

/* Made by mosquitto_passwd 2.0.11, the second with -H sha512. */
#define HASH7 "$7$101$AjPGZqCztKt4psxk$YrYda6LbZHa46Chs4pDYJYue+ndIuZ07Lsoaa06VC7tFyigoFunm" \
	"TgskbCg0Fl3jLAQexky+Hx6gNdf4qKHQhg=="
#define HASH6 "$6$QH+X7nKOjPwVf3JD$1f3sNw6VUK2kmiaqrxJU9kMYBIMXTWj/kUJ5Xi49VmMidoOddctbukHH" \
	"xmDG9+2ok3ycpw8LvUpRYWf0Ubi3Hw=="

/* RFC 7677, section 3: the password is "pencil". */
#define SCRAM "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLm" \
	"tbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

static char error[512];

static struct users *parse(const char *text)
{
	return users_parse("passwd", text, strlen(text), error, sizeof(error));
}

static bool verify(const char *hash, const char *password)
{
	return password_verify(hash, password, strlen(password));
}

static void test_mosquitto_hashes(void **state)
{
	(void)state;
	assert_null(password_hash_error(HASH7));
	assert_true(verify(HASH7, "pass word"));
	assert_false(verify(HASH7, "pass wore"));
	assert_false(verify(HASH7, "pass"));
	assert_false(verify(HASH7, ""));
	assert_null(password_hash_error(HASH6));
	assert_true(verify(HASH6, "s3cret"));
	assert_false(verify(HASH6, "s3cre"));
	assert_false(verify(HASH6, "pass word"));
}

static void test_new_hash(void **state)
{
	char one[PASSWORD_HASH_MAX];
	char two[PASSWORD_HASH_MAX];

	(void)state;
	assert_int_equal(password_hash("a\0b", 3, one), 0);
	assert_int_equal(password_hash("a\0b", 3, two), 0);
	assert_null(password_hash_error(one));
	/* a salt of its own */
	assert_string_not_equal(one, two);
	assert_true(password_verify(one, "a\0b", 3));
	assert_true(password_verify(two, "a\0b", 3));
	assert_false(password_verify(one, "a\0c", 3));
	assert_false(password_verify(one, "a", 1));
}

static void test_scram_verifier(void **state)
{
	static const char * const bad[] = {
		"SCRAM-SHA-256$", "SCRAM-SHA-256$4096", "SCRAM-SHA-256$4095:AAAA$x:y",
		"SCRAM-SHA-256$4096:AAAA", "SCRAM-SHA-256$4096:$x:y",
		"SCRAM-SHA-256$4096:AAAA$AAAA:AAAA", "SCRAM-SHA-256$-4096:AAAA$x:y",
	};
	char hash[PASSWORD_HASH_MAX];
	size_t i;

	(void)state;
	assert_null(password_hash_error(SCRAM));
	assert_true(verify(SCRAM, "pencil"));
	assert_false(verify(SCRAM, "pencils"));
	assert_int_equal(scram_verifier_make("p", 1, hash, sizeof(hash)), 0);
	assert_null(password_hash_error(hash));
	assert_true(verify(hash, "p"));
	assert_false(verify(hash, ""));
	assert_int_equal(scram_verifier_make("p", 1, hash, 100), -ENOSPC);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(password_hash_error(bad[i]));
}

static void test_malformed_hashes(void **state)
{
	static const char *const wrong[] = {
		"", "secret", "$6$", "$6$c2FsdA==", "$6$c2FsdA==$",
		"$6$c2FsdA==$c2hvcnQ=", "$6$$", "$5$c2FsdA==$c2hvcnQ=",
		"$7$c2FsdA==$c2hvcnQ=", "$7$0$c2FsdA==$c2hvcnQ=",
		"$7$10000001$c2FsdA==$c2hvcnQ=", "$7$-1$c2FsdA==$c2hvcnQ=",
		"$argon2id$", "$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
		"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ",
		"$argon2id$v=19$m= 8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
		"$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$aGFzaA",
		"$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!password_hash_error(wrong[i]))
			fail_msg("accepted: %s", wrong[i]);
}

static void test_find(void **state)
{
	struct users *users = parse("# staff\n\nbob:" HASH6 "\n  alice:" HASH7
				    "\r\nal:" HASH6 "\n");

	(void)state;
	assert_non_null(users);
	assert_int_equal(users_count(users), 3);
	assert_string_equal(users_find(users, "alice", 5), HASH7);
	assert_string_equal(users_find(users, "al", 2), HASH6);
	assert_string_equal(users_find(users, "bobby", 3), HASH6);
	assert_null(users_find(users, "ali", 3));
	assert_null(users_find(users, "alice2", 6));
	assert_null(users_find(users, "", 0));
	assert_null(users_find(users, "zoe", 3));
	users_free(users);

	users = parse("");
	assert_non_null(users);
	assert_null(users_find(users, "alice", 5));
	users_free(users);
}

static void assert_refused(const char *text, const char *message)
{
	assert_null(parse(text));
	assert_string_equal(error, message);
}

static void test_malformed_file(void **state)
{
	(void)state;
	assert_refused("a:" HASH6 "\nnonsense\n", "passwd:2: not USER:HASH");
	assert_refused("\n:" HASH6 "\n", "passwd:2: not USER:HASH");
	assert_refused("a:plain\n",
		       "passwd:1: not a hash ($6$, $7$, $argon2id$ or SCRAM-SHA-256$)");
	assert_refused("\xff:" HASH6,
		       "passwd:1: user name is not UTF-8 of at most 65535 bytes");
	assert_refused("a:" HASH6 "\nb:" HASH6 "\na:" HASH7 "\n",
		       "passwd:3: user is in line 1 already");
	assert_null(users_parse("passwd", "a\0b", 3, error, sizeof(error)));
	assert_string_equal(error, "passwd:1: null byte in line");
	assert_null(users_read("/nonexistent", error, sizeof(error)));
	assert_string_equal(error, "/nonexistent: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mosquitto_hashes),
		cmocka_unit_test(test_new_hash),
		cmocka_unit_test(test_scram_verifier),
		cmocka_unit_test(test_malformed_hashes),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_malformed_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
