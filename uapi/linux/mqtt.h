/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The contract between mqtt.ko, which forwards MQTT QoS 0 publishes between
 * attached TCP sockets, and the broker that owns it.
 *
 * Overview
 * --------
 * A broker registers as the *owner* of its network namespace with
 * MQTT_CMD_REGISTER on a generic netlink socket and receives a *port*
 * descriptor. It attaches the TCP sockets of clients whose CONNECT it has
 * accepted (MQTT_CMD_CONN_ADD): each becomes a *conn*. For every topic filter
 * with subscribers it makes a *group* (MQTT_CMD_GROUP_ADD) whose *members*
 * (MQTT_CMD_MEMBER_ADD) are conns, or the port for subscribers that only the
 * broker can serve. A *flow* (MQTT_CMD_FLOW_ADD) maps {ACL class of the
 * publisher, exact topic} to the groups whose filters match that topic.
 *
 * A QoS 0 PUBLISH that hits a flow is consumed by the module and queued on
 * every member. Everything else is *diverted*: it stays in the socket and the
 * owner reads it with plain recv() on the very descriptor it attached. Daemon
 * bytes written with send() on that descriptor and frames queued by the module
 * share the connection and never interleave inside an MQTT packet.
 *
 * Permissions
 * -----------
 * REGISTER, DRAIN and LIMITS_SET need CAP_NET_ADMIN. All other commands that
 * change something are for the owner's netlink socket alone (-EPERM for any
 * other sender), with or without the capability. Reading (*_GET) is for the
 * owner's socket and for senders with CAP_NET_ADMIN. Commands act on the
 * network namespace of the sending socket.
 *
 * Batches
 * -------
 * A datagram may hold many requests, one after the other; they are executed in
 * order, and each is answered as usual for netlink (an error always, a success
 * with NLM_F_ACK). An attribute that a command has no use for is refused. Group identifiers are chosen by the owner so that
 * GROUP_ADD, MEMBER_ADD and FLOW_ADD can travel in one datagram.
 *
 * Errors carry an extended ack with a text, and the offending attribute where
 * there is one. Common to all: -EINVAL (missing, malformed or unknown
 * attribute), -ERANGE (value out of the policy's range), -EPERM, -ENOMEM.
 *
 * TLS
 * ---
 * On a conn over kTLS the module takes decrypted bytes from the socket, 16 KiB
 * at most at a time; what is diverted of them waits in the module, in the order
 * it came, until the owner reads it with the same plain recv(). Whether attached
 * or not, a record that is not data (an alert, a handshake message) makes recv()
 * fail with -EIO, once everything before it has been read, until recvmsg() with
 * room for control data (SOL_TLS, TLS_GET_RECORD_TYPE) takes it; what follows is
 * parsed only then. A record that cannot be decrypted ends the conn: recv()
 * fails with -EBADMSG from then on. sendmsg() with control data (SOL_TLS,
 * TLS_SET_RECORD_TYPE) sends such a record after what is queued and without
 * regard for packets; after close_notify or a fatal alert the module sends
 * nothing more of its own. All options at SOL_TLS are refused with -EBUSY.
 *
 * Life time
 * ---------
 * A socket stays attached until its last descriptor is closed; there is no
 * detach. The module is pinned by attached sockets and by the open port. When
 * the owner's netlink socket goes away its conns are shut down and all tables
 * are emptied (the takeover time is 0 in this version).
 */
#ifndef _UAPI_LINUX_MQTT_H
#define _UAPI_LINUX_MQTT_H

#include <linux/types.h>

#define MQTT_GENL_NAME		"mqtt"
#define MQTT_GENL_VERSION	1
#define MQTT_GENL_MCGRP_EVENTS	"events"

/* Longest opaque blob kept for the owner with a conn, in bytes. */
#define MQTT_COOKIE_MAX		64
/* Most groups, and most merged members, that one flow can name. */
#define MQTT_FLOW_GROUPS_MAX	1024
#define MQTT_FLOW_MERGED_MAX	4096
/* Most Subscription Identifiers of one member. */
#define MQTT_MEMBER_IDS_MAX	64
/* The member identifier that means the port; conns are numbered from 1. */
#define MQTT_CONN_PORT		0

/**
 * enum mqtt_cmd - commands of the family
 *
 * @MQTT_CMD_UNSPEC: never used
 * @MQTT_CMD_REGISTER: become the owner of this network namespace. No request
 *	attributes. The reply carries MQTT_A_OWNER_PORT_FD (a descriptor
 *	installed in the caller, close-on-exec), MQTT_A_OWNER_VERSION,
 *	MQTT_A_OWNER_FEATURES, MQTT_A_OWNER_TABLE_GEN,
 *	MQTT_A_OWNER_TAKEOVER_TIME and MQTT_A_OWNER_LIMITS.
 *	-EBUSY: somebody owns this namespace; -ESHUTDOWN: drained;
 *	-EMFILE: no descriptor free.
 * @MQTT_CMD_CONN_ADD: attach the socket MQTT_A_CONN_FD. Required:
 *	MQTT_A_CONN_FD, MQTT_A_CONN_PROTOCOL_LEVEL. Optional: ACL_CLASS (0),
 *	KEEP_ALIVE (0, none), MAX_PACKET_SIZE (no limit), RX_SKIP (0), FLAGS
 *	(0), COOKIE, TOPIC_ALIAS_MAXIMUM (0), RECORD_LIMIT (0), PUBLISH_RATE (0),
 *	PUBLISH_BURST (0), BYTES_RATE (0), BYTES_BURST (0). The socket must
 *	be a connected IPv4 or IPv6 TCP socket of this namespace in state
 *	ESTABLISHED, without an upper layer protocol, or with that of kernel TLS
 *	(kTLS) and keys set for both directions, in software; and nothing may
 *	have been sent on it that ends inside an MQTT packet. See "TLS" above.
 *	The reply carries MQTT_A_CONN_ID. From here on the next byte received
 *	is a packet boundary, or the last RX_SKIP bytes of a packet whose
 *	fixed header the owner has read already; those RX_SKIP bytes are
 *	readable by the owner and count as no packet.
 *	-EBADF, -ENOTSOCK; -EPROTONOSUPPORT: not TCP over IPv4 or IPv6;
 *	-ENOTCONN: not established; -EBUSY: attached already, or claimed by
 *	another kernel user, or another upper layer protocol is set, or kTLS without
 *	both keys; -EXDEV: socket
 *	of another namespace; -EUSERS: conns_max reached; -ESHUTDOWN: drained.
 * @MQTT_CMD_CONN_DEL: end the conn MQTT_A_CONN_ID: it leaves every group at
 *	once, nothing of it is forwarded any more and nothing is queued on it
 *	any more; frames queued but not begun are dropped. The descriptor
 *	stays writable for a last packet of the owner; recv() returns 0. The
 *	connection itself ends when the owner closes the descriptor, which by
 *	itself does all of this too. -ENOENT.
 * @MQTT_CMD_CONN_SET: change ACL_CLASS, KEEP_ALIVE, MAX_PACKET_SIZE, FLAGS,
 *	COOKIE, RECORD_LIMIT, PUBLISH_RATE, PUBLISH_BURST, BYTES_RATE or
 *	BYTES_BURST of the conn MQTT_A_CONN_ID. -ENOENT.
 * @MQTT_CMD_CONN_GET: read one conn (MQTT_A_CONN_ID), or dump all.
 * @MQTT_CMD_CONN_CLAIM: take over conns of a dead owner. Always -EOPNOTSUPP
 *	while the takeover time is 0.
 * @MQTT_CMD_FLOW_ADD: install a flow. Required: MQTT_A_FLOW_TOPIC,
 *	MQTT_A_FLOW_TABLE_GEN. Optional: ACL_CLASS (0), GROUPS, MERGED, FLAGS.
 *	A flow without groups and merged members says that nobody subscribed:
 *	a PUBLISH that hits it is dropped and counted. With
 *	MQTT_FLOW_F_DENY it is dropped and counted apart.
 *	An existing flow is -EEXIST, or replaced when NLM_F_REPLACE is set
 *	(with NLM_F_CREATE too: replace or create). A replaced flow keeps its
 *	identifier, hits and bytes. -ESTALE: TABLE_GEN is not the present
 *	generation, look up the groups again; -ENOENT: a group does not exist;
 *	-ENOSPC: flows_max or topic_bytes_max reached; -EMSGSIZE: topic longer
 *	than topic_max (such topics are always diverted).
 * @MQTT_CMD_FLOW_DEL: remove the flow {ACL_CLASS, TOPIC}. -ENOENT.
 * @MQTT_CMD_FLOW_GET: read the flow {ACL_CLASS, TOPIC}, or dump all.
 * @MQTT_CMD_GROUP_ADD: make the group MQTT_A_GROUP_ID (owner's choice, 1 to
 *	2^31 - 1) for MQTT_A_GROUP_FILTER with MQTT_A_GROUP_FLAGS (0). Adds one
 *	to the table generation, since flows computed before it may lack the
 *	group. -EEXIST; -ENOSPC: groups_max or topic_bytes_max reached.
 * @MQTT_CMD_GROUP_DEL: remove the group MQTT_A_GROUP_ID with its members. Adds
 *	one to the table generation. -ENOENT; -EBUSY: a flow still names it.
 * @MQTT_CMD_GROUP_GET: read one group, or dump all.
 * @MQTT_CMD_MEMBER_ADD: put MQTT_A_MEMBER_CONN (MQTT_CONN_PORT: the port) into
 *	MQTT_A_MEMBER_GROUP with MQTT_A_MEMBER_QOS (0) and
 *	MQTT_A_MEMBER_FLAGS (0). A present member is -EEXIST, or updated when
 *	NLM_F_REPLACE is set: no message is lost or doubled by the update.
 *	-ENOENT: no such group or conn; -ENOSPC: members_max; -EOPNOTSUPP: the
 *	port as a member of a shared group. A conn of level 5
 *	gets SUBSCRIPTION_IDS (none) in every PUBLISH of the group.
 * @MQTT_CMD_MEMBER_DEL: take the member {GROUP, CONN} out. -ENOENT. Messages
 *	already queued on it are sent; follow with MQTT_CMD_BARRIER to know that
 *	nothing more will be queued.
 * @MQTT_CMD_MEMBER_GET: dump the members of MQTT_A_MEMBER_GROUP, or of all
 *	groups.
 * @MQTT_CMD_BARRIER: return when every message whose fan-out had begun before
 *	has been queued on all its members. Table changes made before the
 *	barrier are visible to every message handled after it.
 * @MQTT_CMD_LIMITS_GET: read the limits of this namespace.
 * @MQTT_CMD_LIMITS_SET: change the limits given; all or none. Lowering a limit
 *	below present use refuses growth and removes nothing.
 * @MQTT_CMD_STATS_GET: read the counters of this namespace.
 * @MQTT_CMD_DRAIN: prepare for unloading: refuse registration and new conns
 *	with -ESHUTDOWN, shut down all conns (the owner reads end of file and
 *	closes them), empty the tables, and revoke the port (reads return 0,
 *	writes -ESHUTDOWN, poll says EPOLLHUP). MQTT_A_OWNER_DRAIN 0 ends
 *	the drained state, 1 (the default) begins it.
 * @MQTT_CMD_EVENT: notification to the multicast group "events"; a hint, since
 *	multicast can be lost.
 * @MQTT_CMD_OWNER_GET: read who owns the namespace. The reply carries VERSION,
 *	FEATURES, TABLE_GEN, TAKEOVER_TIME, DRAIN, and PORTID if there is an
 *	owner.
 */
enum mqtt_cmd {
	MQTT_CMD_UNSPEC,
	MQTT_CMD_REGISTER,
	MQTT_CMD_CONN_ADD,
	MQTT_CMD_CONN_DEL,
	MQTT_CMD_CONN_SET,
	MQTT_CMD_CONN_GET,
	MQTT_CMD_CONN_CLAIM,
	MQTT_CMD_FLOW_ADD,
	MQTT_CMD_FLOW_DEL,
	MQTT_CMD_FLOW_GET,
	MQTT_CMD_GROUP_ADD,
	MQTT_CMD_GROUP_DEL,
	MQTT_CMD_GROUP_GET,
	MQTT_CMD_MEMBER_ADD,
	MQTT_CMD_MEMBER_DEL,
	MQTT_CMD_MEMBER_GET,
	MQTT_CMD_BARRIER,
	MQTT_CMD_LIMITS_GET,
	MQTT_CMD_LIMITS_SET,
	MQTT_CMD_STATS_GET,
	MQTT_CMD_DRAIN,
	MQTT_CMD_EVENT,
	MQTT_CMD_OWNER_GET,

	__MQTT_CMD_MAX,
	MQTT_CMD_MAX = (__MQTT_CMD_MAX - 1)
};

/**
 * enum mqtt_a_owner - attributes of REGISTER, OWNER_GET and DRAIN
 *
 * @MQTT_A_OWNER_UNSPEC: never used
 * @MQTT_A_OWNER_PORT_FD: (u32) the port's descriptor
 * @MQTT_A_OWNER_VERSION: (string) the module's version
 * @MQTT_A_OWNER_FEATURES: (u64) MQTT_FEATURE_* bits
 * @MQTT_A_OWNER_TABLE_GEN: (u32) present table generation
 * @MQTT_A_OWNER_TAKEOVER_TIME: (u32) ms that conns outlive their owner
 * @MQTT_A_OWNER_LIMITS: (nest of enum mqtt_a_limits) limits in force
 * @MQTT_A_OWNER_DRAIN: (u8) 1: drain, or drained; 0: end the drained state, or
 *	not drained
 * @MQTT_A_OWNER_PORTID: (u32) netlink port of the owner's socket
 * @MQTT_A_OWNER_PAD: alignment of 64-bit attributes
 */
enum mqtt_a_owner {
	MQTT_A_OWNER_UNSPEC,
	MQTT_A_OWNER_PORT_FD,
	MQTT_A_OWNER_VERSION,
	MQTT_A_OWNER_FEATURES,
	MQTT_A_OWNER_TABLE_GEN,
	MQTT_A_OWNER_TAKEOVER_TIME,
	MQTT_A_OWNER_LIMITS,
	MQTT_A_OWNER_DRAIN,
	MQTT_A_OWNER_PORTID,
	MQTT_A_OWNER_PAD,

	__MQTT_A_OWNER_MAX,
	MQTT_A_OWNER_MAX = (__MQTT_A_OWNER_MAX - 1)
};

/* Features announced at registration. */
#define MQTT_FEATURE_V311	(1ULL << 0)	/* level 4 on the fast path */
#define MQTT_FEATURE_PINGRESP	(1ULL << 1)	/* answers PINGREQ */
#define MQTT_FEATURE_V5		(1ULL << 2)	/* level 5 on the fast path */
#define MQTT_FEATURE_SHARED	(1ULL << 3)	/* shared groups */
#define MQTT_FEATURE_TLS	(1ULL << 4)	/* conns over kTLS */

/* MQTT_A_CONN_FLAGS */
#define MQTT_CONN_F_NO_PINGRESP	(1U << 0)	/* divert PINGREQ of this conn */
#define MQTT_CONN_F_NO_PUBLISH	(1U << 1)	/* divert every PUBLISH of this conn */
#define MQTT_CONN_F_RATE_END	(1U << 2)	/* over the rate: -EDQUOT, not waiting */
#define MQTT_CONN_F_MASK	(MQTT_CONN_F_NO_PINGRESP | MQTT_CONN_F_NO_PUBLISH | \
				 MQTT_CONN_F_RATE_END)

