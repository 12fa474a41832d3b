// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving from kTLS. There is no looking into its queue without taking out of
 * it: bytes are decrypted into a buffer, parsed there, and stay there when they
 * have to wait or are the daemon's. recvmsg() of kTLS locks the socket, so this
 * runs without; see struct mqtt_tls for what takes its place.
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "conn.h"
#include "rate.h"
#include "rx_divert.h"
#include "tls.h"

/* Before trying again without memory. */
#define MQTT_TLS_RETRY		(HZ / 50 + 1)

/*
 * A buffer for the next conn with something to read: kernels that clear what
 * they allocate would clear all of it for each short record.
 */
static DEFINE_PER_CPU(u8 *, mqtt_rx_tls_spare);

void mqtt_rx_tls_drop(struct mqtt_conn *conn)
{
	struct mqtt_tls *tls = mqtt_tls(conn);

	if (tls->data)
		kfree(this_cpu_xchg(mqtt_rx_tls_spare, tls->data));
	tls->data = NULL;
	tls->off = 0;
	WRITE_ONCE(tls->len, 0);
}

void mqtt_rx_tls_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu(mqtt_rx_tls_spare, cpu));
}

/* Fills the buffer, which is empty. Returns what recvmsg() does, or -ENOBUFS. */
static int mqtt_rx_tls_fill(struct mqtt_conn *conn)
{
	struct mqtt_tls *tls = mqtt_tls(conn);
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	struct kvec vec;
	int addr_len = 0, ret;

	if (!tls->data)
		tls->data = this_cpu_xchg(mqtt_rx_tls_spare, NULL);
	if (!tls->data)
		tls->data = kmalloc(MQTT_TLS_RECORD_MAX, GFP_KERNEL_ACCOUNT |
				    __GFP_NOWARN);
	if (!tls->data)
		return -ENOBUFS;
	vec.iov_base = tls->data;
	vec.iov_len = MQTT_TLS_RECORD_MAX;
	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, MQTT_TLS_RECORD_MAX);
	ret = conn->base->prot->recvmsg(conn->sk, &msg, MQTT_TLS_RECORD_MAX,
					MSG_DONTWAIT, &addr_len);
	if (ret > 0) {
		tls->off = 0;
		WRITE_ONCE(tls->len, ret);
	}
	return ret;
}

/* There is nothing to parse: why? */
static void mqtt_rx_tls_stop(struct mqtt_rx_pass *pass, int err)
{
	struct mqtt_conn *conn = pass->conn;
	struct mqtt_tls *tls = mqtt_tls(conn);

	mqtt_rx_tls_drop(conn);
	switch (err) {
	case -EAGAIN:
		break;
	case -ENOBUFS:
		WRITE_ONCE(tls->starved, true);
		mqtt_conn_touch_timer(conn, MQTT_TLS_RETRY);
		break;
	case -EIO:
		/* Without control data kTLS keeps what is not data. */
		conn->rx.pend_slow = MQTT_SLOW_RECORD;
		pass->stop = true;
		break;
	default:
		tls->err = err;
		tls->end = true;
		break;
	}
}

void mqtt_rx_tls_feed(struct mqtt_rx_pass *pass)
{
	struct mqtt_conn *conn = pass->conn;
	struct mqtt_tls *tls = mqtt_tls(conn);
	int ret;

	for (;;) {
		if (tls->len) {
			u32 took;

			pass->avail = pass->used + tls->len;
			took = mqtt_rx_input(pass, tls->data + tls->off,
					     tls->len);
			tls->off += took;
			WRITE_ONCE(tls->len, tls->len - took);
		}
		if (pass->stop)
			break;
		if (pass->used >= MQTT_RX_BUDGET) {
			pass->stop = true;
			pass->again = true;
			break;
		}
		ret = mqtt_rx_tls_fill(conn);
		if (ret <= 0) {
			mqtt_rx_tls_stop(pass, ret);
			return;
		}
	}
	if (!tls->len)
		mqtt_rx_tls_drop(conn);
}

/* Is the packet part of a run for the daemon? */
static bool mqtt_rx_tls_is_slow(struct mqtt_rx_pass *pass,
				enum mqtt_parse_result result, const u8 *p,
				const struct mqtt_packet_head *h)
{
	const u8 *topic;
	u32 topic_len;

	switch (result) {
	case MQTT_PARSE_MORE:
	case MQTT_PARSE_PINGREQ:
		return false;
	case MQTT_PARSE_FAST:
		topic = mqtt_rx_topic(pass, p, h, &topic_len);
		return !mqtt_rx_flow(pass, topic, topic_len);
	default:
		return true;
	}
}

void mqtt_rx_tls_divert(struct mqtt_rx_pass *pass)
{
	struct mqtt_rx *rx = &pass->conn->rx;
	struct mqtt_tls *tls = mqtt_tls(pass->conn);
	enum mqtt_parse_result result;
	struct mqtt_packet_head h;
	u32 off = 0;

	if (rx->head_len) {
		/* The first packet begins in the head. */
		result = mqtt_rx_parse(pass, mqtt_rx_head(rx), rx->head_len,
				       &h);
		if (!mqtt_rx_divert_packet(pass, result, mqtt_rx_head(rx), &h))
			return;
		off = h.len - rx->head_len;
	}
	while (rx->pend_slow < MQTT_DIVERT_RUN_MAX && off < tls->len) {
		const u8 *p = tls->data + tls->off + off;

		result = mqtt_rx_parse(pass, p, tls->len - off, &h);
		if (!mqtt_rx_tls_is_slow(pass, result, p, &h) ||
		    (pass->limited && !mqtt_rate_may(pass, h.first)))
			break;
		if (!mqtt_rx_divert_packet(pass, result, p, &h))
			return;
		off += h.len;
	}
	/* The flow it missed came just now: it is for the worker after all. */
	if (!rx->pend_slow)
		pass->again = true;
}
