// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving. A byte stream goes through mqtt_rx_input() in whatever blocks the
 * socket holds it; it consumes what the fast path handles and stops at the
 * first byte that is not its own. Rule: never wait for bytes while leaving
 * bytes. A socket that keeps an incomplete header may never advertise room for
 * the rest, so undecided bytes are taken out into a small head buffer and
 * pushed back to the daemon if they turn out to be for it.
 */
#include <linux/jiffies.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/sched/mm.h>
#include <net/tcp.h>
#include <linux/mqtt.h>

#include "alias.h"
#include "conn.h"
#include "event.h"
#include "fanout.h"
#include "flow.h"
#include "frame.h"
#include "group.h"
#include "net.h"
#include "param.h"
#include "rate.h"
#include "ring.h"
#include "rx.h"
#include "rx_divert.h"
#include "tls.h"
#include "transcode.h"
#include "tx.h"
#include "variant.h"
#include "worker.h"

/* Members served before other conns' turn. */
#define MQTT_RX_MEMBERS		2048
/* Least room for a head that needs some of its own. */
#define MQTT_HEAD_MIN		32U

void mqtt_rx_head_drop(struct mqtt_rx *rx)
{
	if (rx->head_cap > MQTT_HEAD_INLINE)
		kfree(rx->head);
	rx->head_cap = MQTT_HEAD_INLINE;
	rx->head_len = 0;
	rx->head_off = 0;
}

static bool mqtt_rx_head_reserve(struct mqtt_rx *rx, u32 cap)
{
	u8 *head;

	if (cap <= rx->head_cap)
		return true;
	cap = max(cap, MQTT_HEAD_MIN);
	head = kmalloc(cap, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!head)
		return false;
	memcpy(head, mqtt_rx_head(rx), rx->head_len);
	if (rx->head_cap > MQTT_HEAD_INLINE)
		kfree(rx->head);
	rx->head = head;
	rx->head_cap = cap;
	return true;
}

/* Makes the open frame ready for fan-out. */
static void mqtt_rx_close_part(struct mqtt_rx *rx)
{
	struct mqtt_frame *frame = rx->part;

	if (!frame)
		return;
	rx->part = NULL;
	if (frame->expires)
		frame->arrived = get_jiffies_64();
	frame = mqtt_frame_trim(frame);
	mqtt_ring_add_tail(&rx->jobs, &frame->node);
}

/*
 * Everything is read for now and the open frame ends in an incomplete packet:
 * the packets before it must not wait for the rest.
 */
static void mqtt_rx_split_part(struct mqtt_rx_pass *pass)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_frame *frame = rx->part, *tail;
	u32 have;

	if (!frame)
		return;
	if (!rx->part_need) {
		mqtt_rx_close_part(rx);
		return;
	}
	if (!rx->part_start)
		return;
	have = frame->len - rx->part_start;
	tail = mqtt_frame_alloc(have + rx->part_need);
	if (tail) {
		memcpy(tail->data, frame->data + rx->part_start, have);
		tail->len = have;
		mqtt_frame_inherit(tail, frame);
		tail->flow = mqtt_flow_get(frame->flow);
	} else {
		mqtt_stat_inc(pass->conn->mn, DROP_NOMEM);
	}
	frame->len = rx->part_start;
	mqtt_rx_close_part(rx);
	/* Without a tail the rest of the packet is dropped as it comes. */
	rx->part = tail;
	rx->part_start = 0;
}

/**
 * struct mqtt_rx_run - packets that go the same way
 *
 * @flow: where
 * @expires: they have a Message Expiry Interval
 * @expiry: the interval
 * @len: bytes of whole packets
 * @nr: number of them
 * @longest: length of the longest one
 * @tail: bytes there are of one more
 * @tail_len: its length, 0 if there is none
 * @to_end: the block ends in the midst of the run
 */
struct mqtt_rx_run {
	struct mqtt_flow *flow;
	bool expires;
	u32 expiry;
	u32 len;
	u32 nr;
	u32 longest;
	u32 tail;
	u32 tail_len;
	bool to_end;
};

/* What a packet in a run needs besides the flow: one frame has one deadline. */
static void mqtt_rx_run_begin(const struct mqtt_rx_pass *pass,
			      struct mqtt_rx_run *run, struct mqtt_flow *flow,
			      const struct mqtt_packet_head *h)
{
	run->flow = flow;
	run->expires = pass->level && h->expiry_off;
	run->expiry = run->expires ? h->expiry : 0;
}

