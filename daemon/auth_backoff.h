/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses from which wrong passwords came have to wait. */
#ifndef MQTTD_AUTH_BACKOFF_H
#define MQTTD_AUTH_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/**
 * auth_backoff_wait() - must an address wait before it may try again?
 * @ss: address; of IPv6 the /64 network counts
 * @now: ms, see loop_now()
 *
 * Return: ms left to wait, 0 if none.
 */
uint64_t auth_backoff_wait(const struct sockaddr_storage *ss, uint64_t now);

/**
 * auth_backoff_failed() - a password from an address was wrong
 * @ss: address
 * @now: ms
 *
 * The first three failures are free, each further one doubles the wait: 1 s,
 * 2 s, ... 60 s. Ten minutes after the last one they are forgotten.
 *
 * Return: failures in a row.
 */
unsigned int auth_backoff_failed(const struct sockaddr_storage *ss,
				 uint64_t now);

/**
 * auth_backoff_passed() - a password from an address was right
 * @ss: address
 */
void auth_backoff_passed(const struct sockaddr_storage *ss);

/**
 * auth_backoff_exit() - forget all addresses
 */
void auth_backoff_exit(void);

#endif /* MQTTD_AUTH_BACKOFF_H */
