/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_CONN_H
#define _MQTT_CONN_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/timer.h>
#include <net/sock.h>

#include "lock.h"
#include "parse.h"

struct mem_cgroup;
struct mqtt_alias;
struct mqtt_flow;
struct mqtt_frame;
struct mqtt_net;
struct netlink_ext_ack;

/* Bits of mqtt_conn.sched: the conn is on its worker's list. */
enum {
	MQTT_SCHED_RX,
	MQTT_SCHED_TX,
	MQTT_SCHED_HELD,
};

/*
 * Heads up to this length need no allocation: the fixed header and the length of
 * the topic, that is all that must be known to leave a packet to the daemon.
 */
#define MQTT_HEAD_INLINE	8

/* All that comes is for the daemon. */
#define MQTT_SLOW_FOREVER	ULONG_MAX
/* A record of kTLS that is not data is for the daemon, as kTLS gives it. */
#define MQTT_SLOW_RECORD	(ULONG_MAX - 1)

/**
 * struct mqtt_rx - receive side of a conn
 *
 * Owned by the conn's worker, which is one thread, and changed with the socket
 * locked; exceptions are noted. What is for the daemon beyond doubt does not need
 * the worker: while it is not @busy, mqtt_rx_at_hand() diverts it.
 *
 * The first 64 bytes are what every segment needs.
 *
 * @slow_left: bytes the daemon may read. Published with release semantics when
 *	it is 0, with the socket locked or by the worker that is @busy; counted
 *	down by recvmsg() under @readers. While it is not 0 nobody but recvmsg()
 *	takes from the receive queue.
 * @last: lower half of jiffies at the last byte from the client (written in
 *	softirq)
 * @part_need: bytes missing of the packet at the end of @part
 * @head_len: bytes in the head, which are those of an undecided packet taken
 *	out of the socket: a socket that keeps an incomplete header may close its
 *	window for ever. Pushed back to the daemon through recvmsg() if the
 *	packet turns out to be slow.
 * @head_off: bytes of them that recvmsg() has handed out (under @readers)
 * @head_cap: room for it: MQTT_HEAD_INLINE, or that of @head
 * @busy: the worker has taken bytes out of the socket that it has not finished
 *	with: @jobs and what is pending are its own without the socket lock
 * @pend_eof: @eof becomes true after the fan-out of @jobs
 * @gate_wait: a publish waits for @acked to reach @gate (see mqtt_rx_ack())
 * @eof: nothing more will come; the base protocol answers recvmsg()
 * @expire: keep alive has run out, the worker is to tell
 * @expired: recvmsg() answers -ETIMEDOUT
 * @ended: recvmsg() answers 0 whatever there is
 * @over_rate: recvmsg() answers -EDQUOT, nothing more is taken
 * @missed: packets in a row that had no flow, up to MQTT_MISSED_MAX
 * @unseen: packets that will be diverted before a flow is looked for again,
 *	while @missed is that
 * @flow: last flow hit, referenced
 * @part: frame that ends in an incomplete packet; NULL with @part_need not 0:
 *	the packet is being dropped
 * @jobs: frames whose fan-out is not complete (see ring.h)
 * @pend_slow: what becomes @slow_left then
 * @pend_nr: packets in it
 * @pend_gate: number of its last packet that gates, counted from 1 in it
 * @gate: number of the last diverted packet that gates
 * @diverted: packets diverted since attach
 * @acked: highest number acknowledged (written by the port)
 * @publish_fast: publishes consumed
 * @head: the head if @head_cap is more than MQTT_HEAD_INLINE
 * @inline_head: the head otherwise
 * @aliases: topics by Topic Alias - 1, NULL while none is known (see alias.h)
 * @part_start: where in @part its incomplete packet begins
 * @readers: one recvmsg() at a time; outside the socket lock
 */
struct mqtt_rx {
	unsigned long slow_left;
	u32 last;
	u32 part_need;
	u16 head_len;
	u16 head_off;
	u16 head_cap;
	bool busy;
	bool pend_eof;
	bool gate_wait;
	bool eof;
	bool expire;
	bool expired;
	bool ended;
	bool over_rate;
	u8 missed;
	u8 unseen;
	struct mqtt_flow *flow;
	struct mqtt_frame *part;
	struct list_head *jobs;
	unsigned long pend_slow;

