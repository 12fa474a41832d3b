/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MQTT_CONN_H
#define _MQTT_CONN_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/timer.h>
#include <net/sock.h>

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

/* Heads up to this length need no allocation. */
#define MQTT_HEAD_INLINE	32

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
 * @readers: one recvmsg() at a time; outside the socket lock
 * @slow_left: bytes the daemon may read. Published with release semantics when
 *	it is 0, with the socket locked or by the worker that is @busy; counted
 *	down by recvmsg() under @readers. While it is not 0 nobody but recvmsg()
 *	takes from the receive queue.
 * @head: bytes of an undecided packet taken out of the socket: a socket that
 *	keeps an incomplete header may close its window for ever. Pushed back
 *	to the daemon through recvmsg() if the packet turns out to be slow.
 * @head_len: bytes in @head
 * @head_off: bytes of them that recvmsg() has handed out (under @readers)
 * @head_cap: size of @head
 * @part_need: bytes missing of the packet at the end of @part
 * @part: frame that ends in an incomplete packet; NULL with @part_need not 0:
 *	the packet is being dropped
 * @part_start: where in @part that packet begins
 * @jobs: frames whose fan-out is not complete
 * @flow: last flow hit, referenced
 * @aliases: topics by Topic Alias - 1, NULL while none is known (see alias.h)
 * @busy: the worker has taken bytes out of the socket that it has not finished
 *	with: @jobs and what is pending are its own without the socket lock
 * @pend_slow: what becomes @slow_left after the fan-out of @jobs
 * @pend_nr: packets in it
 * @pend_gate: number of its last packet that gates, counted from 1 in it
 * @pend_eof: @eof becomes true then
 * @gate: number of the last diverted packet that gates
 * @diverted: packets diverted since attach
 * @acked: highest number acknowledged (written by the port)
 * @gate_wait: a publish waits for @acked to reach @gate (see mqtt_rx_ack())
 * @eof: nothing more will come; the base protocol answers recvmsg()
 * @expire: keep alive has run out, the worker is to tell
 * @expired: recvmsg() answers -ETIMEDOUT
 * @ended: recvmsg() answers 0 whatever there is
 * @over_rate: recvmsg() answers -EDQUOT, nothing more is taken
 * @last: jiffies of the last byte from the client (written in softirq)
 * @publish_fast: publishes consumed
 * @inline_head: first home of @head
 */
struct mqtt_rx {
	struct mutex readers;
	unsigned long slow_left;
	u8 *head;
	u16 head_len;
	u16 head_off;
	u16 head_cap;
	u32 part_need;
	u32 part_start;
	struct mqtt_frame *part;
	struct list_head jobs;
	struct mqtt_flow *flow;
	struct mqtt_alias **aliases;
	bool busy;
	unsigned long pend_slow;
	u32 pend_nr;
	u32 pend_gate;
	bool pend_eof;
	u64 gate;
	atomic64_t diverted;
	atomic64_t acked;
	bool gate_wait;
	bool eof;
	bool expire;
	bool expired;
	bool ended;
	bool over_rate;
	unsigned long last;
	u64 publish_fast;
	u8 inline_head[MQTT_HEAD_INLINE];
};

/**
 * struct mqtt_tx - transmit side of a conn
 *
 * @lock: protects all but @senders; a leaf
 * @senders: one daemon sendmsg() at a time; outside the socket lock
 * @wire: items in the order of the stream; only the flush (socket lock held)
 *	removes, so that the first ones are stable without @lock
 * @parked: module frames that came while the daemon was inside a packet
 * @off: bytes of the first item in @wire that TCP has taken
 * @bytes: bytes of module frames in @wire and @parked
 * @items: number of them
 * @daemon_bytes: bytes of the daemon in @wire
 * @head: bytes of the daemon's present fixed header
 * @head_len: number of them; 0 when it is complete, or at a packet boundary
 * @left: bytes of the daemon's present packet still to come
 * @direct: bytes of the daemon go to TCP right now: as if inside a packet
 * @unsent: messages queued since the last flush
 * @flushed: when that was, in ns, while there is tx_usecs
 * @err: error TCP gave; nothing can be sent any more
 * @blocked: TCP takes nothing; cleared in write_space
 * @stalled: blocked for lack of memory with nothing in flight: no
 *	acknowledgement will call write_space, the timer tries again
 * @full: a daemon waits for room
 * @greeted: the daemon has sent something
 * @ended: no new module frames (CONN_DEL, drain)
 * @closed: the socket is closed, nothing may be queued
 * @deliver_fast: messages of other conns queued
 * @deliver_packet_out: messages of the port queued
 * @drop_queue_full: messages dropped for the queue's limit
 * @drop_oversize: messages dropped for the client's maximum packet size
 * @drop_nomem: messages dropped for want of memory
 * @drop_expired: messages dropped for their Message Expiry Interval
 */