static bool mqtt_rx_run_fits(const struct mqtt_rx_pass *pass,
			     const struct mqtt_rx_run *run,
			     const struct mqtt_packet_head *h)
{
	return !pass->level || (run->expires == !!h->expiry_off &&
				run->expiry == h->expiry);
}

/*
 * Room for @len bytes of @run at the end of the open frame; @more says how
 * much of the same may follow. Returns NULL if there is no memory.
 */
static struct mqtt_frame *mqtt_rx_open_part(struct mqtt_rx_pass *pass,
					    const struct mqtt_rx_run *run,
					    u32 len, u32 more)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_frame *frame = rx->part;

	if (frame && static_branch_likely(&mqtt_param_runs) &&
	    frame->flow == run->flow &&
	    frame->cap - frame->len >= len &&
	    frame->expires == run->expires &&
	    (!frame->expires || frame->expiry == run->expiry))
		return frame;
	mqtt_rx_close_part(rx);
	if (len < MQTT_RUN_MAX)
		more = min_t(u32, more, MQTT_RUN_MAX - len);
	else
		more = 0;
	frame = mqtt_frame_alloc(len + more);
	if (!frame)
		return NULL;
	frame->level = pass->level;
	frame->expires = run->expires;
	frame->expiry = run->expiry;
	frame->flow = mqtt_flow_get(run->flow);
	rx->part = frame;
	return frame;
}

static bool mqtt_rx_delivers(const struct mqtt_flow *flow)
{
	return !(flow->flags & MQTT_FLOW_F_DENY) &&
	       (flow->nr_groups || flow->nr_merged);
}

static void mqtt_rx_count(struct mqtt_rx_pass *pass, struct mqtt_flow *flow,
			  u32 nr, u32 bytes)
{
	pass->publishes += nr;
	pass->bytes += bytes;
	if (flow->flags & MQTT_FLOW_F_DENY)
		pass->denied += nr;
	else if (!mqtt_rx_delivers(flow))
		pass->unsubscribed += nr;
	mqtt_flow_hit(flow, nr, bytes);
}

struct mqtt_flow *mqtt_rx_flow(struct mqtt_rx_pass *pass, const u8 *topic,
			       u32 topic_len)
{
	struct mqtt_rx *rx = &pass->conn->rx;

	if (static_branch_likely(&mqtt_param_flow_cache) &&
	    mqtt_flow_is(rx->flow, pass->acl_class, topic, topic_len))
		return rx->flow;
	mqtt_flow_put(rx->flow);
	rx->flow = mqtt_flow_lookup(pass->conn->mn, pass->acl_class, topic,
				    topic_len);
	if (rx->flow)
		rx->missed = 0;
	return rx->flow;
}

static bool mqtt_rx_gate_closed(const struct mqtt_rx *rx)
{
	return atomic64_read(&rx->acked) < rx->gate;
}

/* A publish that would hit: may it overtake what the daemon has in hand? */
static bool mqtt_rx_gated(struct mqtt_rx_pass *pass)
{
	struct mqtt_rx *rx = &pass->conn->rx;

	if (pass->open)
		return false;
	if (mqtt_rx_gate_closed(rx)) {
		WRITE_ONCE(rx->gate_wait, true);
		/* Pairs with mqtt_rx_ack(): one of the two sees the other. */
		smp_mb();
		if (mqtt_rx_gate_closed(rx)) {
			pass->stop = true;
			mqtt_stat_inc(pass->conn->mn, GATE_WAITS);
			return true;
		}
		WRITE_ONCE(rx->gate_wait, false);
	}
	/* Nothing is diverted before this pass ends, so it stays open. */
	pass->open = true;
	return false;
}

static bool mqtt_rx_ping_waits(const struct mqtt_conn *conn)
{
	return mqtt_rx_gate_closed(&conn->rx) || !READ_ONCE(conn->tx.greeted);
}

/*
 * Answers a PINGREQ, unless the daemon owes answers that would come before it
 * (CONNACK first of all): then it waits like a publish, but is not counted.
 */
