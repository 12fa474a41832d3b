// SPDX-License-Identifier: GPL-2.0
/*
 * What the daemon sends. With nothing queued before it, it goes to TCP from the
 * daemon's memory; what TCP does not take at once is copied and queued.
 */
#include <linux/uio.h>
#include <net/tcp.h>

#include "conn.h"
#include "frame.h"
#include "net.h"
#include "param.h"
#include "ring.h"
#include "rx.h"
#include "tls.h"
#include "tx.h"
#include "tx_item.h"
#include "worker.h"

/*
 * Queues the daemon's bytes in @frame. Packets that end in it let parked module
 * frames go between them and the next one.
 */
static void mqtt_tx_queue_daemon(struct mqtt_conn *conn,
				 struct mqtt_tx_item *first,
				 struct mqtt_tx_item *rest)
{
	struct mqtt_tx *tx = &conn->tx;
	u32 whole;

	spin_lock_bh(&tx->lock);
	whole = mqtt_tx_walk(tx, first->frame->data, first->len);
	tx->daemon_bytes += first->len;
	list_add_tail(&first->node, &tx->wire);
	if (whole && whole < first->len && tx->parked) {
		rest->off = whole;
		rest->len = first->len - whole;
		first->len = whole;
		mqtt_ring_splice_tail(&tx->parked, &tx->wire);
		list_add_tail(&rest->node, &tx->wire);
		rest = NULL;
	} else if (whole == first->len) {
		mqtt_ring_splice_tail(&tx->parked, &tx->wire);
	}
	spin_unlock_bh(&tx->lock);
	if (rest)
		mqtt_tx_item_free(rest);
}

static void mqtt_tx_greet(struct mqtt_conn *conn)
{
	if (READ_ONCE(conn->tx.greeted))
		return;
	WRITE_ONCE(conn->tx.greeted, true);
	mqtt_rx_greeted(conn);
}

static int mqtt_tx_take(struct mqtt_conn *conn, struct msghdr *msg, u32 len)
{
	struct mqtt_tx_item *first, *rest;
	struct mqtt_frame *frame;

	frame = mqtt_frame_alloc(len);
	if (!frame)
		return -ENOMEM;
	frame->len = len;
	if (!copy_from_iter_full(frame->data, len, &msg->msg_iter)) {
		mqtt_frame_put(frame);
		return -EFAULT;
	}
	first = mqtt_tx_item_alloc(frame, GFP_KERNEL);
	rest = mqtt_tx_item_alloc(frame, GFP_KERNEL);
	mqtt_frame_put(frame);
	if (!first || !rest) {
		if (first)
			mqtt_tx_item_free(first);
		if (rest)
			mqtt_tx_item_free(rest);
		return -ENOMEM;
	}
	first->daemon = true;
	rest->daemon = true;
	mqtt_tx_queue_daemon(conn, first, rest);
	mqtt_tx_greet(conn);
	return 0;
}

/* Socket locked. May the daemon's bytes go to TCP now, before anything else? */
static bool mqtt_tx_direct_begin(struct mqtt_conn *conn)
{
	struct mqtt_tx *tx = &conn->tx;
	bool may;

	spin_lock_bh(&tx->lock);
	/* Parked frames wait for the end of a packet: see mqtt_tx_take(). */
	may = list_empty(&tx->wire) && !tx->parked &&
	      !tx->blocked && !tx->closed && !tx->err &&
	      !(conn->sk->sk_shutdown & SEND_SHUTDOWN);
	tx->direct = may;
	spin_unlock_bh(&tx->lock);
	return may;
}

/* Socket locked. Returns bytes of module frames in @done. */
static u32 mqtt_tx_direct_end(struct mqtt_conn *conn, int ret, u32 len,
			      struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	bool parked = false;
	u32 frames = 0;

	spin_lock_bh(&tx->lock);
	tx->direct = false;
	if (ret == -EAGAIN || (ret >= 0 && ret < (int)len))
		mqtt_tx_block(conn);
	else if (ret < 0 && ret != -EFAULT)
		frames = mqtt_tx_fail(conn, ret, done);
	if (!tx->left && !tx->head_len && tx->parked) {
		mqtt_ring_splice_tail(&tx->parked, &tx->wire);
		parked = true;
	}
	spin_unlock_bh(&tx->lock);
	if (parked)
		mqtt_worker_tx(conn);
	return frames;
}

/*
 * Senders' lock held. Returns bytes that TCP took, -EAGAIN if the rest has to
 * be queued, or another -errno.
 */
static int mqtt_tx_direct(struct mqtt_conn *conn, struct msghdr *msg, u32 len)
{
	struct iov_iter from = msg->msg_iter;
	struct msghdr direct = {
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
		.msg_iter = from,
	};
	struct sock *sk = conn->sk;
	LIST_HEAD(done);
	int ret = -EAGAIN;
	u32 frames = 0;

	if (!mqtt_compat_iter_is_user(&from))
		return -EAGAIN;
	lock_sock(sk);
	if (mqtt_tx_direct_begin(conn)) {
		ret = tcp_sendmsg_locked(sk, &direct, len);
		if (ret > 0)
			mqtt_tx_walk_iter(&conn->tx, &from, ret);
		else if (ret < 0 && ret != -EAGAIN && ret != -EFAULT)
			mqtt_tx_error(conn, ret);
		frames = mqtt_tx_direct_end(conn, ret, len, &done);
	}
	release_sock(sk);
	if (frames)
		percpu_counter_sub(&conn->mn->queued_bytes, frames);
	mqtt_tx_free_list(&done);
	if (ret <= 0)
		return ret ?: -EAGAIN;
	msg->msg_iter = from;
	mqtt_tx_greet(conn);
	if (ret < (int)len)
		mqtt_stat_inc(conn->mn, TX_PARTIAL);
	return ret;
}

