/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: a unix stream socket on which local programs, mqttctl(8)
 * above all, ask the broker about its clients and itself.
 *
 * One JSON object per line in each direction. A request is
 *
 *	{"cmd":"status"}		or	{"cmd":"client"}
 *	{"cmd":"client","id":"ID"}	or	{"cmd":"reload"}
 *	{"cmd":"limits"}
 *
 * and is answered by one line, {"ok":true, ...} or
 * {"ok":false,"error":"text"}. Who may not ask gets only the latter. Requests on a
 * connection are answered in order.
 *
 * "status" answers with "version", "pid", "uptime" (s), "datapath" ("user" or
 * "kernel"), "clients" (connected), "connections" (open now),
 * "connections_accepted", "connections_refused", "tls_handshakes",
 * "tls_failures", "tls_kernel" and "tls_daemon" (connections since the start
 * of which the kernel, or the daemon, does TLS), "sessions", "subscriptions",
 * "retained", "publish_received", "publish_sent", "publish_dropped",
 * "bytes_received" and "bytes_sent"; with the kernel data path also "kernel",
 * an object with "version", "table_gen", "conns", "groups", "flows",
 * "packet_out" and "port_packets".
 *
 * "client" answers with "clients", an array with an object for every session
 * (or the one asked for): "id", "connected" (bool), "clean_session" (bool: it
 * ends with its connection), "protocol" (level), "session_expiry" (s, unless it
 * is 0 or has no end), "expires_in" (s) and "will_in" (s) of a session that
 * will expire and of one whose will is delayed, "subscriptions" (array of
 * {"filter","qos"}), "queued", "queued_bytes" (of their payloads), "inflight",
 * "inflight_bytes", "received", "sent", "dropped"; and while it is connected:
 * "address" (with port; of a Unix socket the peer's user and process),
 * "username" (verified where there is a password file), "transport" (unless it is
 * TCP alone: "tls 1.3 ktls" when the kernel does TLS, "tls 1.3 daemon" when the daemon does, and
 * "websockets" over these or alone), "cipher" (with TLS), "keepalive" (s), "conn"
 * (kernel conn id, 0: not attached), "output_bytes". What the kernel forwarded
 * for an attached client
 * is not in these counts but in those of its conn.
 *
 * "limits" answers with "limits", an object with the limits that are configured
 * by their names, and then how often they were reached; and "listeners", an array of
 * {"listener","connections","max_connections","max_qos","max_topic_alias"}.
 *
 * "reload" reads the password and ACL files again. When it answers, connections
 * whose user is gone or has another password have been ended; after an error all
 * is as it was.
 */
#ifndef MQTTD_CONTROL_H
#define MQTTD_CONTROL_H

/**
 * control_open() - open the control socket
 * @path: its path
 *
 * A missing directory is made; one that cannot be made, or a path that cannot
 * be bound, only costs the control socket when the path is the default one.
 *
 * Return: 0, or -1 after saying on the log what is wrong.
 */
int control_open(const char *path);

/**
 * control_close() - close and remove the control socket
 */
void control_close(void);

#endif /* MQTTD_CONTROL_H */
