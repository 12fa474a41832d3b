// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <linux/slab.h>
#include <net/tcp.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "flow.h"
#include "net.h"
#include "param.h"
#include "rate.h"
#include "rx_divert.h"
#include "tls.h"
#include "worker.h"

/* What must be seen of a packet to tell where it goes, if its topic is short. */
#define MQTT_DIVERT_PEEK	64
/* Packets diverted without looking for a flow are fewer: a power of two. */
#define MQTT_UNSEEN_MAX		16

/**
 * struct mqtt_rx_peek - a read-only walk over the receive queue
 *
 * @sk: socket, locked
 * @skb: buffer that holds @seq, or NULL at the end
 * @seq: sequence number of the next byte
 */
struct mqtt_rx_peek {
	struct sock *sk;
	struct sk_buff *skb;
	u32 seq;
};

static u32 mqtt_rx_peek_offset(const struct sk_buff *skb, u32 seq)
{
	u32 offset = seq - TCP_SKB_CB(skb)->seq;

	if (unlikely(TCP_SKB_CB(skb)->tcp_flags & TCPHDR_SYN))
		offset--;
	return offset;
}

/* Moves to the buffer that holds the next byte. */
static void mqtt_rx_peek_seek(struct mqtt_rx_peek *peek)
{
	while (peek->skb &&
	       mqtt_rx_peek_offset(peek->skb, peek->seq) >= peek->skb->len)
		peek->skb = skb_peek_next(peek->skb,
					  &peek->sk->sk_receive_queue);
}

/* Copies up to @n bytes from the present position without moving. */
static u32 mqtt_rx_peek_copy(const struct mqtt_rx_peek *from, u8 *buf, u32 n)
{
	struct mqtt_rx_peek peek = *from;
	u32 got = 0;

	for (mqtt_rx_peek_seek(&peek); got < n && peek.skb;
	     mqtt_rx_peek_seek(&peek)) {
		u32 offset = mqtt_rx_peek_offset(peek.skb, peek.seq);
		u32 take = min(n - got, peek.skb->len - offset);

		if (skb_copy_bits(peek.skb, offset, buf + got, take))
			break;
		got += take;
		peek.seq += take;
	}
	return got;
}

