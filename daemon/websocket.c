// SPDX-License-Identifier: GPL-2.0
#include "websocket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "client.h"
#include "conf.h"
#include "http.h"
#include "packet.h"
#include "transport.h"
#include "util.h"

/* Frames are passed on as they come, so their length costs nothing. */
#define MESSAGE_MAX	(1u << 20)
#define PIECES_MAX	64u
#define FIN_BINARY	(0x80 | WSLAY_BINARY_FRAME)
#define LEN_16		126
#define LEN_64		127

/**
 * struct websocket - a WebSocket
 * @layer: its place
 * @ctx: frames, NULL before the request was answered
 * @head: head of the request, as far as it has been received
 * @head_len: bytes of it
 * @in: bytes for @ctx
 * @in_len: their number
 * @control: the present frame is a control frame
 * @closed: the end has been said, nothing follows
 */
struct websocket {
	struct transport_layer layer;
	wslay_event_context_ptr ctx;
	char *head;
	size_t head_len;
	const uint8_t *in;
	size_t in_len;
	bool control;
	bool closed;
};

static struct websocket *websocket(struct transport_layer *l)
{
	return container_of(l, struct websocket, layer);
}

static ssize_t ws_recv(wslay_event_context_ptr ctx, uint8_t *buf, size_t len,
		       int flags, void *arg)
{
	struct websocket *ws = arg;

	(void)flags;
	if (!ws->in_len) {
		wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	len = min_t(size_t, len, ws->in_len);
	memcpy(buf, ws->in, len);
	ws->in += len;
	ws->in_len -= len;
	return (ssize_t)len;
}

/* What wslay sends by itself: pongs, and the end. */
static ssize_t ws_send(wslay_event_context_ptr ctx, const uint8_t *buf,
		       size_t len, int flags, void *arg)
{
	struct iovec iov = { (void *)buf, len };
	struct websocket *ws = arg;

	(void)ctx;
	(void)flags;
	transport_pass(&ws->layer, &iov, 1);
	return (ssize_t)len;
}

/* [MQTT-6.0.0-1] */
static void ws_frame_start(wslay_event_context_ptr ctx,
			   const struct wslay_event_on_frame_recv_start_arg *arg,
			   void *user)
{
	struct websocket *ws = user;

	ws->control = wslay_is_ctrl_frame(arg->opcode);
	if (arg->opcode != WSLAY_TEXT_FRAME)
		return;
	wslay_event_queue_close(ctx, WSLAY_CODE_UNSUPPORTED_DATA, NULL, 0);
	wslay_event_shutdown_read(ctx);
}

/*
 * Frames and packets have nothing to do with each other [MQTT-6.0.0-2]. Of
 * control frames wslay makes what there is to make.
 */
static void ws_frame_chunk(wslay_event_context_ptr ctx,
			   const struct wslay_event_on_frame_recv_chunk_arg *arg,
			   void *user)
{
	struct websocket *ws = user;

	if (!ws->control && wslay_event_get_read_enabled(ctx))
		transport_deliver(&ws->layer, arg->data, arg->data_length);
}

static int ws_open(struct websocket *ws)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = ws_recv,
		.send_callback = ws_send,
		.on_frame_recv_start_callback = ws_frame_start,
		.on_frame_recv_chunk_callback = ws_frame_chunk,
	};
	int rc = wslay_event_context_server_init(&ws->ctx, &callbacks, ws);

	if (rc)
		return rc;
	wslay_event_config_set_no_buffering(ws->ctx, 1);
	wslay_event_config_set_max_recv_msg_length(ws->ctx,
						   max_t(uint64_t, MESSAGE_MAX,
							 config.max_packet_size +
							 PACKET_HEADER_MAX));
	return 0;
}

static void ws_pass(struct websocket *ws, const char *text, size_t len)
{
	struct iovec iov = { (void *)text, len };

	transport_pass(&ws->layer, &iov, 1);
}

/* Where wslay sees no frame at all it gives no reason when it ends. */
static int ws_not_a_frame(struct websocket *ws)
{
	static const char end[] = {
		(char)(0x80 | WSLAY_CONNECTION_CLOSE), 2,
		WSLAY_CODE_PROTOCOL_ERROR >> 8,
		(char)(WSLAY_CODE_PROTOCOL_ERROR & 0xff),
	};

	ws_pass(ws, end, sizeof(end));
	wslay_event_shutdown_read(ws->ctx);
	return 0;
}