static bool mqtt_rx_ping(struct mqtt_rx_pass *pass)
{
	struct mqtt_conn *conn = pass->conn;

	if (mqtt_rx_ping_waits(conn)) {
		WRITE_ONCE(conn->rx.gate_wait, true);
		/* Pairs with mqtt_rx_ack() and mqtt_rx_greeted(). */
		smp_mb();
		if (mqtt_rx_ping_waits(conn)) {
			pass->stop = true;
			return false;
		}
		WRITE_ONCE(conn->rx.gate_wait, false);
	}
	mqtt_tx_pingresp(conn);
	return true;
}

void mqtt_rx_greeted(struct mqtt_conn *conn)
{
	/* Pairs with mqtt_rx_ping(). */
	smp_mb();
	if (READ_ONCE(conn->rx.gate_wait))
		mqtt_worker_rx(conn);
}

void mqtt_rx_ack(struct mqtt_conn *conn, u64 seq)
{
	struct mqtt_rx *rx = &conn->rx;
	u64 max = atomic64_read(&rx->diverted);

	if (seq > max)
		seq = max;
	if (seq <= atomic64_read(&rx->acked))
		return;
	atomic64_set(&rx->acked, seq);
	smp_mb();
	if (READ_ONCE(rx->gate_wait))
		mqtt_worker_rx(conn);
}

void mqtt_rx_part_done(struct mqtt_rx_pass *pass)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_frame *frame = rx->part;

	if (!frame)
		return;
	frame->nr++;
	frame->longest = max(frame->longest, frame->len - rx->part_start);
}

/*
 * Puts @n bytes of a packet at the end of the open frame, the topic in the
 * place of its alias: at least all up to the payload.
 */
static void mqtt_rx_put(const struct mqtt_rx_pass *pass,
			struct mqtt_frame *frame, const u8 *p, u32 n,
			const struct mqtt_packet_head *h)
{
	const u8 *topic;
	u32 topic_len;

	if (pass->level && h->alias) {
		u32 off = h->props_off + h->props_len;

		topic = mqtt_rx_topic(pass, p, h, &topic_len);
		frame->len += mqtt_transcode_alias(p, h, topic, topic_len,
						   frame->data + frame->len);
		p += off;
		n -= off;
	}
	memcpy(frame->data + frame->len, p, n);
	frame->len += n;
}

/* Length of a packet as it is forwarded. */
static u32 mqtt_rx_len(const struct mqtt_rx_pass *pass, const u8 *p,
		       const struct mqtt_packet_head *h)
{
	const u8 *topic;
	u32 topic_len;

	if (!pass->level || !h->alias)
		return h->len;
	topic = mqtt_rx_topic(pass, p, h, &topic_len);
	return mqtt_transcode_alias(p, h, topic, topic_len, NULL) +
	       h->len - h->props_off - h->props_len;
}

/* Takes a packet that hits, of which @n bytes are at @p. */
static void mqtt_rx_take_one(struct mqtt_rx_pass *pass, struct mqtt_flow *flow,
			     const u8 *p, u32 n,
			     const struct mqtt_packet_head *h)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_rx_run run = {};
	struct mqtt_frame *frame;

	mqtt_rx_count(pass, flow, 1, h->len);
	rx->part_need = h->len - n;
	if (!mqtt_rx_delivers(flow)) {
		mqtt_rx_close_part(rx);
		return;
	}
	mqtt_rx_run_begin(pass, &run, flow, h);
	frame = mqtt_rx_open_part(pass, &run, mqtt_rx_len(pass, p, h),
				  pass->avail - pass->used);
	if (!frame) {
		mqtt_stat_inc(pass->conn->mn, DROP_NOMEM);
		return;
	}
	rx->part_start = frame->len;
	mqtt_rx_put(pass, frame, p, n, h);
	if (!rx->part_need)
		mqtt_rx_part_done(pass);
}

/*
 * The head is at its packet's topic at last, or known to be slow. Returns false
 * if more bytes are needed: *need says how many the head must have.
 */