	u32 pend_nr;
	u32 pend_gate;
	u64 gate;
	atomic64_t diverted;
	atomic64_t acked;
	u64 publish_fast;
	union {
		u8 *head;
		u8 inline_head[MQTT_HEAD_INLINE];
	};
	struct mqtt_alias **aliases;
	u32 part_start;
	struct mqtt_lock readers;
};

/**
 * struct mqtt_tx - transmit side of a conn
 *
 * The first 64 bytes are what every message to it needs.
 *
 * @lock: protects all but @senders; a leaf
 * @bytes: bytes of module frames in @wire and @parked
 * @items: number of them
 * @unsent: messages queued since the last flush
 * @left: bytes of the daemon's present packet still to come
 * @off: bytes of the first item in @wire that TCP has taken
 * @err: error TCP gave; nothing can be sent any more
 * @daemon_bytes: bytes of the daemon in @wire
 * @direct: bytes of the daemon go to TCP right now: as if inside a packet
 * @blocked: TCP takes nothing; cleared in write_space
 * @stalled: blocked for lack of memory with nothing in flight: no
 *	acknowledgement will call write_space, the timer tries again
 * @full: a daemon waits for room
 * @greeted: the daemon has sent something
 * @ended: no new module frames (CONN_DEL, drain)
 * @closed: the socket is closed, nothing may be queued
 * @head_len: number of bytes in @head; 0 when it is complete, or at a packet
 *	boundary
 * @wire: items in the order of the stream; only the flush (socket lock held)
 *	removes, so that the first ones are stable without @lock
 * @deliver_fast: messages of other conns queued
 * @parked: module frames that came while the daemon was inside a packet (see
 *	ring.h)
 * @deliver_packet_out: messages of the port queued
 * @drop_queue_full: messages dropped for the queue's limit
 * @drop_oversize: messages dropped for the client's maximum packet size
 * @drop_nomem: messages dropped for want of memory
 * @drop_expired: messages dropped for their Message Expiry Interval
 * @flushed: when the last flush was, in units of 1,024 ns, while there is
 *	tx_usecs
 * @senders: one daemon sendmsg() at a time; outside the socket lock
 * @head: bytes of the daemon's present fixed header
 */
struct mqtt_tx {
	spinlock_t lock;
	u32 bytes;
	u32 items;
	u32 unsent;
	u32 left;
	u32 off;
	int err;
	u32 daemon_bytes;
	bool direct;
	bool blocked;
	bool stalled;
	bool full;
	bool greeted;
	bool ended;
	bool closed;
	u8 head_len;
	struct list_head wire;
	u64 deliver_fast;

	struct list_head *parked;
	u64 deliver_packet_out;
	u64 drop_queue_full;
	u64 drop_oversize;
	u64 drop_nomem;
	u64 drop_expired;
	u32 flushed;
	struct mqtt_lock senders;
	u8 head[MQTT_FIXED_HEADER_MAX];
};

/**
 * struct mqtt_base - what a socket had before it was attached
 *
 * The same for all sockets of plain TCP over one family, and kept once.
 *
 * @prot: protocol
 * @ops: operations
 * @data_ready: callback
 * @write_space: callback
 * @state_change: callback
 */
struct mqtt_base {
	struct proto *prot;
	const struct proto_ops *ops;
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
};

/**
 * struct mqtt_rate_limits - how fast a client may publish
 *
 * @publish_rate: messages a second, 0: any number
 * @publish_burst: messages at once, 0: those of a second
 * @bytes_rate: bytes of PUBLISH packets a second, 0: any number
 * @bytes_burst: bytes at once, 0: those of a second
 */
struct mqtt_rate_limits {
	u32 publish_rate;
	u32 publish_burst;
	u32 bytes_rate;
	u32 bytes_burst;
};