/* Senders' lock held. Bytes that may be taken now, or -errno. */
static int mqtt_tx_room(struct mqtt_conn *conn)
{
	struct mqtt_tx *tx = &conn->tx;
	u32 max = READ_ONCE(conn->mn->limits.tx_daemon_max);
	int room;

	spin_lock_bh(&tx->lock);
	if (tx->err) {
		room = tx->err;
	} else if (READ_ONCE(conn->sk->sk_shutdown) & SEND_SHUTDOWN) {
		room = -EPIPE;
	} else if (tx->daemon_bytes < max) {
		room = min_t(u32, max - tx->daemon_bytes, MQTT_TX_CHUNK);
	} else {
		tx->full = true;
		room = -EAGAIN;
	}
	spin_unlock_bh(&tx->lock);
	return room;
}

/*
 * Senders' lock held. Returns bytes taken, or -errno. Sets *queued if it is for
 * a flush to give them to TCP.
 */
static int mqtt_tx_send_some(struct mqtt_conn *conn, struct msghdr *msg,
			     size_t len, bool *queued)
{
	int room, ret = -EAGAIN;
	u32 n;

	if (static_branch_likely(&mqtt_param_direct) &&
	    !READ_ONCE(conn->tx.blocked) && !mqtt_tls_is_on(conn))
		ret = mqtt_tx_direct(conn, msg, min_t(size_t, len, INT_MAX));
	if (ret != -EAGAIN)
		return ret;
	room = mqtt_tx_room(conn);
	if (room < 0)
		return room;
	*queued = true;
	n = min_t(size_t, len, room);
	return mqtt_tx_take(conn, msg, n) ?: n;
}

/* Senders' lock held. Takes a record as a whole. */
static int mqtt_tx_take_record(struct mqtt_conn *conn,
			       struct mqtt_frame *frame, u8 type)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *item;
	int room;

	room = mqtt_tx_room(conn);
	if (room < 0)
		return room;
	item = mqtt_tx_item_alloc(frame, GFP_KERNEL);
	if (!item)
		return -ENOMEM;
	item->daemon = true;
	item->record = type;
	spin_lock_bh(&tx->lock);
	tx->daemon_bytes += item->len;
	list_add_tail(&item->node, &tx->wire);
	spin_unlock_bh(&tx->lock);
	return 0;
}

/* Nothing may follow a fatal alert or close_notify. */
static bool mqtt_tx_record_ends(const struct mqtt_frame *frame, u8 type)
{
	return type == MQTT_TLS_ALERT && frame->len == 2 &&
	       (frame->data[0] == MQTT_TLS_FATAL ||
		frame->data[1] == MQTT_TLS_CLOSE_NOTIFY);
}

int mqtt_tx_send_record(struct mqtt_conn *conn, struct msghdr *msg, size_t len,
			u8 type)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_frame *frame;
	int ret;

	if (!len || len > MQTT_TLS_RECORD_MAX)
		return -EMSGSIZE;
	frame = mqtt_frame_alloc(len);
	if (!frame)
		return -ENOMEM;
	frame->len = len;
	ret = -EFAULT;
	if (!copy_from_iter_full(frame->data, len, &msg->msg_iter))
		goto out;
	if (mqtt_tx_record_ends(frame, type)) {
		mqtt_tx_hold(conn);
		mqtt_tx_end(conn);
		mqtt_tx_release(conn);
	}
	mqtt_lock_take(&tx->senders);
	ret = mqtt_tx_take_record(conn, frame, type);
	mqtt_lock_drop(&tx->senders);
	if (!ret && !READ_ONCE(tx->blocked))
		mqtt_tx_flush(conn);
out:
	mqtt_frame_put(frame);
	return ret ?: len;
}

static int mqtt_tx_wait_room(struct mqtt_conn *conn)
{
	struct sock *sk = conn->sk;

	return wait_event_interruptible(*sk_sleep(sk), mqtt_tx_writable(conn));
}

int mqtt_tx_sendmsg(struct mqtt_conn *conn, struct msghdr *msg, size_t len)
{
	struct mqtt_tx *tx = &conn->tx;
	size_t sent = 0;
	int ret = 0;

	while (sent < len) {
		bool queued = false;

		mqtt_lock_take(&tx->senders);
		ret = mqtt_tx_send_some(conn, msg, len - sent, &queued);
		mqtt_lock_drop(&tx->senders);
		if (ret > 0) {
			sent += ret;
			ret = 0;
			if (queued && !READ_ONCE(tx->blocked))
				mqtt_tx_flush(conn);
			continue;
		}
		if (ret != -EAGAIN || (msg->msg_flags & MSG_DONTWAIT))
			break;
		ret = mqtt_tx_wait_room(conn);
		if (ret)
			break;
	}
	if (sent || !len)
		return sent;
	if (ret == -EPIPE && !(msg->msg_flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current, 0);
	return ret;
}