/**
 * enum mqtt_a_conn - attributes of conns; those from MQTT_A_CONN_FAMILY on are
 *	read only
 *
 * @MQTT_A_CONN_UNSPEC: never used
 * @MQTT_A_CONN_ID: (u32) identifier, 1 to 2^31 - 1; not reused soon
 * @MQTT_A_CONN_FD: (u32) descriptor to attach
 * @MQTT_A_CONN_PROTOCOL_LEVEL: (u8) 3, 4 or 5 as in CONNECT: the form of what
 *	is received from it and sent to it. Between levels 4 and 5 properties
 *	are left out, or there are none.
 * @MQTT_A_CONN_ACL_CLASS: (u32) part of the flow key for its publishes
 * @MQTT_A_CONN_KEEP_ALIVE: (u16) seconds as in CONNECT, 0: none. After one and
 *	a half times this without a byte from the client, recv() fails with
 *	-ETIMEDOUT [MQTT-3.1.2-24]; the descriptor stays writable.
 * @MQTT_A_CONN_MAX_PACKET_SIZE: (u32) longest packet the client takes; longer
 *	ones are not queued on it and counted; 0: no limit
 * @MQTT_A_CONN_RX_SKIP: (u32) bytes that complete the packet the owner holds in
 *	part
 * @MQTT_A_CONN_FLAGS: (u32) MQTT_CONN_F_*
 * @MQTT_A_CONN_COOKIE: (binary, up to MQTT_COOKIE_MAX bytes) kept for the owner
 * @MQTT_A_CONN_FAMILY: (u16) AF_INET or AF_INET6
 * @MQTT_A_CONN_ADDRESS: (binary, 4 or 16 bytes) the client's address
 * @MQTT_A_CONN_PORT_NUMBER: (u16) the client's TCP port, host byte order
 * @MQTT_A_CONN_PUBLISH_FAST: (u64) publishes consumed from it by the module
 * @MQTT_A_CONN_DELIVER_FAST: (u64) messages queued on it, from other conns
 * @MQTT_A_CONN_DELIVER_PACKET_OUT: (u64) messages queued on it, from the port
 * @MQTT_A_CONN_DIVERTED: (u64) packets diverted since it was attached
 * @MQTT_A_CONN_GATE: (u64) number of the last diverted packet that gates
 * @MQTT_A_CONN_ACKED: (u64) number of the last one acknowledged
 * @MQTT_A_CONN_SLOW_BYTES: (u64) diverted bytes that the owner has not read
 * @MQTT_A_CONN_QUEUED_BYTES: (u64) bytes queued by the module, not yet taken by
 *	TCP
 * @MQTT_A_CONN_DAEMON_BYTES: (u64) the same for bytes sent by the owner
 * @MQTT_A_CONN_DROP_QUEUE_FULL: (u64) messages dropped: over tx_conn_max
 * @MQTT_A_CONN_DROP_OVERSIZE: (u64) messages dropped: over its maximum packet
 *	size
 * @MQTT_A_CONN_DROP_NOMEM: (u64) messages dropped: no memory
 * @MQTT_A_CONN_IDLE_MS: (u64) ms since the last byte from the client
 * @MQTT_A_CONN_MEMBERS: (u32) groups it is in
 * @MQTT_A_CONN_STATE: (u32) enum mqtt_conn_state
 * @MQTT_A_CONN_CPU: (u32) CPU whose worker serves it
 * @MQTT_A_CONN_PAD: alignment of 64-bit attributes
 * @MQTT_A_CONN_DROP_EXPIRED: (u64) messages dropped: their Message Expiry
 *	Interval passed in the queue
 * @MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM: (u16) highest Topic Alias the client may
 *	set, as in CONNACK; 0, the default: every PUBLISH with one is diverted
 * @MQTT_A_CONN_TLS_VERSION: (u16, read only) version of TLS as in records,
 *	0x0303 for 1.2; 0: plain TCP
 * @MQTT_A_CONN_RECORD_LIMIT: (u32, up to 16,384) most bytes of plaintext in a
 *	record that is sent, for clients that ask for small ones; 0: what TLS
 *	allows. Of no effect on plain TCP.
 * @MQTT_A_CONN_PUBLISH_RATE: (u32) PUBLISH packets a second from the client, 0:
 *	any number. All are charged, those that are diverted too, so an owner need
 *	not. Over this rate or BYTES_RATE the next PUBLISH waits in the socket,
 *	with all behind it; with MQTT_CONN_F_RATE_END recv() fails with -EDQUOT
 *	once what was diverted has been read, and the descriptor stays writable
 *	for a DISCONNECT.
 * @MQTT_A_CONN_PUBLISH_BURST: (u32) packets at once, 0: those of a second
 * @MQTT_A_CONN_BYTES_RATE: (u32) bytes of PUBLISH packets a second, 0: any
 *	number. A packet of any size goes if those before it are paid for.
 * @MQTT_A_CONN_BYTES_BURST: (u32) bytes at once, 0: those of a second
 */
