// SPDX-License-Identifier: GPL-2.0
#include "http.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "list.h"

#define WEBSOCKET_GUID	"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define SHA1_LEN	20

/**
 * struct piece - part of the head
 * @p: first byte
 * @len: its length
 */
struct piece {
	const char *p;
	size_t len;
};

/**
 * enum http_field - fields that matter; the others may say what they like
 */
enum http_field {
	FIELD_HOST,
	FIELD_UPGRADE,
	FIELD_CONNECTION,
	FIELD_KEY,
	FIELD_VERSION,
	FIELD_PROTOCOL,
	FIELD_CONTENT_LENGTH,
	FIELD_TRANSFER_ENCODING,
	FIELDS,
};

/**
 * struct head - what the head says
 * @fields: values of the fields, joined in @lists where they may be repeated
 * @seen: they are there
 * @upgrade: Upgrade names websocket
 * @connection: Connection names upgrade
 * @protocol: see struct http_upgrade
 */
struct head {
	struct piece fields[FIELDS];
	bool seen[FIELDS];
	bool upgrade;
	bool connection;
	const char *protocol;
};

size_t http_head_end(const char *text, size_t len)
{
	const char *end = memmem(text, len, "\r\n\r\n", 4);

	return end ? end + 4 - text : 0;
}

static bool token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is(struct piece piece, const char *word)
{
	return piece.len == strlen(word) &&
	       !strncasecmp(piece.p, word, piece.len);
}

static struct piece trim(struct piece piece)
{
	while (piece.len && (*piece.p == ' ' || *piece.p == '\t')) {
		piece.p++;
		piece.len--;
	}
	while (piece.len && (piece.p[piece.len - 1] == ' ' ||
			     piece.p[piece.len - 1] == '\t'))
		piece.len--;
	return piece;
}

/* Takes the next element of a list that is separated by commas. */
static bool next_element(struct piece *list, struct piece *element)
{
	const char *comma;

	if (!list->len)
		return false;
	comma = memchr(list->p, ',', list->len);
	element->p = list->p;
	element->len = comma ? (size_t)(comma - list->p) : list->len;
	list->len -= element->len + !!comma;
	list->p += element->len + !!comma;
	*element = trim(*element);
	return true;
}

static bool names(struct piece list, const char *word)
{
	struct piece element;

	while (next_element(&list, &element))
		if (is(element, word))
			return true;
	return false;
}

/* "mqtt" is the name since 3.1.1 [MQTT-6.0.0-4]; older clients have another. */
static void choose_protocol(struct head *head, struct piece list)
{
	struct piece element;

	while (next_element(&list, &element)) {
		if (is(element, "mqtt"))
			head->protocol = "mqtt";
		else if (is(element, "mqttv3.1") && !head->protocol)
			head->protocol = "mqttv3.1";
	}
}

/* Returns false for a field that may not be repeated, and is. */
static bool add_field(struct head *head, struct piece name, struct piece value)
{
	static const char * const fields[FIELDS] = {
		"Host", "Upgrade", "Connection", "Sec-WebSocket-Key",
		"Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
		"Content-Length", "Transfer-Encoding",
	};
	bool again;
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (is(name, fields[i]))
			break;
	if (i == FIELDS)
		return true;
	again = head->seen[i];
	head->seen[i] = true;
	head->fields[i] = value;
	switch (i) {
	case FIELD_UPGRADE:
		head->upgrade = head->upgrade || names(value, "websocket");
		return true;
	case FIELD_CONNECTION:
		head->connection = head->connection || names(value, "upgrade");
		return true;
	case FIELD_PROTOCOL:
		choose_protocol(head, value);
		return true;
	default:
		return !again;
	}
}