static bool mqtt_rx_decide_head(struct mqtt_rx_pass *pass, u32 *need)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_packet_head h;
	struct mqtt_flow *flow;
	const u8 *topic, *head = mqtt_rx_head(rx);
	enum mqtt_parse_result result;
	u32 topic_len;

	result = mqtt_rx_parse(pass, head, rx->head_len, &h);
	if (pass->limited && result != MQTT_PARSE_MORE &&
	    mqtt_rate_stops(pass, head[0]))
		return true;
	switch (result) {
	case MQTT_PARSE_MORE:
		*need = h.need;
		if (mqtt_rx_head_reserve(rx, *need))
			return false;
		mqtt_rx_divert(pass);
		return true;
	case MQTT_PARSE_FAST:
		break;
	case MQTT_PARSE_PINGREQ:
		if (mqtt_rx_ping(pass))
			mqtt_rx_head_drop(rx);
		return true;
	default:
		mqtt_rx_divert(pass);
		return true;
	}

	topic = mqtt_rx_topic(pass, head, &h, &topic_len);
	flow = mqtt_rx_flow(pass, topic, topic_len);
	if (!flow) {
		mqtt_rx_divert(pass);
		return true;
	}
	if (mqtt_rx_gated(pass))
		return true;
	if (pass->limited)
		mqtt_rate_charge(pass, h.len);
	mqtt_rx_take_one(pass, flow, head, rx->head_len, &h);
	mqtt_rx_head_drop(rx);
	return true;
}

static u32 mqtt_rx_input_head(struct mqtt_rx_pass *pass, const u8 *p, u32 n)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	u32 need = 0, take;

	if (mqtt_rx_decide_head(pass, &need))
		return 0;
	take = min(n, need - rx->head_len);
	memcpy(mqtt_rx_head(rx) + rx->head_len, p, take);
	rx->head_len += take;
	return take;
}

static u32 mqtt_rx_input_part(struct mqtt_rx_pass *pass, const u8 *p, u32 n)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	u32 take = min(n, rx->part_need);

	if (rx->part) {
		memcpy(rx->part->data + rx->part->len, p, take);
		rx->part->len += take;
	}
	rx->part_need -= take;
	if (!rx->part_need)
		mqtt_rx_part_done(pass);
	return take;
}

/* Appends the packets of a run, which begins at @p. */
static void mqtt_rx_take_run(struct mqtt_rx_pass *pass,
			     const struct mqtt_rx_run *run, const u8 *p)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	u32 len = run->len + run->tail, more = 0;
	struct mqtt_frame *frame;

	mqtt_rx_count(pass, run->flow, run->nr + !!run->tail_len,
		      run->len + run->tail_len);
	if (!mqtt_rx_delivers(run->flow)) {
		/* Closing keeps later packets from filling this frame. */
		mqtt_rx_close_part(rx);
		rx->part_need = run->tail_len - run->tail;
		return;
	}
	/* The block ends in the midst of a run: the next may go on with it. */
	if (run->to_end && pass->avail > pass->used + len)
		more = pass->avail - pass->used - len;
	frame = mqtt_rx_open_part(pass, run, run->len + run->tail_len, more);
	if (!frame) {
		mqtt_stat_add(pass->conn->mn, DROP_NOMEM,
			      run->nr + !!run->tail_len);
		rx->part_need = run->tail_len - run->tail;
		return;
	}
	memcpy(frame->data + frame->len, p, len);
	frame->len += run->len;
	frame->nr += run->nr;
	frame->longest = max(frame->longest, run->longest);
	if (run->tail_len) {
		rx->part_start = frame->len;
		frame->len += run->tail;
		rx->part_need = run->tail_len - run->tail;
	}
}

/* At a packet that is taken by itself. Returns bytes consumed. */
static u32 mqtt_rx_input_one(struct mqtt_rx_pass *pass, const u8 *p, u32 n,
			     const struct mqtt_packet_head *h)
{
	struct mqtt_flow *flow;
	const u8 *topic;
	u32 topic_len;

	topic = mqtt_rx_topic(pass, p, h, &topic_len);
	flow = mqtt_rx_flow(pass, topic, topic_len);
	if (!flow) {
		mqtt_rx_divert(pass);
		return 0;
	}
	if (mqtt_rx_gated(pass))
		return 0;
	if (pass->limited)
		mqtt_rate_charge(pass, h->len);
	n = min(n, h->len);
	mqtt_rx_take_one(pass, flow, p, n, h);
	return n;
}

/* At a packet that is not taken. Returns bytes consumed. */
static u32 mqtt_rx_input_other(struct mqtt_rx_pass *pass,
			       enum mqtt_parse_result result, const u8 *p)
{
	switch (result) {
	case MQTT_PARSE_MORE:
		/* Collected by mqtt_rx_input_head() from here on. */
		mqtt_rx_head(&pass->conn->rx)[0] = p[0];
		pass->conn->rx.head_len = 1;
		return 1;
	case MQTT_PARSE_PINGREQ:
		return mqtt_rx_ping(pass) ? 2 : 0;
	default:
		mqtt_rx_divert(pass);
		return 0;
	}
}

