// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <cmocka.h>

#include "conf.h"
#include "peer.h"
#include "util.h"

static struct sockaddr_storage address(const char *text)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in = (void *)&ss;
	struct sockaddr_in6 *in6 = (void *)&ss;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		ss.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		ss.ss_family = AF_INET6;
	return ss;
}

static enum peer_verdict take(const char *text, uint64_t now, struct peer **peer)
{
	struct sockaddr_storage ss = address(text);

	return peer_take(&ss, now, peer);
}

static void test_rate(void **state)
{
	struct peer *peer;
	int i;

	(void)state;
	config.max_connections_per_address = -1;
	config.connect_rate = 2;
	config.connect_burst = 5;
	for (i = 0; i < 5; i++) {
		assert_int_equal(take("192.0.2.1", 1000, &peer), PEER_TAKEN);
		peer_closed(peer);
	}
	assert_int_equal(take("192.0.2.1", 1000, &peer), PEER_TOO_FAST);
	assert_null(peer);
	assert_int_equal(take("192.0.2.2", 1000, &peer), PEER_TAKEN);
	peer_closed(peer);
	/* another family, the same bytes */
	assert_int_equal(take("c000:201::", 1000, &peer), PEER_TAKEN);
	peer_closed(peer);
	assert_int_equal(take("192.0.2.1", 1499, &peer), PEER_TOO_FAST);
	assert_int_equal(take("192.0.2.1", 1500, &peer), PEER_TAKEN);
	peer_closed(peer);
	assert_int_equal(take("192.0.2.1", 1501, &peer), PEER_TOO_FAST);
	/* no more than the burst is saved up */
	for (i = 0; i < 5; i++) {
		assert_int_equal(take("192.0.2.1", 90000, &peer), PEER_TAKEN);
		peer_closed(peer);
	}
	assert_int_equal(take("192.0.2.1", 90000, &peer), PEER_TOO_FAST);
	peers_exit();
}

static void test_connections(void **state)
{
	struct peer *peers[3];
	struct peer *peer;

	(void)state;
	config.connect_rate = 0;
	config.connect_burst = 0;
	config.max_connections_per_address = 2;
	assert_int_equal(take("::1", 1, &peers[0]), PEER_TAKEN);
	assert_int_equal(take("::1", 1, &peers[1]), PEER_TAKEN);
	assert_ptr_equal(peers[0], peers[1]);
	assert_int_equal(take("::1", 1, &peer), PEER_TOO_MANY);
	assert_int_equal(take("::2", 1, &peers[2]), PEER_TAKEN);
	/* who has no address has no limit */
	assert_int_equal(take("unix", 1, &peer), PEER_TAKEN);
	assert_null(peer);
	peer_closed(peer);
	peer_closed(peers[0]);
	assert_int_equal(take("::1", 2, &peers[0]), PEER_TAKEN);
	assert_int_equal(take("::1", 2, &peer), PEER_TOO_MANY);
	peer_closed(peers[0]);
	peer_closed(peers[1]);
	peer_closed(peers[2]);
	peers_exit();
}

/* An attacker with many addresses is not remembered without a bound. */
static void test_many(void **state)
{
	struct sockaddr_storage ss = address("10.0.0.0");
	struct sockaddr_in *in = (void *)&ss;
	struct peer *peer;
	uint32_t i;

	(void)state;
	config.connect_rate = 1;
	config.connect_burst = 1;
	config.max_connections_per_address = -1;
	for (i = 0; i < 20000; i++) {
		in->sin_addr.s_addr = htonl(0x0a000000 + i);
		assert_int_equal(peer_take(&ss, 1, &peer), PEER_TAKEN);
		peer_closed(peer);
	}
	assert_int_equal(peer_take(&ss, 1, &peer), PEER_TOO_FAST);
	/* the first ones have been forgotten */
	assert_int_equal(take("10.0.0.0", 1, &peer), PEER_TAKEN);
	peer_closed(peer);
	peers_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_many),
	};

	hash_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