enum mqtt_a_conn {
	MQTT_A_CONN_UNSPEC,
	MQTT_A_CONN_ID,
	MQTT_A_CONN_FD,
	MQTT_A_CONN_PROTOCOL_LEVEL,
	MQTT_A_CONN_ACL_CLASS,
	MQTT_A_CONN_KEEP_ALIVE,
	MQTT_A_CONN_MAX_PACKET_SIZE,
	MQTT_A_CONN_RX_SKIP,
	MQTT_A_CONN_FLAGS,
	MQTT_A_CONN_COOKIE,
	MQTT_A_CONN_FAMILY,
	MQTT_A_CONN_ADDRESS,
	MQTT_A_CONN_PORT_NUMBER,
	MQTT_A_CONN_PUBLISH_FAST,
	MQTT_A_CONN_DELIVER_FAST,
	MQTT_A_CONN_DELIVER_PACKET_OUT,
	MQTT_A_CONN_DIVERTED,
	MQTT_A_CONN_GATE,
	MQTT_A_CONN_ACKED,
	MQTT_A_CONN_SLOW_BYTES,
	MQTT_A_CONN_QUEUED_BYTES,
	MQTT_A_CONN_DAEMON_BYTES,
	MQTT_A_CONN_DROP_QUEUE_FULL,
	MQTT_A_CONN_DROP_OVERSIZE,
	MQTT_A_CONN_DROP_NOMEM,
	MQTT_A_CONN_IDLE_MS,
	MQTT_A_CONN_MEMBERS,
	MQTT_A_CONN_STATE,
	MQTT_A_CONN_CPU,
	MQTT_A_CONN_PAD,
	MQTT_A_CONN_DROP_EXPIRED,
	MQTT_A_CONN_TOPIC_ALIAS_MAXIMUM,
	MQTT_A_CONN_TLS_VERSION,
	MQTT_A_CONN_RECORD_LIMIT,
	MQTT_A_CONN_PUBLISH_RATE,
	MQTT_A_CONN_PUBLISH_BURST,
	MQTT_A_CONN_BYTES_RATE,
	MQTT_A_CONN_BYTES_BURST,