/* Bytes at the present position that lie in one piece, NULL if that is hard. */
static const u8 *mqtt_rx_peek_block(struct mqtt_rx_peek *peek, u32 *n)
{
	u32 offset, start, i;

	mqtt_rx_peek_seek(peek);
	if (!peek->skb)
		return NULL;
	offset = mqtt_rx_peek_offset(peek->skb, peek->seq);
	start = skb_headlen(peek->skb);
	if (offset < start) {
		*n = start - offset;
		return peek->skb->data + offset;
	}
	for (i = 0; i < skb_shinfo(peek->skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(peek->skb)->frags[i];
		u32 end = start + skb_frag_size(frag);

		if (offset < end) {
			const u8 *p = skb_frag_address_safe(frag);

			*n = end - offset;
			return p ? p + (offset - start) : NULL;
		}
		start = end;
	}
	return NULL;
}

/**
 * struct mqtt_rx_sure - packets that are for the daemon beyond doubt
 *
 * @len: their bytes
 * @nr: their number
 * @gate: number of the last one that gates, counted from 1
 * @qos: of them PUBLISH with QoS
 * @retain: of them PUBLISH with RETAIN and without QoS
 * @miss: of them PUBLISH that a flow might forward
 */
struct mqtt_rx_sure {
	u32 len;
	u32 nr;
	u32 gate;
	u32 qos;
	u32 retain;
	u32 miss;
};

/*
 * A PUBLISH that a flow might forward, of a conn that has missed for long: most
 * are taken to miss again. Which ones are not is random, so that there is no
 * order of topics in which one that has a flow is never looked for.
 */
static bool mqtt_rx_misses_again(struct mqtt_conn *conn, const u8 *p, u32 n)
{
	struct mqtt_rx *rx = &conn->rx;
	struct mqtt_packet_head h;

	if (rx->missed < MQTT_MISSED_MAX)
		return false;
	if (rx->unseen) {
		rx->unseen--;
		return true;
	}
	/* Cut, or the daemon's whatever the flows: the next one does as well. */
	if (mqtt_parse_head(p, n, U32_MAX, U16_MAX, &h) != MQTT_PARSE_FAST)
		return true;
	if (mqtt_flow_exists(conn->mn, READ_ONCE(conn->acl_class),
			     p + h.fixed_len + 2, h.topic_len)) {
		rx->missed = 0;
		return false;
	}
	rx->unseen = get_random_u32() % MQTT_UNSEEN_MAX;
	return true;
}

/* At level 5 any PUBLISH may set a Topic Alias: the worker looks into it. */
static bool mqtt_rx_is_sure(struct mqtt_conn *conn, const u8 *p, u32 n)
{
	switch (*p >> 4) {
	case MQTT_PUBLISH:
		if (conn->level >= 5)
			return false;
		return *p != MQTT_PUBLISH << 4 ||
		       mqtt_rx_misses_again(conn, p, n);
	case MQTT_PINGREQ:
		return false;
	default:
		return true;
	}
}

static void mqtt_rx_sure_add(struct mqtt_rx_sure *sure, u8 first, u32 len)
{
	sure->len += len;
	sure->nr++;
	if (first >> 4 == MQTT_PUBLISH) {
		if (first & MQTT_PUBLISH_QOS)
			sure->qos++;
		else if (first & MQTT_PUBLISH_RETAIN)
			sure->retain++;
		else if (first == MQTT_PUBLISH << 4)
			sure->miss++;
	}
	if (mqtt_parse_gates(first))
		sure->gate = sure->nr;
}

/* Length of a packet by its fixed header, 0 if that is cut or malformed. */
static u32 mqtt_rx_fixed_header(const u8 *p, u32 n)
{
	struct mqtt_packet_head h;

	switch (mqtt_parse_head(p, n, 0, 0, &h)) {
	case MQTT_PARSE_MORE:
	case MQTT_PARSE_BAD:
		return 0;
	default:
		return h.len;
	}
}

/* Moves over packets in one block. Returns false at one that ends the walk. */
static bool mqtt_rx_walk_block(struct mqtt_conn *conn,
			       struct mqtt_rx_peek *peek, const u8 *p, u32 n,
			       u32 max, struct mqtt_rx_sure *sure)
{
	u32 off = 0;

	while (off < n && sure->len < max) {
		u8 head[MQTT_FIXED_HEADER_MAX];
		u32 len;

		if (!mqtt_rx_is_sure(conn, p + off, n - off))
			break;
		if (n - off > 1 && !(p[off + 1] & 0x80)) {
			len = 2 + p[off + 1];
		} else {
			struct mqtt_rx_peek at = *peek;

			at.seq += off;
			len = mqtt_rx_peek_copy(&at, head, sizeof(head));
			len = mqtt_rx_fixed_header(head, len);
			if (!len)
				break;
		}
		mqtt_rx_sure_add(sure, p[off], len);
		off += len;
	}
	peek->seq += off;
	return off >= n;
}

/*
 * Walks over packets for the daemon that need no more than a look at their
 * fixed headers, up to about @max bytes.
 */
static void mqtt_rx_walk_sure(struct mqtt_conn *conn, struct mqtt_rx_peek *peek,
			      u32 max)
{
	u32 end = tcp_sk(conn->sk)->rcv_nxt, n = 0, other;
	struct mqtt_rx *rx = &conn->rx;
	struct mqtt_rx_sure sure = {};
	const u8 *p;

	while (sure.len < max && before(peek->seq, end)) {
		p = mqtt_rx_peek_block(peek, &n);
		if (!p ||
		    !mqtt_rx_walk_block(conn, peek, p, n, max, &sure))
			break;
	}
	if (!sure.nr)
		return;
	rx->pend_slow += sure.len;
	if (sure.gate)
		rx->pend_gate = rx->pend_nr + sure.gate;
	rx->pend_nr += sure.nr;
	if (sure.qos)
		mqtt_stat_add(conn->mn, DIVERT_QOS, sure.qos);
	if (sure.retain)
		mqtt_stat_add(conn->mn, DIVERT_RETAIN, sure.retain);
	if (sure.miss)
		mqtt_stat_add(conn->mn, DIVERT_MISS, sure.miss);
	other = sure.nr - sure.qos - sure.retain - sure.miss;
	if (other)
		mqtt_stat_add(conn->mn, DIVERT_OTHER, other);
}

bool mqtt_rx_at_hand(struct mqtt_conn *conn, u32 max)
{
	struct mqtt_rx *rx = &conn->rx;
	struct sock *sk = conn->sk;
	struct mqtt_rx_peek peek = { .sk = sk };

	/* Pairs with mqtt_rx_run(): what it did for earlier bytes is done. */
	if (!static_branch_likely(&mqtt_param_at_hand) ||
	    smp_load_acquire(&rx->busy) || mqtt_rate_is_on(conn))
		return false;
	if (rx->head_len || rx->part_need || rx->eof || rx->expired ||
	    READ_ONCE(rx->expire) || rx->ended || tcp_sk(sk)->urg_data)
		return false;
	peek.skb = skb_peek(&sk->sk_receive_queue);
	peek.seq = tcp_sk(sk)->copied_seq;
	mqtt_rx_walk_sure(conn, &peek, max);
	if (!rx->pend_slow)
		return false;
	mqtt_rx_publish(conn);
	return true;
}

void mqtt_rx_taken(struct mqtt_conn *conn)
{
	struct mqtt_rx *rx = &conn->rx;
	struct sock *sk = conn->sk;
	struct tcp_sock *tp = tcp_sk(sk);

	if (mqtt_tls_is_on(conn)) {
		mqtt_worker_rx(conn);
		return;
	}
	lock_sock(sk);
	/* Not 0: more has come since, and was diverted as it came. */
	if (!READ_ONCE(rx->slow_left) &&
	    (tp->copied_seq != tp->rcv_nxt || mqtt_rx_at_eof(sk)) &&
	    !mqtt_rx_at_hand(conn, MQTT_DIVERT_RUN_MAX))
		mqtt_worker_rx(conn);
	release_sock(sk);
}

enum mqtt_parse_result mqtt_rx_parse5(const struct mqtt_rx_pass *pass,
				      const u8 *p, u32 n,
				      struct mqtt_packet_head *h)
{
	enum mqtt_parse_result result;

	result = mqtt_parse_head5(p, n, pass->fast_max, pass->topic_max, h);
	if (result != MQTT_PARSE_FAST || likely(!h->alias))
		return result;
	if (!h->topic_len && mqtt_alias_find(pass->conn, h->alias))
		return MQTT_PARSE_FAST;
	h->slow = MQTT_SLOW_ALIAS;
	return MQTT_PARSE_SLOW;
}

/* A packet is diverted: later ones may use the alias that it sets. */
static void mqtt_rx_divert_alias(const struct mqtt_rx_pass *pass, const u8 *p,
				 const struct mqtt_packet_head *h)
{
	if (!pass->level || h->first >> 4 != MQTT_PUBLISH)
		return;
	if (h->hidden)
		mqtt_alias_forget(pass->conn);
	else if (h->alias && h->topic_len)
		mqtt_alias_learn(pass->conn, h->alias, p + h->fixed_len + 2,
				 h->topic_len);
}

/* Why a QoS 0 PUBLISH without RETAIN is for the daemon. */
static enum mqtt_stat mqtt_rx_divert_why(const struct mqtt_rx_pass *pass,
					 const struct mqtt_packet_head *h)
{
	if (!pass->level)
		return MQTT_STAT_DIVERT_OTHER;
	switch (h->slow) {
	case MQTT_SLOW_PROPERTIES:
		return MQTT_STAT_DIVERT_PROPERTIES;
	case MQTT_SLOW_PAYLOAD:
		return MQTT_STAT_DIVERT_PAYLOAD;
	case MQTT_SLOW_ALIAS:
		return MQTT_STAT_DIVERT_ALIAS;
	default:
		return MQTT_STAT_DIVERT_OTHER;
	}
}

static void mqtt_rx_divert_count(struct mqtt_rx_pass *pass,
				 enum mqtt_parse_result result,
				 const struct mqtt_packet_head *h)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_net *mn = pass->conn->mn;

	rx->pend_nr++;
	if (pass->limited && h->first >> 4 == MQTT_PUBLISH)
		mqtt_rate_charge(pass, h->len);
	if (result == MQTT_PARSE_BAD || mqtt_parse_gates(h->first))
		rx->pend_gate = rx->pend_nr;
	if (result == MQTT_PARSE_FAST && rx->missed < MQTT_MISSED_MAX)
		rx->missed++;
	if (result == MQTT_PARSE_FAST)
		mqtt_stat_inc(mn, DIVERT_MISS);
	else if (result == MQTT_PARSE_BAD || h->first >> 4 != MQTT_PUBLISH)
		mqtt_stat_inc(mn, DIVERT_OTHER);
	else if (h->first & MQTT_PUBLISH_QOS)
		mqtt_stat_inc(mn, DIVERT_QOS);
	else if (h->first & MQTT_PUBLISH_RETAIN)
		mqtt_stat_inc(mn, DIVERT_RETAIN);
	else
		mqtt_stats_add_to(mn->stats, mqtt_rx_divert_why(pass, h), 1);
}