/**
 * struct mqtt_rate - the limits, and what has been used of them
 *
 * @on: there is a limit
 * @waits: a PUBLISH waits (written by the worker)
 * @limits: set under mqtt_net.lock
 * @messages_paid: when all messages are paid for, in ns; the worker's own
 * @bytes_paid: the same for their bytes
 */
struct mqtt_rate {
	bool on;
	bool waits;
	struct mqtt_rate_limits limits;
	u64 messages_paid;
	u64 bytes_paid;
};

/**
 * struct mqtt_cookie - an opaque blob of the owner
 *
 * @len: bytes in @data
 * @data: the blob
 */
struct mqtt_cookie {
	u8 len;
	u8 data[];
};

/**
 * struct mqtt_conn - an attached socket
 *
 * There may be 100,000 of them that do nothing, so its size counts: what few
 * conns need is not in it (see struct mqtt_tls_conn, @rate), and it is laid out
 * without holes. What goes together is in one line of the cache of 64 bytes: the
 * first one says whose it is and has its worker called, the next two are @tx,
 * then come two of @rx, and the last ones are for what is rare.
 *
 * @sk: the socket, referenced
 * @mn: its namespace, alive as long as @sk
 * @ref: one while attached, one for each worker list it is on
 * @cpu: whose worker serves it, fixed at attach
 * @max_packet: longest packet the client takes, U32_MAX for any
 * @flags: MQTT_CONN_F_*
 * @sched: MQTT_SCHED_* bits
 * @tx_node: entry of new work for the worker: to send
 * @memcg: memory cgroup charged for what its packets need
 * @base: what the socket had before
 * @tx: transmit side
 * @rx: receive side
 * @id: identifier
 * @acl_class: part of the flow key
 * @nr_members: number of its memberships
 * @keep_alive: seconds, 0 for none
 * @alias_max: highest Topic Alias the client may set, 0: none
 * @level: protocol level
 * @is_tls: it is part of a struct mqtt_tls_conn; fixed at attach
 * @cookie: the owner's blob, or NULL (changed under mqtt_net.lock)
 * @rate: how fast it may publish, NULL: at any rate (set under mqtt_net.lock,
 *	and kept)
 * @members: its memberships (under mqtt_net.lock)
 * @rcu: fan-out finds conns under RCU; when it is used there are no members
 * @rx_node: the same as @tx_node for receiving
 * @held_node: the same for what waits for more to send with it
 * @resume_node: entry in the worker's list of conns with unfinished fan-out
 * @seq: when its unfinished fan-out began, by the worker's count; 0 if it
 *	has none
 * @timer: keep alive, and sending again after a stall
 */
struct mqtt_conn {
	struct sock *sk;
	struct mqtt_net *mn;
	refcount_t ref;
	int cpu;
	u32 max_packet;
	u32 flags;
	unsigned long sched;
	struct llist_node tx_node;
	struct mem_cgroup *memcg;
	const struct mqtt_base *base;

	struct mqtt_tx tx;
	struct mqtt_rx rx;

	u32 id;
	u32 acl_class;
	u32 nr_members;
	u16 keep_alive;
	u16 alias_max;
	u8 level;
	bool is_tls;
	struct mqtt_cookie __rcu *cookie;
	struct mqtt_rate *rate;
	union {
		struct list_head members;
		struct rcu_head rcu;
	};
	struct llist_node rx_node;
	struct llist_node held_node;
	struct llist_node resume_node;
	u64 seq;
	struct timer_list timer;
};

/* Seven lines of the cache. Locks are larger where they are debugged. */
#define MQTT_CONN_SIZE		448
#if defined(CONFIG_64BIT) && !defined(CONFIG_DEBUG_SPINLOCK) && \
	!defined(CONFIG_DEBUG_LOCK_ALLOC)
static_assert(sizeof(struct mqtt_conn) <= MQTT_CONN_SIZE);
static_assert(offsetof(struct mqtt_conn, tx) == 64);
static_assert(offsetof(struct mqtt_conn, rx) == 192);
static_assert(offsetof(struct mqtt_conn, id) == 320);
#endif