/* At a packet boundary, with a limit that may end before any packet. */
static u32 mqtt_rx_input_limited(struct mqtt_rx_pass *pass, const u8 *p, u32 n)
{
	enum mqtt_parse_result result;
	struct mqtt_packet_head h;

	if (mqtt_rate_stops(pass, p[0]))
		return 0;
	result = mqtt_rx_parse(pass, p, n, &h);
	if (result == MQTT_PARSE_FAST)
		return mqtt_rx_input_one(pass, p, n, &h);
	return mqtt_rx_input_other(pass, result, p);
}

/* How far two packets must be the same to be treated the same; 0: do not ask. */
static u32 mqtt_rx_prefix(const struct mqtt_rx_pass *pass,
			  const struct mqtt_packet_head *h)
{
	if (!static_branch_likely(&mqtt_param_runs))
		return 0;
	if (!pass->level)
		return h->fixed_len + 2 + h->topic_len;
	/* A payload that has to be checked is part of what decides. */
	return h->format ? 0 : h->props_off + h->props_len;
}

/* Is the packet at @at whole, and does it begin like the one before it? */
static bool mqtt_rx_is_same(const struct mqtt_rx_run *run, u32 prefix,
			    const u8 *at, const u8 *end,
			    const struct mqtt_packet_head *h)
{
	return h->len <= end - at && run->len + h->len <= MQTT_RUN_MAX &&
	       !READ_ONCE(run->flow->dead) &&
	       !memcmp(at, at - h->len, prefix);
}

/* The first packet of a run. Returns false if it is not to be taken. */
static bool mqtt_rx_run_first(struct mqtt_rx_pass *pass,
			      struct mqtt_rx_run *run, const u8 *p,
			      const struct mqtt_packet_head *h)
{
	struct mqtt_flow *flow = mqtt_rx_flow(pass, p + h->fixed_len + 2,
					      h->topic_len);

	if (!flow) {
		mqtt_rx_divert(pass);
		return false;
	}
	if (mqtt_rx_gated(pass))
		return false;
	mqtt_rx_run_begin(pass, run, flow, h);
	return true;
}

/* A later one. Returns false if it is not part of the run. */
static bool mqtt_rx_run_more(const struct mqtt_rx_pass *pass,
			     const struct mqtt_rx_run *run, const u8 *p,
			     const struct mqtt_packet_head *h)
{
	return static_branch_likely(&mqtt_param_runs) &&
	       run->len + h->len <= MQTT_RUN_MAX &&
	       mqtt_flow_is(run->flow, pass->acl_class, p + h->fixed_len + 2,
			    h->topic_len) &&
	       mqtt_rx_run_fits(pass, run, h);
}

/*
 * At a packet boundary. Finds the longest run of packets of one flow at the
 * start of the block and takes it as a whole. Returns bytes consumed.
 */
static u32 mqtt_rx_input_run(struct mqtt_rx_pass *pass, const u8 *p, u32 n)
{
	enum mqtt_parse_result result = MQTT_PARSE_MORE;
	struct mqtt_rx_run run = {};
	struct mqtt_packet_head h;
	u32 prefix = 0;

	if (unlikely(pass->limited))
		return mqtt_rx_input_limited(pass, p, n);
	while (run.len < n) {
		const u8 *at = p + run.len;

		if (!prefix || !mqtt_rx_is_same(&run, prefix, at, p + n, &h)) {
			result = mqtt_rx_parse(pass, at, n - run.len, &h);
			if (result != MQTT_PARSE_FAST)
				break;
			if (pass->level && unlikely(h.alias)) {
				if (!run.flow)
					return mqtt_rx_input_one(pass, p, n,
								 &h);
				break;
			}
			if (!run.flow && !mqtt_rx_run_first(pass, &run, p, &h))
				return 0;
			if (run.len && !mqtt_rx_run_more(pass, &run, at, &h))
				break;
			prefix = mqtt_rx_prefix(pass, &h);
		}
		if (h.len > n - run.len) {
			run.tail = n - run.len;
			run.tail_len = h.len;
			break;
		}
		run.len += h.len;
		run.nr++;
		run.longest = max(run.longest, h.len);
	}
	if (run.flow) {
		run.to_end = run.tail_len || run.len == n ||
			     result == MQTT_PARSE_MORE;
		mqtt_rx_take_run(pass, &run, p);
		return run.len + run.tail;
	}
	return mqtt_rx_input_other(pass, result, p);
}

