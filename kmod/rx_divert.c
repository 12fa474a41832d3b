// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/tcp.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "net.h"
#include "rx_divert.h"

/* Bytes the daemon may be given with one wake-up, if packets are small. */
#define MQTT_DIVERT_RUN_MAX	(64 * 1024)
/* What must be seen of a packet to tell where it goes, if its topic is short. */
#define MQTT_DIVERT_PEEK	64

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
	if (result == MQTT_PARSE_BAD || mqtt_parse_gates(h->first))
		rx->pend_gate = rx->pend_nr;
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
	u8 buf[MQTT_DIVERT_PEEK], *p = buf, *big = NULL;
	enum mqtt_parse_result result;
	u32 n, cap = sizeof(buf), topic_len;
	const u8 *topic;

	n = mqtt_rx_peek_copy(peek, buf, cap);
	result = mqtt_rx_parse(pass, p, n, h);
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
		p = big;
		n = mqtt_rx_peek_copy(peek, big, cap);
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
		result = mqtt_rx_parse(pass, rx->head, rx->head_len, &h);
		mqtt_rx_divert_alias(pass, rx->head, &h);
		mqtt_rx_divert_count(pass, result, &h);
		if (result == MQTT_PARSE_BAD) {
			rx->pend_slow = MQTT_SLOW_FOREVER;
			return;
		}
		rx->pend_slow = h.len;
		peek.seq += h.len - rx->head_len;
	}
	while (rx->pend_slow < MQTT_DIVERT_RUN_MAX && before(peek.seq, end)) {
		mqtt_rx_peek_seek(&peek);
		if (!peek.skb)
			break;
		result = mqtt_rx_peek_packet(pass, &peek, &h, &ends);
		if (ends)
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
	conn->data_ready(conn->sk);
}