static void ws_frames(struct websocket *ws, const uint8_t *p, size_t len)
{
	struct client *c = ws->layer.client;
	int rc;

	ws->in = p;
	ws->in_len = len;
	rc = wslay_event_recv(ws->ctx);
	ws->in_len = 0;
	if (rc == WSLAY_ERR_CALLBACK_FAILURE)
		rc = ws_not_a_frame(ws);
	else if (!rc && wslay_event_want_write(ws->ctx))
		rc = wslay_event_send(ws->ctx);
	if (rc) {
		client_close(c, END_LOST, "WebSocket: out of memory");
		return;
	}
	if (wslay_event_get_read_enabled(ws->ctx))
		return;
	ws->closed = true;
	if (wslay_event_get_close_received(ws->ctx))
		transport_end(&ws->layer);
	else
		client_close(c, END_ABNORMAL,
			     "WebSocket: not a frame that is allowed");
}

static void ws_refuse(struct websocket *ws, enum http_status status)
{
	char answer[HTTP_ANSWER_MAX];

	ws_pass(ws, answer, http_answer(status, NULL, answer));
	client_close(ws->layer.client, END_ABNORMAL,
		     "not a request for a WebSocket");
}

/* Returns false when it has been refused. */
static bool ws_accept(struct websocket *ws, size_t len)
{
	enum http_status status;
	struct http_upgrade up;
	char answer[HTTP_ANSWER_MAX];

	status = http_upgrade_parse(ws->head, len, &up);
	if (status != HTTP_SWITCHING_PROTOCOLS) {
		ws_refuse(ws, status);
		return false;
	}
	len = http_answer(status, &up, answer);
	if (!len || ws_open(ws)) {
		client_close(ws->layer.client, END_LOST,
			     "WebSocket: out of memory");
		return false;
	}
	ws_pass(ws, answer, len);
	return true;
}

/* Takes of the bytes what belongs to the head, and returns their number. */
static size_t ws_head(struct websocket *ws, const uint8_t *p, size_t len)
{
	size_t before = ws->head_len;
	size_t n = min_t(size_t, len, config.websockets_headers_size - before);
	size_t end;

	ws->head = xrealloc(ws->head, before + n);
	memcpy(ws->head + before, p, n);
	ws->head_len += n;
	end = http_head_end(ws->head, ws->head_len);
	if (!end) {
		if (ws->head_len == config.websockets_headers_size)
			ws_refuse(ws, HTTP_HEADERS_TOO_LARGE);
		return len;
	}
	if (!ws_accept(ws, end))
		return len;
	free(ws->head);
	ws->head = NULL;
	return end - before;
}

static void ws_input(struct transport_layer *l, const uint8_t *p, size_t len)
{
	struct websocket *ws = websocket(l);

	if (!ws->ctx) {
		size_t n = ws_head(ws, p, len);

		p += n;
		len -= n;
	}
	if (len && l->client->state != CLIENT_CLOSING)
		ws_frames(ws, p, len);
}

/* One frame; as wslay's are passed on whole, none gets into another. */
static void ws_output(struct transport_layer *l, const struct iovec *iov,
		      unsigned int n)
{
	struct iovec pieces[PIECES_MAX];
	uint8_t head[10] = { FIN_BINARY };
	unsigned int taken = min_t(unsigned int, n, PIECES_MAX - 1);
	size_t head_len = 2;
	uint64_t len = 0;
	unsigned int i;

	if (websocket(l)->closed)
		return;
	for (i = 0; i < taken; i++) {
		pieces[i + 1] = iov[i];
		len += iov[i].iov_len;
	}
	if (len < LEN_16) {
		head[1] = (uint8_t)len;
	} else if (len <= UINT16_MAX) {
		head[1] = LEN_16;
		head_len = 4;
	} else {
		head[1] = LEN_64;
		head_len = 10;
	}
	for (i = 2; i < head_len; i++)
		head[i] = (uint8_t)(len >> 8 * (head_len - 1 - i));
	pieces[0].iov_base = head;
	pieces[0].iov_len = head_len;
	transport_pass(l, pieces, taken + 1);
	if (n > taken)
		ws_output(l, iov + taken, n - taken);
}

static void ws_close(struct transport_layer *l)
{
	struct websocket *ws = websocket(l);

	if (ws->closed || !ws->ctx)
		return;
	ws->closed = true;
	wslay_event_queue_close(ws->ctx, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0);
	wslay_event_send(ws->ctx);
}

static void ws_free(struct transport_layer *l)
{
	struct websocket *ws = websocket(l);

	if (ws->ctx)
		wslay_event_context_free(ws->ctx);
	free(ws->head);
	free(ws);
}

static const struct transport_ops websocket_ops = {
	.name = "websockets",
	.input = ws_input,
	.output = ws_output,
	.close = ws_close,
	.free = ws_free,
};

void websocket_push(struct client *c)
{
	struct websocket *ws = xcalloc(1, sizeof(*ws));

	ws->layer.ops = &websocket_ops;
	transport_push(c, &ws->layer);
}