	__MQTT_A_CONN_MAX,
	MQTT_A_CONN_MAX = (__MQTT_A_CONN_MAX - 1)
};

/**
 * enum mqtt_conn_state - what a conn's receive side is doing
 *
 * @MQTT_CONN_STATE_FAST: parsing, or waiting for bytes
 * @MQTT_CONN_STATE_DIVERT: the owner has diverted bytes to read
 * @MQTT_CONN_STATE_GATE: a publish that would hit waits for an acknowledgement
 * @MQTT_CONN_STATE_EOF: the peer has closed, or the connection failed
 * @MQTT_CONN_STATE_EXPIRED: keep alive expired
 * @MQTT_CONN_STATE_ENDED: ended by CONN_DEL, by drain, or by the owner's death
 * @MQTT_CONN_STATE_RATE: a PUBLISH is over the limit of its rate, and waits or
 *	has ended the conn
 */
enum mqtt_conn_state {
	MQTT_CONN_STATE_FAST,
	MQTT_CONN_STATE_DIVERT,
	MQTT_CONN_STATE_GATE,
	MQTT_CONN_STATE_EOF,
	MQTT_CONN_STATE_EXPIRED,
	MQTT_CONN_STATE_ENDED,
	MQTT_CONN_STATE_RATE,
};