u32 mqtt_rx_input(struct mqtt_rx_pass *pass, const u8 *p, u32 n)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	u32 used = 0;

	while (!pass->stop && used < n) {
		u32 took;

		if (rx->part_need)
			took = mqtt_rx_input_part(pass, p + used, n - used);
		else if (rx->head_len)
			took = mqtt_rx_input_head(pass, p + used, n - used);
		else
			took = mqtt_rx_input_run(pass, p + used, n - used);
		used += took;
		pass->used += took;
	}
	return used;
}

/* Socket locked, or that of kTLS held off. Reads what there is. */
static void mqtt_rx_read(struct mqtt_rx_pass *pass)
{
	struct mqtt_conn *conn = pass->conn;
	struct mqtt_rx *rx = &conn->rx;
	struct sock *sk = conn->sk;
	struct tcp_sock *tp = tcp_sk(sk);
	bool tls = mqtt_tls_is_on(conn);
	u32 need;

	WRITE_ONCE(rx->gate_wait, false);
	if (!tls) {
		pass->avail = tp->rcv_nxt - tp->copied_seq;
		/* tcp_read_sock() would stop before urgent data for ever. */
		if (unlikely(tp->urg_data)) {
			mqtt_rx_divert_all(pass);
			return;
		}
	}
	/* A head that waited for the gate needs no more bytes. */
	if (rx->head_len && !rx->part_need)
		mqtt_rx_decide_head(pass, &need);
	if (!pass->stop && !tls)
		mqtt_rx_tcp_feed(pass);
	else if (!pass->stop)
		mqtt_rx_tls_feed(pass);
	if (rx->head_len && !rx->part_need && !pass->stop)
		mqtt_rx_decide_head(pass, &need);
	mqtt_rx_split_part(pass);

	if (pass->divert && !tls)
		mqtt_rx_divert_run(pass);
	else if (pass->divert)
		mqtt_rx_tls_divert(pass);
	else if (!pass->stop && (tls ? mqtt_tls(conn)->end : mqtt_rx_at_eof(sk)))
		mqtt_rx_eof(pass);
}

static void mqtt_rx_report(struct mqtt_rx_pass *pass)
{
	struct mqtt_net *mn = pass->conn->mn;

	if (!pass->publishes)
		return;
	mqtt_stat_add(mn, PUBLISH_FAST, pass->publishes);
	mqtt_stat_add(mn, PUBLISH_FAST_BYTES, pass->bytes);
	if (pass->denied)
		mqtt_stat_add(mn, DROP_ACL, pass->denied);
	if (pass->unsubscribed)
		mqtt_stat_add(mn, DROP_NO_SUBSCRIBER, pass->unsubscribed);
	pass->conn->rx.publish_fast += pass->publishes;
}

static void mqtt_rx_expire(struct mqtt_conn *conn)
{
	struct mqtt_rx *rx = &conn->rx;

	if (rx->expired)
		return;
	WRITE_ONCE(rx->expired, true);
	mqtt_stat_inc(conn->mn, KEEPALIVE_EXPIRED);
	mqtt_event_send_conn(conn, MQTT_EVENT_KEEPALIVE_EXPIRED);
	mqtt_conn_wake(conn);
}

static void mqtt_rx_locked(struct mqtt_rx_pass *pass)
{
	struct mqtt_conn *conn = pass->conn;
	struct mqtt_rx *rx = &conn->rx;

	if (READ_ONCE(conn->tx.closed) || rx->ended || rx->eof ||
	    rx->expired || rx->over_rate)
		return;
	if (READ_ONCE(rx->expire)) {
		mqtt_rx_expire(conn);
		return;
	}
	/* Pairs with the release in recvmsg(), which emptied the head. */
	if (smp_load_acquire(&rx->slow_left)) {
		/*
		 * data_ready may have seen 0 just before it was published, and
		 * then did not wake the daemon for these bytes.
		 */
		mqtt_conn_wake(conn);
		return;
	}
	if (!pass->limited && unlikely(mqtt_rate_waits(conn)))
		WRITE_ONCE(conn->rate->waits, false);
	mqtt_rx_read(pass);
}

