/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_STATS_H
#define MQTTD_STATS_H

#include <stdint.h>

/**
 * struct stats - what the broker itself has seen and done
 * @connections: connections accepted by a listener
 * @connections_refused: connections closed because of max_connections
 * @clients: clients connected now
 * @publish_received: PUBLISH packets received
 * @publish_sent: PUBLISH packets queued for clients
 * @publish_dropped: messages dropped because a queue or buffer was full
 * @bytes_received: bytes received
 * @bytes_sent: bytes sent
 *
 * What the kernel data path forwards is in its own counters.
 */
struct stats {
	uint64_t connections;
	uint64_t connections_refused;
	uint64_t clients;
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint64_t bytes_received;
	uint64_t bytes_sent;
};

extern struct stats stats;

#endif /* MQTTD_STATS_H */