/**
 * struct mqtt_tls - kTLS below a conn
 *
 * kTLS locks the socket itself, and has no queue to look into: what is received
 * comes through a buffer. It belongs to whoever may take from the socket, that
 * is the worker while mqtt_rx.slow_left is 0 and the daemon while it is not,
 * each of them under mqtt_rx.readers.
 *
 * @version: version of TLS, as in records. Fixed at attach
 * @record_limit: most bytes of plaintext in a record that is sent, 0: no limit
 * @data: buffer for decrypted bytes, NULL while there are none
 * @off: where in it they begin
 * @len: their number
 * @err: -errno that receiving has ended with: what recv() answers
 * @end: receiving has ended
 * @starved: there was no memory for the buffer; the timer tries again
 * @again: a flush has tried again already, under @flusher
 * @flusher: one flush at a time; what the socket lock is for plain TCP
 * @base: what the socket had before
 */
struct mqtt_tls {
	u16 version;
	u16 record_limit;
	u32 off;
	u8 *data;
	u32 len;
	int err;
	bool end;
	bool starved;
	bool again;
	struct mutex flusher;
	struct mqtt_base base;
};

/**
 * struct mqtt_tls_conn - an attached socket with kTLS
 *
 * @conn: what every conn has
 * @tls: and kTLS
 */
struct mqtt_tls_conn {
	struct mqtt_conn conn;
	struct mqtt_tls tls;
};

/* Which fields of struct mqtt_conn_params are given. */
#define MQTT_CONN_P_ACL_CLASS	BIT(0)
#define MQTT_CONN_P_KEEP_ALIVE	BIT(1)
#define MQTT_CONN_P_MAX_PACKET	BIT(2)
#define MQTT_CONN_P_FLAGS	BIT(3)
#define MQTT_CONN_P_COOKIE	BIT(4)
#define MQTT_CONN_P_RECORD	BIT(5)
#define MQTT_CONN_P_PUBLISH_RATE	BIT(6)
#define MQTT_CONN_P_PUBLISH_BURST	BIT(7)
#define MQTT_CONN_P_BYTES_RATE	BIT(8)
#define MQTT_CONN_P_BYTES_BURST	BIT(9)
#define MQTT_CONN_P_RATES	(MQTT_CONN_P_PUBLISH_RATE |	\
				 MQTT_CONN_P_PUBLISH_BURST |	\
				 MQTT_CONN_P_BYTES_RATE |	\
				 MQTT_CONN_P_BYTES_BURST)

/**
 * struct mqtt_conn_params - what the owner says of a conn
 *
 * @given: MQTT_CONN_P_* of the fields that are given
 * @rx_skip: bytes for the daemon before the first packet boundary
 * @acl_class: part of the flow key
 * @max_packet: longest packet the client takes, 0 for any
 * @flags: MQTT_CONN_F_*
 * @keep_alive: seconds, 0 for none
 * @alias_max: highest Topic Alias the client may set, 0: none
 * @record_limit: most bytes of plaintext in a record of TLS, 0 for no limit
 * @rates: how fast it may publish
 * @level: 3, 4 or 5
 * @cookie_len: bytes in @cookie, up to MQTT_COOKIE_MAX
 * @cookie: blob to keep
 */
struct mqtt_conn_params {
	u32 given;
	u32 rx_skip;
	u32 acl_class;
	u32 max_packet;
	u32 flags;
	u16 keep_alive;
	u16 alias_max;
	u16 record_limit;
	struct mqtt_rate_limits rates;
	u8 level;
	u8 cookie_len;
	const u8 *cookie;
};

/**
 * mqtt_conn_attach() - take over a TCP socket
 * @mn: namespace
 * @fd: descriptor in the calling process
 * @params: attributes; @level and @alias_max count always
 * @extack: for the text of a refusal
 *
 * Context: process, in the owner's system call; @mn->lock held; takes the
 * socket lock.
 * Return: the identifier, or -errno as MQTT_CMD_CONN_ADD lists them.
 */
int mqtt_conn_attach(struct mqtt_net *mn, int fd,
		     const struct mqtt_conn_params *params,
		     struct netlink_ext_ack *extack);

/**
 * mqtt_conn_set() - change attributes
 * @conn: conn
 * @params: new values
 *
 * Context: process, mqtt_net.lock held. Return: 0 or -ENOMEM.
 */