/* MQTT_A_FLOW_FLAGS */
#define MQTT_FLOW_F_DENY	(1U << 0)	/* publishing here is not allowed */
#define MQTT_FLOW_F_MASK	MQTT_FLOW_F_DENY

/**
 * enum mqtt_a_flow - attributes of flows
 *
 * @MQTT_A_FLOW_UNSPEC: never used
 * @MQTT_A_FLOW_ID: (u32, read only) identifier
 * @MQTT_A_FLOW_ACL_CLASS: (u32) ACL class of the publisher
 * @MQTT_A_FLOW_TOPIC: (binary, 1 to topic_max bytes) topic name. Must be a valid
 *	UTF-8 string without U+0000 and wildcards: a hit is not validated again.
 * @MQTT_A_FLOW_TABLE_GEN: (u32) generation of the tables it was computed from
 * @MQTT_A_FLOW_FLAGS: (u32) MQTT_FLOW_F_*
 * @MQTT_A_FLOW_GROUPS: (binary, array of u32) groups of all matching filters
 * @MQTT_A_FLOW_MERGED: (nest of enum mqtt_a_member, repeated) a conn that is in
 *	more than one of the groups: it gets one copy here, and its members
 *	with MQTT_MEMBER_F_OVERLAP in the groups are skipped. Only
 *	MQTT_A_MEMBER_CONN, QOS, FLAGS and SUBSCRIPTION_IDS may be given, and
 *	conns that are gone are ignored at delivery. QOS is the highest
 *	granted, SUBSCRIPTION_IDS are those of all its subscriptions. Left out
 *	of a dump when there are too many for one message; read the flow itself
 *	then.
 * @MQTT_A_FLOW_HITS: (u64, read only) publishes that hit
 * @MQTT_A_FLOW_BYTES: (u64, read only) their bytes
 * @MQTT_A_FLOW_IDLE_MS: (u64, read only) ms since the last hit, or since it was
 *	installed
 * @MQTT_A_FLOW_PAD: alignment of 64-bit attributes
 */
enum mqtt_a_flow {
	MQTT_A_FLOW_UNSPEC,
	MQTT_A_FLOW_ID,
	MQTT_A_FLOW_ACL_CLASS,
	MQTT_A_FLOW_TOPIC,
	MQTT_A_FLOW_TABLE_GEN,
	MQTT_A_FLOW_FLAGS,
	MQTT_A_FLOW_GROUPS,
	MQTT_A_FLOW_MERGED,
	MQTT_A_FLOW_HITS,
	MQTT_A_FLOW_BYTES,
	MQTT_A_FLOW_IDLE_MS,
	MQTT_A_FLOW_PAD,

	__MQTT_A_FLOW_MAX,
	MQTT_A_FLOW_MAX = (__MQTT_A_FLOW_MAX - 1)
};

/*
 * MQTT_A_GROUP_FLAGS. One member of a shared group gets each message, in turn;
 * members whose queue is full, or that do not take a packet of this length, are
 * passed over. The port cannot be a member, and MQTT_MEMBER_F_OVERLAP and
 * MQTT_MEMBER_F_NO_LOCAL have no effect.
 */
#define MQTT_GROUP_F_SHARED	(1U << 0)
#define MQTT_GROUP_F_MASK	MQTT_GROUP_F_SHARED

/**
 * enum mqtt_a_group - attributes of groups
 *
 * @MQTT_A_GROUP_UNSPEC: never used
 * @MQTT_A_GROUP_ID: (u32) identifier, 1 to 2^31 - 1, chosen by the owner
 * @MQTT_A_GROUP_FILTER: (binary, 1 to 65,531 bytes) topic filter; the module
 *	only shows it, and leaves it out of a dump if it does not fit a message
 * @MQTT_A_GROUP_MEMBERS: (u32, read only) number of members
 * @MQTT_A_GROUP_FLOWS: (u32, read only) number of flows that name it
 * @MQTT_A_GROUP_TABLE_GEN: (u32, read only) table generation after the change
 * @MQTT_A_GROUP_FLAGS: (u32) MQTT_GROUP_F_*
 */
enum mqtt_a_group {
	MQTT_A_GROUP_UNSPEC,
	MQTT_A_GROUP_ID,
	MQTT_A_GROUP_FILTER,
	MQTT_A_GROUP_MEMBERS,
	MQTT_A_GROUP_FLOWS,
	MQTT_A_GROUP_TABLE_GEN,
	MQTT_A_GROUP_FLAGS,

	__MQTT_A_GROUP_MAX,
	MQTT_A_GROUP_MAX = (__MQTT_A_GROUP_MAX - 1)
};

/* MQTT_A_MEMBER_FLAGS */
#define MQTT_MEMBER_F_OVERLAP	(1U << 0)	/* skip where the flow merges it */
#define MQTT_MEMBER_F_NO_LOCAL	(1U << 1)	/* not its own publishes */
#define MQTT_MEMBER_F_MASK	(MQTT_MEMBER_F_OVERLAP | MQTT_MEMBER_F_NO_LOCAL)

/**
 * enum mqtt_a_member - attributes of members
 *
 * @MQTT_A_MEMBER_UNSPEC: never used
 * @MQTT_A_MEMBER_GROUP: (u32) group
 * @MQTT_A_MEMBER_CONN: (u32) conn, or MQTT_CONN_PORT
 * @MQTT_A_MEMBER_QOS: (u8) granted QoS, 0 to 2
 * @MQTT_A_MEMBER_FLAGS: (u32) MQTT_MEMBER_F_*
 * @MQTT_A_MEMBER_SUBSCRIPTION_IDS: (binary, array of u32) Subscription
 *	Identifiers, each 1 to 268,435,455, up to MQTT_MEMBER_IDS_MAX of them;
 *	without effect on conns below level 5
 */
