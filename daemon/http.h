/* SPDX-License-Identifier: GPL-2.0 */
/* As much of HTTP/1.1 as opens a WebSocket, RFC 6455 4.2.1. */
#ifndef MQTTD_HTTP_H
#define MQTTD_HTTP_H

#include <stddef.h>

/* Length of a Sec-WebSocket-Key: 16 bytes in base64. */
#define HTTP_KEY_LEN		24
/* Longest answer. */
#define HTTP_ANSWER_MAX		256

/**
 * enum http_status - what a request is answered with
 */
enum http_status {
	HTTP_SWITCHING_PROTOCOLS	= 101,
	HTTP_BAD_REQUEST		= 400,
	HTTP_UPGRADE_REQUIRED		= 426,
	HTTP_HEADERS_TOO_LARGE		= 431,
};

/**
 * struct http_upgrade - a request for a WebSocket
 * @key: Sec-WebSocket-Key
 * @protocol: the subprotocol chosen of those offered
 */
struct http_upgrade {
	char key[HTTP_KEY_LEN + 1];
	const char *protocol;
};

/**
 * http_head_end() - is the head of a request complete?
 * @text: bytes received
 * @len: their number
 *
 * Return: length of the head with the empty line at its end, 0 while that is
 * not there.
 */
size_t http_head_end(const char *text, size_t len);

/**
 * http_upgrade_parse() - read the head of a request
 * @text: the head, see http_head_end()
 * @len: its length
 * @up: filled in
 *
 * Return: HTTP_SWITCHING_PROTOCOLS, or with what it is refused.
 */
enum http_status http_upgrade_parse(const char *text, size_t len,
				    struct http_upgrade *up);

/**
 * http_answer() - write the answer to a request
 * @status: result of http_upgrade_parse()
 * @up: what it read
 * @buf: room for HTTP_ANSWER_MAX bytes
 *
 * Return: length of the answer.
 */
size_t http_answer(enum http_status status, const struct http_upgrade *up,
		   char *buf);

#endif /* MQTTD_HTTP_H */
