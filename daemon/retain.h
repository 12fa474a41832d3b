/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_RETAIN_H
#define MQTTD_RETAIN_H

#include <stddef.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "usage.h"

struct message;

/**
 * retain_init() - make the empty store of retained messages
 */
void retain_init(void);

/**
 * retain_exit() - free the store
 */
void retain_exit(void);

/**
 * retain_set() - retain a message for its topic
 * @topic: valid topic name
 * @len: its length
 * @msg: message, a reference is taken; NULL to forget the one retained
 *
 * Return: true if it is retained now, false also when there is no room for it.
 */
bool retain_set(const char *topic, size_t len, struct message *msg);

/**
 * retain_count() - number of retained messages
 *
 * Return: their number.
 */
uint32_t retain_count(void);

/**
 * retain_bytes() - payloads of what clients had retained
 *
 * Return: their length together.
 */
uint64_t retain_bytes(void);

/**
 * retain_usage() - memory of retained messages
 *
 * Return: all of them, with the tree that they are in.
 */
struct usage retain_usage(void);

/**
 * retain_match() - call a function for each retained message
 * @filter: valid topic filter
 * @len: its length
 * @fn: called with each message whose topic matches; must not change the store
 * @arg: passed to @fn
 */
void retain_match(const char *filter, size_t len,
		  void (*fn)(struct message *msg, void *arg), void *arg);

#endif /* MQTTD_RETAIN_H */