enum mqtt_a_member {
	MQTT_A_MEMBER_UNSPEC,
	MQTT_A_MEMBER_GROUP,
	MQTT_A_MEMBER_CONN,
	MQTT_A_MEMBER_QOS,
	MQTT_A_MEMBER_FLAGS,
	MQTT_A_MEMBER_SUBSCRIPTION_IDS,

	__MQTT_A_MEMBER_MAX,
	MQTT_A_MEMBER_MAX = (__MQTT_A_MEMBER_MAX - 1)
};

/**
 * enum mqtt_a_limits - hard limits of a network namespace
 *
 * @MQTT_A_LIMITS_UNSPEC: never used
 * @MQTT_A_LIMITS_CONNS_MAX: (u32) attached sockets
 * @MQTT_A_LIMITS_FLOWS_MAX: (u32) flows
 * @MQTT_A_LIMITS_GROUPS_MAX: (u32) groups
 * @MQTT_A_LIMITS_MEMBERS_MAX: (u32) members of all groups together
 * @MQTT_A_LIMITS_TOPIC_BYTES_MAX: (u64) bytes of all topics and filters
 * @MQTT_A_LIMITS_TOPIC_MAX: (u32, 1 to 4096) longest topic on the fast path
 * @MQTT_A_LIMITS_FAST_MAX: (u32, 64 to 1048576) longest packet on the fast path
 * @MQTT_A_LIMITS_TX_CONN_MAX: (u32) bytes of module frames queued on one conn.
 *	The policy at the limit is to drop the newest message and count it; one
 *	message longer than the limit is taken by an empty queue.
 * @MQTT_A_LIMITS_TX_DAEMON_MAX: (u32, 4096 to 2^30) bytes of the owner queued
 *	on one conn; over it send() takes less or fails with -EAGAIN
 * @MQTT_A_LIMITS_TX_TOTAL_MAX: (u64) bytes of module frames queued on all conns
 * @MQTT_A_LIMITS_PORT_QUEUE_MAX: (u32) bytes waiting on the port for the owner
 * @MQTT_A_LIMITS_PORT_PACKET_MAX: (u32) most bytes of packets in a PACKET_OUT
 *	record
 * @MQTT_A_LIMITS_PINGRESP: (u8) 1: the module answers PINGREQ, 0: divert it. A
 *	PINGREQ is answered only after the owner has sent something on the conn
 *	(CONNACK), and waits at the gate as a publish does, so that PINGRESP
 *	does not come before answers that are due.
 * @MQTT_A_LIMITS_TAKEOVER_TIME: (u32) ms that conns outlive their owner; only
 *	0 in this version
 * @MQTT_A_LIMITS_PAD: alignment of 64-bit attributes
 * @MQTT_A_LIMITS_TX_USECS: (u32, 0 to 1000000) how long a message may wait, in
 *	microseconds, for others to be sent with it. A conn to which no message
 *	was sent for so long gets one at once; those that come within that
 *	time of the last sending are held until it has passed. Nothing else is
 *	held, and what the owner sends takes along what waits. 0: nothing is.
 * @MQTT_A_LIMITS_TX_FRAMES: (u32) messages on a conn that do not wait any
 *	longer, 0: any number does. No meaning without TX_USECS.
 */
enum mqtt_a_limits {
	MQTT_A_LIMITS_UNSPEC,
	MQTT_A_LIMITS_CONNS_MAX,
	MQTT_A_LIMITS_FLOWS_MAX,
	MQTT_A_LIMITS_GROUPS_MAX,
	MQTT_A_LIMITS_MEMBERS_MAX,
	MQTT_A_LIMITS_TOPIC_BYTES_MAX,
	MQTT_A_LIMITS_TOPIC_MAX,
	MQTT_A_LIMITS_FAST_MAX,
	MQTT_A_LIMITS_TX_CONN_MAX,
	MQTT_A_LIMITS_TX_DAEMON_MAX,
	MQTT_A_LIMITS_TX_TOTAL_MAX,
	MQTT_A_LIMITS_PORT_QUEUE_MAX,
	MQTT_A_LIMITS_PORT_PACKET_MAX,
	MQTT_A_LIMITS_PINGRESP,
	MQTT_A_LIMITS_TAKEOVER_TIME,
	MQTT_A_LIMITS_PAD,
	MQTT_A_LIMITS_TX_USECS,
	MQTT_A_LIMITS_TX_FRAMES,

	__MQTT_A_LIMITS_MAX,
	MQTT_A_LIMITS_MAX = (__MQTT_A_LIMITS_MAX - 1)
};