/* Takes a line, which has no control characters but tabs in it. */
static bool next_line(struct piece *rest, struct piece *line)
{
	const char *end = memmem(rest->p, rest->len, "\r\n", 2);
	size_t i;

	if (!end)
		return false;
	line->p = rest->p;
	line->len = end - rest->p;
	rest->len -= line->len + 2;
	rest->p = end + 2;
	for (i = 0; i < line->len; i++) {
		unsigned char c = line->p[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* Any path will do. */
static bool request_line(struct piece line)
{
	static const char version[] = " HTTP/1.1";
	size_t len = sizeof(version) - 1;

	if (line.len < 4 + 1 + len || memcmp(line.p, "GET /", 5) ||
	    memcmp(line.p + line.len - len, version, len))
		return false;
	return !memchr(line.p + 4, ' ', line.len - 4 - len) &&
	       !memchr(line.p + 4, '\t', line.len - 4 - len);
}

static bool field_line(struct head *head, struct piece line)
{
	const char *colon = memchr(line.p, ':', line.len);
	struct piece name = { line.p, 0 };
	struct piece value;
	size_t i;

	if (!colon || colon == line.p)
		return false;
	name.len = colon - line.p;
	for (i = 0; i < name.len; i++)
		if (!token_char(name.p[i]))
			return false;
	value.p = colon + 1;
	value.len = line.len - name.len - 1;
	return add_field(head, name, trim(value));
}

/* 16 bytes in base64, RFC 6455 4.2.1. */
static bool key_valid(struct piece key)
{
	uint8_t nonce[16];
	size_t len = sizeof(nonce);

	return key.len == HTTP_KEY_LEN &&
	       base64_decode(key.p, key.len, nonce, &len) &&
	       len == sizeof(nonce);
}

enum http_status http_upgrade_parse(const char *text, size_t len,
				    struct http_upgrade *up)
{
	struct piece rest = { text, len };
	struct head head = { 0 };
	struct piece line;

	memset(up, 0, sizeof(*up));
	if (!next_line(&rest, &line) || !request_line(line))
		return HTTP_BAD_REQUEST;
	for (;;) {
		if (!next_line(&rest, &line))
			return HTTP_BAD_REQUEST;
		if (!line.len)
			break;
		if (!field_line(&head, line))
			return HTTP_BAD_REQUEST;
	}
	if (rest.len || !head.seen[FIELD_HOST] ||
	    head.seen[FIELD_TRANSFER_ENCODING] ||
	    (head.seen[FIELD_CONTENT_LENGTH] &&
	     !is(head.fields[FIELD_CONTENT_LENGTH], "0")))
		return HTTP_BAD_REQUEST;
	if (!head.upgrade)
		return HTTP_UPGRADE_REQUIRED;
	if (head.seen[FIELD_VERSION] && !is(head.fields[FIELD_VERSION], "13"))
		return HTTP_UPGRADE_REQUIRED;
	/* [MQTT-6.0.0-3] */
	if (!head.connection || !head.seen[FIELD_VERSION] || !head.protocol ||
	    !key_valid(head.fields[FIELD_KEY]))
		return HTTP_BAD_REQUEST;
	memcpy(up->key, head.fields[FIELD_KEY].p, HTTP_KEY_LEN);
	up->protocol = head.protocol;
	return HTTP_SWITCHING_PROTOCOLS;
}

static size_t accept_answer(const struct http_upgrade *up, char *buf)
{
	char text[HTTP_KEY_LEN + sizeof(WEBSOCKET_GUID)];
	unsigned char hash[SHA1_LEN];
	char accept[BASE64_SIZE(SHA1_LEN)];
	int n;

	n = snprintf(text, sizeof(text), "%s" WEBSOCKET_GUID, up->key);
	if (gnutls_hash_fast(GNUTLS_DIG_SHA1, text, n, hash) ||
	    !base64_encode(hash, sizeof(hash), accept))
		return 0;
	return snprintf(buf, HTTP_ANSWER_MAX,
		     "HTTP/1.1 101 Switching Protocols\r\n"
		     "Upgrade: websocket\r\n"
		     "Connection: Upgrade\r\n"
		     "Sec-WebSocket-Accept: %s\r\n"
		     "Sec-WebSocket-Protocol: %s\r\n"
		     "\r\n", accept, up->protocol);
}

size_t http_answer(enum http_status status, const struct http_upgrade *up,
		   char *buf)
{
	const char *what = "400 Bad Request";
	const char *more = "";

	switch (status) {
	case HTTP_SWITCHING_PROTOCOLS:
		return accept_answer(up, buf);
	case HTTP_UPGRADE_REQUIRED:
		what = "426 Upgrade Required";
		more = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
		break;
	case HTTP_HEADERS_TOO_LARGE:
		what = "431 Request Header Fields Too Large";
		break;
	default:
		break;
	}
	return snprintf(buf, HTTP_ANSWER_MAX,
			"HTTP/1.1 %s\r\n"
			"Connection: close\r\n"
			"Content-Length: 0\r\n"
			"%s\r\n", what, more);
}
