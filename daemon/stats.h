/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_STATS_H
#define MQTTD_STATS_H

#include <stdint.h>

/**
 * struct stats - what the broker itself has seen and done
 * @connections: connections accepted by a listener
 * @connections_refused: connections closed because of max_connections
 * @connects: CONNECT packets received
 * @clients: clients connected now
 * @clients_max: most clients connected at a time
 * @clients_expired: sessions without a connection that have expired
 * @publish_received: PUBLISH packets received
 * @publish_sent: PUBLISH packets queued for clients
 * @publish_dropped: messages dropped because a queue or buffer was full
 * @received: packets of the other types received, by type
 * @sent: packets of the other types queued for clients, by type
 * @retained_dropped: messages not retained because of retained_messages_max or
 *	retained_bytes_max
 * @inflight: QoS 1 and 2 messages that clients have not answered completely
 * @bytes_received: bytes received
 * @bytes_sent: bytes sent
 *
 * What the kernel data path forwards is in its own counters.
 */
struct stats {
	uint64_t connections;
	uint64_t connections_refused;
	uint64_t connects;
	uint64_t clients;
	uint64_t clients_max;
	uint64_t clients_expired;
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint64_t received[16];
	uint64_t sent[16];
	uint64_t retained_dropped;
	uint64_t inflight;
	uint64_t bytes_received;
	uint64_t bytes_sent;
};

extern struct stats stats;

#endif /* MQTTD_STATS_H */