/**
 * enum mqtt_a_stats - counters of a network namespace, all u64; the same names
 *	are files in /sys/kernel/mqtt/stats, summed over namespaces
 *
 * @MQTT_A_STATS_UNSPEC: never used
 * @MQTT_A_STATS_CONNS: conns now
 * @MQTT_A_STATS_FLOWS: flows now
 * @MQTT_A_STATS_GROUPS: groups now
 * @MQTT_A_STATS_MEMBERS: members now
 * @MQTT_A_STATS_PUBLISH_FAST: publishes consumed by the module
 * @MQTT_A_STATS_PUBLISH_FAST_BYTES: their bytes, fixed headers included
 * @MQTT_A_STATS_DELIVER_FAST: their deliveries, when queued on a member
 * @MQTT_A_STATS_DELIVER_FAST_BYTES: bytes of these deliveries
 * @MQTT_A_STATS_DIVERT_MISS: QoS 0 publishes diverted for want of a flow
 * @MQTT_A_STATS_DIVERT_RETAIN: diverted because RETAIN is set
 * @MQTT_A_STATS_DIVERT_QOS: publishes diverted because of QoS 1 or 2
 * @MQTT_A_STATS_DIVERT_OTHER: all other diverted packets
 * @MQTT_A_STATS_GATE_WAITS: times a publish that would hit had to wait
 * @MQTT_A_STATS_DROP_QUEUE_FULL: deliveries dropped: tx_conn_max, tx_total_max
 * @MQTT_A_STATS_DROP_OVERSIZE: deliveries dropped: client's maximum packet size
 * @MQTT_A_STATS_DROP_NOMEM: publishes or deliveries dropped: no memory
 * @MQTT_A_STATS_DROP_NO_SUBSCRIBER: publishes on flows without groups
 * @MQTT_A_STATS_DROP_ACL: publishes on deny flows
 * @MQTT_A_STATS_DROP_PORT_FULL: copies for the owner dropped: port_queue_max
 * @MQTT_A_STATS_PACKET_OUT: packets the owner wrote to the port
 * @MQTT_A_STATS_DELIVER_PACKET_OUT: their deliveries
 * @MQTT_A_STATS_TX_PARTIAL: sends that TCP took only in part
 * @MQTT_A_STATS_KEEPALIVE_EXPIRED: conns whose keep alive expired
 * @MQTT_A_STATS_QUEUED_BYTES: bytes of module frames queued on conns now
 * @MQTT_A_STATS_PAD: alignment of 64-bit attributes
 * @MQTT_A_STATS_DIVERT_ALIAS: QoS 0 publishes of level 5 diverted because they
 *	set a Topic Alias, or use one that the module does not know
 * @MQTT_A_STATS_DIVERT_PROPERTIES: diverted because of properties that are
 *	too long
 * @MQTT_A_STATS_DIVERT_PAYLOAD: diverted because the payload is to be checked
 *	for being UTF-8, too long for the module to gather, and not there as a
 *	whole
 * @MQTT_A_STATS_DROP_EXPIRED: deliveries dropped: their Message Expiry Interval
 *	passed in the queue
 * @MQTT_A_STATS_DELIVER_PACKET_OUT_BYTES: bytes of the deliveries that
 *	MQTT_A_STATS_DELIVER_PACKET_OUT counts, in the form of each member
 * @MQTT_A_STATS_RATE_WAITS: times a PUBLISH had to wait for its conn's rate
 * @MQTT_A_STATS_RATE_ENDS: conns ended by a PUBLISH over their rate
 * @MQTT_A_STATS_CONN_BYTES: bytes allocated for conns now, with what each has of its own (cookie,
 *	limits of rates, kTLS), queues aside
 * @MQTT_A_STATS_FLOW_BYTES: the same for flows
 * @MQTT_A_STATS_GROUP_BYTES: the same for groups
 * @MQTT_A_STATS_MEMBER_BYTES: the same for members
 * @MQTT_A_STATS_ALIASES: Topic Aliases that conns know now
 * @MQTT_A_STATS_ALIAS_BYTES: bytes allocated for them
 */
enum mqtt_a_stats {
	MQTT_A_STATS_UNSPEC,
	MQTT_A_STATS_CONNS,
	MQTT_A_STATS_FLOWS,
	MQTT_A_STATS_GROUPS,
	MQTT_A_STATS_MEMBERS,
	MQTT_A_STATS_PUBLISH_FAST,
	MQTT_A_STATS_PUBLISH_FAST_BYTES,
	MQTT_A_STATS_DELIVER_FAST,
	MQTT_A_STATS_DELIVER_FAST_BYTES,
	MQTT_A_STATS_DIVERT_MISS,
	MQTT_A_STATS_DIVERT_RETAIN,
	MQTT_A_STATS_DIVERT_QOS,
	MQTT_A_STATS_DIVERT_OTHER,
	MQTT_A_STATS_GATE_WAITS,
	MQTT_A_STATS_DROP_QUEUE_FULL,
	MQTT_A_STATS_DROP_OVERSIZE,
	MQTT_A_STATS_DROP_NOMEM,
	MQTT_A_STATS_DROP_NO_SUBSCRIBER,
	MQTT_A_STATS_DROP_ACL,
	MQTT_A_STATS_DROP_PORT_FULL,
	MQTT_A_STATS_PACKET_OUT,
	MQTT_A_STATS_DELIVER_PACKET_OUT,
	MQTT_A_STATS_TX_PARTIAL,
	MQTT_A_STATS_KEEPALIVE_EXPIRED,
	MQTT_A_STATS_QUEUED_BYTES,
	MQTT_A_STATS_PAD,
	MQTT_A_STATS_DIVERT_ALIAS,
	MQTT_A_STATS_DIVERT_PROPERTIES,
	MQTT_A_STATS_DIVERT_PAYLOAD,
	MQTT_A_STATS_DROP_EXPIRED,
	MQTT_A_STATS_DELIVER_PACKET_OUT_BYTES,
	MQTT_A_STATS_RATE_WAITS,
	MQTT_A_STATS_RATE_ENDS,
	MQTT_A_STATS_CONN_BYTES,
	MQTT_A_STATS_FLOW_BYTES,
	MQTT_A_STATS_GROUP_BYTES,
	MQTT_A_STATS_MEMBER_BYTES,
	MQTT_A_STATS_ALIASES,
	MQTT_A_STATS_ALIAS_BYTES,

	__MQTT_A_STATS_MAX,
	MQTT_A_STATS_MAX = (__MQTT_A_STATS_MAX - 1)
};

/**
 * enum mqtt_event - what MQTT_CMD_EVENT reports
 *
 * @MQTT_EVENT_REGISTER: an owner registered
 * @MQTT_EVENT_UNREGISTER: the owner is gone
 * @MQTT_EVENT_CONN_ADD: a socket was attached (MQTT_A_EVENT_CONN)
 * @MQTT_EVENT_CONN_DEL: an attached socket was closed (MQTT_A_EVENT_CONN)
 * @MQTT_EVENT_KEEPALIVE_EXPIRED: keep alive of MQTT_A_EVENT_CONN expired
 * @MQTT_EVENT_DRAIN: the namespace was drained
 * @MQTT_EVENT_DRAINED: drained, and the last conn and the port are closed
 */
