// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http.h"

static const char request[] =
	"GET /chat HTTP/1.1\r\n"
	"Host: server.example.com\r\n"
	"Upgrade: websocket\r\n"
	"Connection: keep-alive, Upgrade\r\n"
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	"Sec-WebSocket-Protocol: chat,\tmqtt\r\n"
	"Sec-WebSocket-Version: 13\r\n"
	"\r\n";

/* From memory of its own, so that reading beyond it is found. */
static enum http_status parse(const char *text, size_t len,
			      struct http_upgrade *up)
{
	char *copy = malloc(len ? len : 1);
	enum http_status status;

	memcpy(copy, text, len);
	status = http_upgrade_parse(copy, len, up);
	free(copy);
	return status;
}

/* The example of RFC 6455 1.3. */
static void test_answer(void **state)
{
	static const char want[] =
		"HTTP/1.1 101 Switching Protocols\r\n"
		"Upgrade: websocket\r\n"
		"Connection: Upgrade\r\n"
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
		"Sec-WebSocket-Protocol: mqtt\r\n"
		"\r\n";
	char answer[HTTP_ANSWER_MAX];
	struct http_upgrade up;
	size_t len = sizeof(request) - 1;

	(void)state;
	assert_int_equal(http_head_end(request, len), len);
	assert_int_equal(parse(request, len, &up), HTTP_SWITCHING_PROTOCOLS);
	assert_string_equal(up.protocol, "mqtt");
	len = http_answer(HTTP_SWITCHING_PROTOCOLS, &up, answer);
	assert_int_equal(len, sizeof(want) - 1);
	assert_memory_equal(answer, want, len);
}

/* Cut anywhere it has no end, and is no request. */
static void test_cut(void **state)
{
	struct http_upgrade up;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(request) - 1; len++) {
		assert_int_equal(http_head_end(request, len), 0);
		assert_int_equal(parse(request, len, &up), HTTP_BAD_REQUEST);
	}
}

/* With any one byte changed it is answered somehow. */
static void test_changed(void **state)
{
	char answer[HTTP_ANSWER_MAX];
	char text[sizeof(request)];
	struct http_upgrade up;
	size_t i;
	int byte;

	(void)state;
	for (i = 0; i < sizeof(request) - 1; i++) {
		memcpy(text, request, sizeof(text));
		for (byte = 0; byte < 256; byte++) {
			enum http_status status;
			size_t len;

			text[i] = (char)byte;
			status = parse(text, sizeof(text) - 1, &up);
			len = http_answer(status, &up, answer);
			assert_in_range(len, 1, HTTP_ANSWER_MAX - 1);
			assert_memory_equal(answer, "HTTP/1.1 ", 9);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_changed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