/* kTLS locks the socket by itself: what is read is safe from the daemon alone. */
static void mqtt_rx_hold(struct mqtt_conn *conn)
{
	if (mqtt_tls_is_on(conn))
		mqtt_lock_take(&conn->rx.readers);
	else
		lock_sock(conn->sk);
}

static void mqtt_rx_let_go(struct mqtt_conn *conn)
{
	if (mqtt_tls_is_on(conn))
		mqtt_lock_drop(&conn->rx.readers);
	else
		release_sock(conn->sk);
}

/* Returns false if the budget ran out before every member had its frames. */
static bool mqtt_rx_fan_out(struct mqtt_conn *conn)
{
	struct list_head **jobs = &conn->rx.jobs;
	int budget = MQTT_RX_MEMBERS;

	while (*jobs) {
		struct mqtt_frame *frame = list_entry(*jobs, struct mqtt_frame,
						      node);

		if (!mqtt_fanout_frame(conn, frame, &budget))
			return false;
		mqtt_ring_del_first(jobs);
		if (frame->variants)
			mqtt_variant_drop(frame);
		mqtt_flow_put(frame->flow);
		frame->flow = NULL;
		mqtt_frame_put(frame);
	}
	return true;
}

enum mqtt_rx_verdict mqtt_rx_run(struct mqtt_conn *conn)
{
	struct mqtt_rx_pass pass = {
		.conn = conn,
		.acl_class = READ_ONCE(conn->acl_class),
		.level = conn->level > 4 ? MQTT_MEMBER_LEVEL5 : 0,
		.topic_max = READ_ONCE(conn->mn->limits.topic_max),
		.pingresp = READ_ONCE(conn->mn->limits.pingresp) &&
			    !(READ_ONCE(conn->flags) & MQTT_CONN_F_NO_PINGRESP),
		.limited = mqtt_rate_is_on(conn),
	};
	struct mem_cgroup *old = set_active_memcg(conn->memcg);
	enum mqtt_rx_verdict verdict = MQTT_RX_RESUME;
	/* What is read next must not overtake what was read before. */
	bool reads = !conn->rx.busy;

	if (pass.limited)
		pass.now = ktime_get_ns();
	/* Longer ones are diverted, that is all of them without a limit. */
	if (!(READ_ONCE(conn->flags) & MQTT_CONN_F_NO_PUBLISH))
		pass.fast_max = READ_ONCE(conn->mn->limits.fast_max);
	if (reads) {
		mqtt_rx_hold(conn);
		mqtt_rx_locked(&pass);
		conn->rx.busy = conn->rx.jobs;
		if (!conn->rx.busy)
			mqtt_rx_publish(conn);
		mqtt_rx_let_go(conn);
		mqtt_rx_report(&pass);
	}
	if (!conn->rx.busy) {
		verdict = pass.again ? MQTT_RX_AGAIN : MQTT_RX_IDLE;
	} else if (mqtt_rx_fan_out(conn)) {
		mqtt_rx_publish(conn);
		/* Pairs with mqtt_rx_at_hand(): the conn is not touched after. */
		smp_store_release(&conn->rx.busy, false);
		/* A turn that did not read may have been called to do so. */
		verdict = !reads || pass.again ? MQTT_RX_AGAIN : MQTT_RX_IDLE;
	}
	set_active_memcg(old);
	return verdict;
}

void mqtt_rx_release(struct mqtt_conn *conn)
{
	struct mqtt_rx *rx = &conn->rx;
	struct mqtt_frame *frame;

	while (rx->jobs) {
		frame = list_entry(rx->jobs, struct mqtt_frame, node);
		mqtt_ring_del_first(&rx->jobs);
		mqtt_variant_drop(frame);
		mqtt_flow_put(frame->flow);
		mqtt_frame_put(frame);
	}
	if (rx->part) {
		mqtt_flow_put(rx->part->flow);
		mqtt_frame_put(rx->part);
		rx->part = NULL;
	}
	mqtt_rx_head_drop(rx);
	if (mqtt_tls_is_on(conn))
		mqtt_rx_tls_drop(conn);
	mqtt_alias_forget(conn);
	mqtt_flow_put(rx->flow);
	rx->flow = NULL;
}