void mqtt_rx_divert_all(struct mqtt_rx_pass *pass)
{
	const struct mqtt_packet_head h = {};

	mqtt_rx_divert_count(pass, MQTT_PARSE_BAD, &h);
	pass->conn->rx.pend_slow = MQTT_SLOW_FOREVER;
	pass->stop = true;
}

/*
 * Decodes the packet at the present position. Sets *ends if it is not part of
 * the run: incomplete, or for the worker.
 */
static enum mqtt_parse_result mqtt_rx_peek_packet(struct mqtt_rx_pass *pass,
						  struct mqtt_rx_peek *peek,
						  struct mqtt_packet_head *h,
						  bool *ends)
{
	enum mqtt_parse_result result = MQTT_PARSE_MORE;
	u8 buf[MQTT_DIVERT_PEEK], *big = NULL;
	u32 n = 0, cap = sizeof(buf), topic_len;
	const u8 *p = mqtt_rx_peek_block(peek, &n), *topic;

	/* Where it is, unless the block ends too soon. */
	if (p)
		result = mqtt_rx_parse(pass, p, n, h);
	if (result == MQTT_PARSE_MORE) {
		n = mqtt_rx_peek_copy(peek, buf, cap);
		p = buf;
		result = mqtt_rx_parse(pass, p, n, h);
	}
	/* Topic, properties and payload may each ask for more. */
	while (result == MQTT_PARSE_MORE && n == cap) {
		kfree(big);
		cap = h->need;
		big = kmalloc(cap, GFP_KERNEL | __GFP_NOWARN);
		if (!big) {
			/* Its length is known: the daemon can have it. */
			*ends = false;
			h->slow = MQTT_SLOW_OTHER;
			mqtt_rx_divert_alias(pass, p, h);
			return MQTT_PARSE_SLOW;
		}
		n = mqtt_rx_peek_copy(peek, big, cap);
		p = big;
		result = mqtt_rx_parse(pass, p, n, h);
	}
	*ends = result == MQTT_PARSE_MORE || result == MQTT_PARSE_PINGREQ;
	if (result == MQTT_PARSE_FAST) {
		topic = mqtt_rx_topic(pass, p, h, &topic_len);
		*ends = mqtt_rx_flow(pass, topic, topic_len);
	}
	if (!*ends)
		mqtt_rx_divert_alias(pass, p, h);
	kfree(big);
	return result;
}