struct mqtt_tx {
	spinlock_t lock;
	struct mutex senders;
	struct list_head wire;
	struct list_head parked;
	u32 off;
	u32 bytes;
	u32 items;
	u32 daemon_bytes;
	u8 head[MQTT_FIXED_HEADER_MAX];
	u8 head_len;
	u32 left;
	bool direct;
	u32 unsent;
	u64 flushed;
	int err;
	bool blocked;
	bool stalled;
	bool full;
	bool greeted;
	bool ended;
	bool closed;
	u64 deliver_fast;
	u64 deliver_packet_out;
	u64 drop_queue_full;
	u64 drop_oversize;
	u64 drop_nomem;
	u64 drop_expired;
};

/**
 * struct mqtt_tls - kTLS below a conn
 *
 * kTLS locks the socket itself, and has no queue to look into: what is received
 * comes through a buffer. It belongs to whoever may take from the socket, that
 * is the worker while mqtt_rx.slow_left is 0 and the daemon while it is not,
 * each of them under mqtt_rx.readers.
 *
 * @version: version of TLS, as in records; 0: plain TCP. Fixed at attach
 * @record_limit: most bytes of plaintext in a record that is sent, 0: no limit
 * @data: buffer for decrypted bytes, NULL while there are none
 * @off: where in it they begin
 * @len: their number
 * @err: -errno that receiving has ended with: what recv() answers
 * @end: receiving has ended
 * @starved: there was no memory for the buffer; the timer tries again
 * @flusher: one flush at a time; what the socket lock is for plain TCP
 * @again: a flush has tried again already, under @flusher
 */
struct mqtt_tls {
	u16 version;
	u16 record_limit;
	u8 *data;
	u32 off;
	u32 len;
	int err;
	bool end;
	bool starved;
	struct mutex flusher;
	bool again;
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
 * @rcu: freed after readers
 * @len: bytes in @data
 * @data: the blob
 */
struct mqtt_cookie {
	struct rcu_head rcu;
	u8 len;
	u8 data[];
};

/**
 * struct mqtt_conn - an attached socket
 *
 * @sk: the socket, referenced
 * @mn: its namespace, alive as long as @sk
 * @id: identifier
 * @cpu: whose worker serves it, fixed at attach
 * @ref: one while attached, one for each worker list it is on
 * @rcu: fan-out finds conns under RCU
 * @level: protocol level
 * @alias_max: highest Topic Alias the client may set, 0: none
 * @keep_alive: seconds, 0 for none
 * @acl_class: part of the flow key
 * @max_packet: longest packet the client takes, U32_MAX for any
 * @flags: MQTT_CONN_F_*
 * @cookie: the owner's blob, or NULL (changed under mqtt_net.lock)
 * @memcg: memory cgroup charged for what its packets need
 * @members: its memberships (under mqtt_net.lock)
 * @nr_members: number of them
 * @base_prot: the socket's own protocol
 * @base_ops: the socket's own operations
 * @data_ready: the socket's own callback
 * @write_space: the socket's own callback
 * @state_change: the socket's own callback
 * @sched: MQTT_SCHED_* bits
 * @rx_node: entry of new work for the worker
 * @tx_node: the same for sending
 * @held_node: the same for what waits for more to send with it
 * @rx_link: entry in the worker's list of conns to receive from
 * @resume_link: entry in its list of conns with unfinished fan-out
 * @seq: when its unfinished fan-out began, by the worker's count; 0 if it
 *	has none
 * @timer: keep alive, and sending again after a stall
 * @rx: receive side
 * @tx: transmit side
 * @tls: kTLS, if there is
 * @rate: how fast it may publish
 */
struct mqtt_conn {
	struct sock *sk;
	struct mqtt_net *mn;
	u32 id;
	int cpu;
	refcount_t ref;
	struct rcu_head rcu;
	u8 level;
	u16 alias_max;
	u16 keep_alive;
	u32 acl_class;
	u32 max_packet;
	u32 flags;
	struct mqtt_cookie __rcu *cookie;
	struct mem_cgroup *memcg;
	struct list_head members;
	u32 nr_members;
	struct proto *base_prot;
	const struct proto_ops *base_ops;
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	unsigned long sched;
	struct llist_node rx_node;
	struct llist_node tx_node;
	struct llist_node held_node;
	struct list_head rx_link;
	struct list_head resume_link;
	u64 seq;
	struct timer_list timer;
	struct mqtt_rx rx;
	struct mqtt_tx tx;
	struct mqtt_tls tls;
	struct mqtt_rate rate;
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
 * mqtt_conn_init() - make the cache of conns
 *
 * Context: module init. Return: 0 or -ENOMEM.
 */
int mqtt_conn_init(void);

/**
 * mqtt_conn_exit() - free it
 *
 * Context: module exit; waits for RCU callbacks.
 */
void mqtt_conn_exit(void);

#endif /* _MQTT_CONN_H */
