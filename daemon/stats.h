/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_STATS_H
#define MQTTD_STATS_H

#include <stdint.h>

/**
 * struct stats - what the broker itself has seen and done
 * @connections: connections accepted by a listener
 * @connections_refused: connections closed because of max_connections
 * @connections_per_address_refused: because of max_connections_per_address
 * @connect_rate_refused: because of connect_rate
 * @connect_timeouts: connections closed because CONNECT did not come in time
 * @topics_refused: topics and filters above max_topic_length or max_topic_levels
 * @subscriptions_refused: subscriptions above max_subscriptions
 * @tls_handshakes: TLS handshakes completed
 * @tls_failures: TLS handshakes that failed
 * @tls_kernel: connections of which the kernel does TLS
 * @tls_daemon: connections of which the daemon does
 * @publish_rate_waits: times that a client had to wait because of
 *	max_publish_rate or max_publish_bytes
 * @publish_rate_disconnects: clients disconnected because of them
 * @connects: CONNECT packets received
 * @clients: clients connected now
 * @clients_max: most clients connected at a time
 * @clients_expired: sessions without a connection that have expired
 * @publish_received: PUBLISH packets received
 * @publish_sent: PUBLISH packets queued for clients
 * @publish_dropped: messages dropped because a queue or buffer was full
 * @publish_denied: messages that their publishers may not publish
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
	uint64_t connections_per_address_refused;
	uint64_t connect_rate_refused;
	uint64_t connect_timeouts;
	uint64_t topics_refused;
	uint64_t subscriptions_refused;
	uint64_t tls_handshakes;
	uint64_t tls_failures;
	uint64_t tls_kernel;
	uint64_t tls_daemon;
	uint64_t publish_rate_waits;
	uint64_t publish_rate_disconnects;
	uint64_t connects;
	uint64_t clients;
	uint64_t clients_max;
	uint64_t clients_expired;
	uint64_t publish_received;
	uint64_t publish_sent;
	uint64_t publish_dropped;
	uint64_t publish_denied;
	uint64_t received[16];
	uint64_t sent[16];
	uint64_t retained_dropped;
	uint64_t inflight;
	uint64_t bytes_received;
	uint64_t bytes_sent;
};

extern struct stats stats;

#endif /* MQTTD_STATS_H */