enum mqtt_event {
	MQTT_EVENT_REGISTER,
	MQTT_EVENT_UNREGISTER,
	MQTT_EVENT_CONN_ADD,
	MQTT_EVENT_CONN_DEL,
	MQTT_EVENT_KEEPALIVE_EXPIRED,
	MQTT_EVENT_DRAIN,
	MQTT_EVENT_DRAINED,
};

/**
 * enum mqtt_a_event - attributes of MQTT_CMD_EVENT
 *
 * @MQTT_A_EVENT_UNSPEC: never used
 * @MQTT_A_EVENT_TYPE: (u32) enum mqtt_event
 * @MQTT_A_EVENT_CONN: (u32) the conn concerned
 * @MQTT_A_EVENT_COOKIE: (binary) its cookie, if it has one
 */
enum mqtt_a_event {
	MQTT_A_EVENT_UNSPEC,
	MQTT_A_EVENT_TYPE,
	MQTT_A_EVENT_CONN,
	MQTT_A_EVENT_COOKIE,

	__MQTT_A_EVENT_MAX,
	MQTT_A_EVENT_MAX = (__MQTT_A_EVENT_MAX - 1)
};

/*
 * The port
 * --------
 * Read and written in whole records, each a struct mqtt_port_hdr and its body,
 * padded with zero bytes to a multiple of 8. One read() or write() may move
 * several. All integers are in host byte order.
 *
 * Writing: records are executed in order and completely before write()
 * returns, so a PACKET_OUT followed by a GATE_ACK needs nothing between them.
 * A write that ends inside a record executes the whole ones before it and
 * returns their length; -EINVAL when the first record is malformed or cut;
 * -EMSGSIZE when its packets are longer than port_packet_max; -ESHUTDOWN after
 * a drain. A NOWAIT write never blocks on the owner's own conns.
 *
 * Reading: returns as many whole records as fit; -EMSGSIZE when the first does
 * not fit (a buffer of fast_max + 16384 bytes always suffices); -EAGAIN when
 * there is none and the file is non-blocking or the read NOWAIT; 0 after a
 * drain.
 *
 * MQTT_PORT_PACKET_OUT (write): fan out the QoS 0 PUBLISH packets (as on the
 * wire at protocol level 4, or at level 5 with MQTT_PORT_F_LEVEL5, RETAIN and
 * DUP 0, fixed header included, no Topic Alias) in the body, one or more of any
 * topics. The body is: u32 groups[nr_groups], u32 conns[nr_conns], u32
 * sub_ids[nr_sub_ids], the packets. All have the same Message Expiry Interval,
 * or none has one. What follows is said of one and holds for each.
 * Each conn in conns gets one copy; members of the groups get one copy each,
 * except those with MQTT_MEMBER_F_OVERLAP whose conn is in conns too. Groups
 * and conns that do not exist (any more) are ignored; port members are
 * skipped. With neither groups nor conns, the flow of {ACL class of conn, or 0,
 * topic} is used, and without such a flow the packet is dropped and counted
 * in drop_no_subscriber; then there must be only one. A Message Expiry Interval
 * counts from the write. conn is the publisher's conn for MQTT_MEMBER_F_NO_LOCAL,
 * 0 if it has none. Topic validity is the owner's duty.
 * With MQTT_PORT_F_QOS0 only members granted QoS 0 (and all of conns) get it.
 * Members get it with their SUBSCRIPTION_IDS; conns get it with none, or those
 * of a flow's merged member. One member of a shared group gets it, and with
 * MQTT_PORT_F_QOS0 none.
 *
 * With conns and no groups, RETAIN may be set, and they get it set; and conns of
 * level 5 get the Subscription Identifiers in sub_ids, each 1 to 268,435,455, up
 * to MQTT_MEMBER_IDS_MAX of them. So what the owner alone decides to send to a
 * client still keeps its place among what is forwarded to it. Anything else is
 * -EINVAL, and nobody gets it. Whatever the level of the packet, each receiver
 * gets it at the level of its conn.
 *
 * An alias that a diverted PUBLISH sets is the module's to resolve from then on:
 * members and the port get later packets with the topic written out. It knows
 * none that was set before the socket was attached, or in a packet that it does
 * not look into; publishes with these are diverted.
 *
 * MQTT_PORT_GATE_ACK (write): the owner has handled every diverted packet of
 * conn up to and including number seq. Diverted packets are numbered from 1
 * since the socket was attached, in the order they are read; each packet that
 * becomes readable counts, whatever its type. Unknown conns are ignored; a seq
 * higher than the number of packets diverted counts as that number.
 *
 * MQTT_PORT_PACKET (read): a copy of one or more consecutive PUBLISH packets
 * with the same topic from conn, for all subscribers in the flow's groups that
 * only the owner can serve (the port is a member of a matching group), at the
 * protocol level of conn: with MQTT_PORT_F_LEVEL5 it is 5. seq packets had been
 * diverted from conn before it. It is queued before any packet
 * that followed it on conn becomes readable.
 */
struct mqtt_port_hdr {
	__u32 len;		/* header and body, without padding */
	__u8  type;		/* MQTT_PORT_* */
	__u8  flags;		/* MQTT_PORT_F_* */
	__u16 nr_groups;
	__u32 conn;
	__u32 nr_conns;
	union {
		__u64 seq;		/* GATE_ACK, PACKET */
		__u64 nr_sub_ids;	/* PACKET_OUT */
	};
};

#define MQTT_PORT_PACKET_OUT	1
#define MQTT_PORT_GATE_ACK	2
#define MQTT_PORT_PACKET	3

#define MQTT_PORT_F_QOS0	(1U << 0)
#define MQTT_PORT_F_LEVEL5	(1U << 1)

#define MQTT_PORT_ALIGN(len)	(((len) + 7U) & ~7U)

#endif /* _UAPI_LINUX_MQTT_H */
