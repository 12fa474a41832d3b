/* SPDX-License-Identifier: GPL-2.0 */
/* How fast a client may publish: a token bucket each for messages and bytes. */
#ifndef MQTTD_PUBLISH_LIMIT_H
#define MQTTD_PUBLISH_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "timer.h"

struct client;

/**
 * struct publish_limit - what a client may publish now
 * @client: the client
 * @timer: until it may go on
 * @messages: it may send, in thousandths; below 0 it has sent too much
 * @bytes: likewise
 * @last: loop_now() when these were right
 * @waiting: it has to wait
 * @kept: bytes received that wait with it
 * @len: their number
 * @cap: room in @kept
 */
struct publish_limit {
	struct client *client;
	struct timer timer;
	int64_t messages;
	int64_t bytes;
	uint64_t last;
	bool waiting;
	uint8_t *kept;
	size_t len;
	size_t cap;
};

/**
 * publish_limited() - are there limits?
 *
 * Return: true with max_publish_rate or max_publish_bytes.
 */
bool publish_limited(void);

/**
 * publish_limit_start() - hold a client to the limits, if there are any
 * @c: client, connected, and attached if it will be
 * @resume: called when it may go on after it had to wait
 */
void publish_limit_start(struct client *c, void (*resume)(struct timer *timer));

/**
 * publish_limit_charge() - a PUBLISH was received
 * @c: client with a limit
 * @len: length of the packet
 *
 * Return: false when the client was closed for it.
 */
bool publish_limit_charge(struct client *c, size_t len);

/**
 * publish_limit_over() - disconnect a client that publishes too fast
 * @c: client
 */
void publish_limit_over(struct client *c);

/**
 * publish_limit_wait() - must a PUBLISH wait?
 * @c: client with a limit
 *
 * Return: true if so; the timer says when it need not any longer.
 */
bool publish_limit_wait(struct client *c);

/**
 * publish_limit_keep() - keep what was received behind what waits
 * @c: client that waits
 * @p: the bytes
 * @len: their number
 */
void publish_limit_keep(struct client *c, const uint8_t *p, size_t len);

/**
 * publish_limit_free() - the client is freed
 * @c: client, with a limit or without
 */
void publish_limit_free(struct client *c);

#endif /* MQTTD_PUBLISH_LIMIT_H */