int mqtt_conn_set(struct mqtt_conn *conn,
		  const struct mqtt_conn_params *params);

/**
 * mqtt_conn_cookie() - copy a conn's cookie
 * @conn: conn
 * @buf: MQTT_COOKIE_MAX bytes of room
 *
 * Context: any. Return: bytes copied, 0 if it has none.
 */
u32 mqtt_conn_cookie(const struct mqtt_conn *conn, u8 *buf);

/**
 * mqtt_conn_find() - look a conn up
 * @mn: namespace
 * @id: identifier
 *
 * Context: RCU read side, or @mn->lock held.
 * Return: conn or NULL.
 */
struct mqtt_conn *mqtt_conn_find(struct mqtt_net *mn, u32 id);

/**
 * mqtt_conn_end() - take a conn out of the data path
 * @conn: conn
 * @shutdown: end the TCP connection too, for owners that cannot any more
 *
 * The socket stays attached until it is closed.
 *
 * Context: process, mqtt_net.lock held; takes the socket lock.
 */
void mqtt_conn_end(struct mqtt_conn *conn, bool shutdown);

/**
 * mqtt_conn_end_all() - end every conn of a namespace, shutting it down
 * @mn: namespace
 *
 * Context: process, @mn->lock held.
 */
void mqtt_conn_end_all(struct mqtt_net *mn);

/**
 * mqtt_conn_close() - the last descriptor is closed: undo the attaching
 * @conn: conn; the caller calls the base protocol's close() next
 *
 * Context: process, no locks held.
 */
void mqtt_conn_close(struct mqtt_conn *conn);

/**
 * mqtt_conn_touch_timer() - let the timer look at the conn again soon
 * @conn: conn
 * @delay: in jiffies
 *
 * Context: any.
 */
void mqtt_conn_touch_timer(struct mqtt_conn *conn, unsigned long delay);

/**
 * mqtt_rx_head() - the bytes of an undecided packet
 * @rx: receive side
 *
 * Context: who owns the head. Return: where they are, @rx->head_len of them.
 */
static inline u8 *mqtt_rx_head(struct mqtt_rx *rx)
{
	return rx->head_cap > MQTT_HEAD_INLINE ? rx->head : rx->inline_head;
}

/**
 * mqtt_conn_idle() - how long nothing has come from the client
 * @conn: conn
 *
 * Context: any. Return: jiffies, modulo 2^32.
 */
static inline u32 mqtt_conn_idle(const struct mqtt_conn *conn)
{
	u32 last = READ_ONCE(conn->rx.last);

	return (u32)jiffies - last;
}

/**
 * mqtt_conn_wake() - wake who waits to receive
 * @conn: conn
 *
 * Context: any.
 */
void mqtt_conn_wake(struct mqtt_conn *conn);

/**
 * mqtt_conn_put() - drop a reference
 * @conn: conn
 *
 * Context: process.
 */
void mqtt_conn_put(struct mqtt_conn *conn);

/**
 * mqtt_conn_tryget() - take a reference unless the conn is gone
 * @conn: conn found under RCU
 *
 * Context: any, RCU read side. Return: whether it was taken.
 */
static inline bool mqtt_conn_tryget(struct mqtt_conn *conn)
{
	return refcount_inc_not_zero(&conn->ref);
}

/**
 * mqtt_conn_of() - the conn of an attached socket
 * @sk: socket whose protocol is ours
 *
 * Context: the socket is locked, or a descriptor of it is held.
 * Return: its conn.
 */
static inline struct mqtt_conn *mqtt_conn_of(const struct sock *sk)
{
	return rcu_dereference_raw(sk->sk_user_data);
}

/**
 * mqtt_conn_init() - make the caches of conns
 *
 * Context: module init. Return: 0 or -ENOMEM.
 */
int mqtt_conn_init(void);

/**
 * mqtt_conn_exit() - free them
 *
 * Context: module exit; waits for RCU callbacks.
 */
void mqtt_conn_exit(void);

#endif /* _MQTT_CONN_H */