bool mqtt_rx_divert_packet(struct mqtt_rx_pass *pass,
			   enum mqtt_parse_result result, const u8 *p,
			   const struct mqtt_packet_head *h)
{
	struct mqtt_rx *rx = &pass->conn->rx;

	if (result != MQTT_PARSE_BAD)
		mqtt_rx_divert_alias(pass, p, h);
	mqtt_rx_divert_count(pass, result, h);
	if (result == MQTT_PARSE_BAD) {
		rx->pend_slow = MQTT_SLOW_FOREVER;
		return false;
	}
	rx->pend_slow += h->len;
	return true;
}

void mqtt_rx_divert_run(struct mqtt_rx_pass *pass)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct sock *sk = pass->conn->sk;
	struct mqtt_rx_peek peek = {
		.sk = sk,
		.skb = skb_peek(&sk->sk_receive_queue),
		.seq = tcp_sk(sk)->copied_seq,
	};
	u32 end = tcp_sk(sk)->rcv_nxt;
	enum mqtt_parse_result result;
	struct mqtt_packet_head h;
	bool ends;

	if (rx->head_len) {
		/* The first packet begins in the head. */
		result = mqtt_rx_parse(pass, mqtt_rx_head(rx), rx->head_len,
				       &h);
		if (!mqtt_rx_divert_packet(pass, result, mqtt_rx_head(rx), &h))
			return;
		peek.seq += h.len - rx->head_len;
	}
	while (rx->pend_slow < MQTT_DIVERT_RUN_MAX && before(peek.seq, end)) {
		if (likely(!pass->limited))
			mqtt_rx_walk_sure(pass->conn, &peek,
					  MQTT_DIVERT_RUN_MAX - rx->pend_slow);
		if (rx->pend_slow >= MQTT_DIVERT_RUN_MAX)
			break;
		mqtt_rx_peek_seek(&peek);
		if (!peek.skb)
			break;
		result = mqtt_rx_peek_packet(pass, &peek, &h, &ends);
		if (ends || (pass->limited && !mqtt_rate_may(pass, h.first)))
			break;
		mqtt_rx_divert_count(pass, result, &h);
		if (result == MQTT_PARSE_BAD) {
			rx->pend_slow = MQTT_SLOW_FOREVER;
			return;
		}
		rx->pend_slow += h.len;
		peek.seq += h.len;
	}
	/* The flow it missed came just now: it is for the worker after all. */
	if (!rx->pend_slow)
		pass->again = true;
}

void mqtt_rx_eof(struct mqtt_rx_pass *pass)
{
	struct mqtt_rx *rx = &pass->conn->rx;

	/* An incomplete header is for the daemon to see before the end. */
	rx->pend_slow = rx->head_len;
	rx->pend_eof = true;
}

void mqtt_rx_publish(struct mqtt_conn *conn)
{
	struct mqtt_rx *rx = &conn->rx;
	u64 diverted = atomic64_read(&rx->diverted);

	if (!rx->pend_slow && !rx->pend_eof)
		return;
	if (rx->pend_gate)
		WRITE_ONCE(rx->gate, diverted + rx->pend_gate);
	atomic64_set(&rx->diverted, diverted + rx->pend_nr);
	/* Pairs with the acquire in recvmsg() and poll(). */
	smp_store_release(&rx->slow_left, rx->pend_slow);
	/* Last: who sees the end has seen the bytes before it. */
	smp_store_release(&rx->eof, rx->pend_eof);
	rx->pend_slow = 0;
	rx->pend_nr = 0;
	rx->pend_gate = 0;
	rx->pend_eof = false;
	mqtt_conn_wake(conn);
}
