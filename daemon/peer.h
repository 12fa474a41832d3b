/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses that connections come from, and how many of them there may be. */
#ifndef MQTTD_PEER_H
#define MQTTD_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct peer;

/**
 * enum peer_verdict - may a connection from an address be taken?
 *
 * @PEER_TAKEN: it is
 * @PEER_TOO_MANY: there are max_connections_per_address already
 * @PEER_TOO_FAST: they come faster than connect_rate
 */
enum peer_verdict {
	PEER_TAKEN,
	PEER_TOO_MANY,
	PEER_TOO_FAST,
};

/**
 * peer_accepted() - a connection was accepted
 * @fd: socket
 * @now: ms, see loop_now()
 * @peer: set to where it comes from when it is taken, or to NULL if no limit
 *	asks for that
 *
 * Return: the verdict.
 */
enum peer_verdict peer_accepted(int fd, uint64_t now, struct peer **peer);

/**
 * peer_take() - the same for an address
 * @ss: address; those of Unix sockets have no limits
 * @now: ms
 * @peer: see peer_accepted()
 *
 * Return: the verdict.
 */
enum peer_verdict peer_take(const struct sockaddr_storage *ss, uint64_t now,
			    struct peer **peer);

/**
 * peer_closed() - a connection that was taken has been closed
 * @peer: where it came from, or NULL
 */
void peer_closed(struct peer *peer);

/**
 * peers_exit() - forget all addresses
 */
void peers_exit(void);

#endif /* MQTTD_PEER_H */
