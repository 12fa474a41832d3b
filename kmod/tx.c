// SPDX-License-Identifier: GPL-2.0
/*
 * Sending. Module frames and the daemon's bytes go through one queue, so that
 * they never interleave inside a packet: while the daemon is in the midst of
 * a packet, module frames are parked and follow it.
 */
#include <linux/slab.h>
#include <linux/uio.h>
#include <net/tcp.h>

#include "conn.h"
#include "frame.h"
#include "net.h"
#include "ring.h"
#include "tls.h"
#include "tx.h"
#include "tx_item.h"
#include "worker.h"

/* Pieces given to TCP with one call. */
#define MQTT_TX_VECS	24
/* Frames on a queue may be this small on average before it counts as full. */
#define MQTT_TX_ITEM_MIN	64
/* Before trying again when TCP has no memory and nothing in flight. */
#define MQTT_TX_RETRY	(HZ / 50 + 1)
/* Bytes that are sent with softirqs disabled at most. */
#define MQTT_TX_SHORT	4096
/* Nanoseconds in a unit of mqtt_tx.flushed. */
#define MQTT_TX_UNIT	1024

static struct kmem_cache *mqtt_tx_cache;
static struct mqtt_frame *mqtt_tx_pingresp_frame;

struct mqtt_tx_item *mqtt_tx_item_alloc(struct mqtt_frame *frame, gfp_t gfp)
{
	struct mqtt_tx_item *item;

	item = kmem_cache_alloc(mqtt_tx_cache, gfp | __GFP_ACCOUNT |
				__GFP_NOWARN);
	if (!item)
		return NULL;
	item->frame = mqtt_frame_get(frame);
	item->off = 0;
	item->len = frame->len;
	item->waited = 0;
	item->daemon = false;
	item->record = 0;
	return item;
}

void mqtt_tx_item_free(struct mqtt_tx_item *item)
{
	mqtt_frame_put(item->frame);
	kmem_cache_free(mqtt_tx_cache, item);
}

void mqtt_tx_free_list(struct list_head *list)
{
	struct mqtt_tx_item *item, *tmp;

	list_for_each_entry_safe(item, tmp, list, node)
		mqtt_tx_item_free(item);
}

void mqtt_tx_uncount(struct mqtt_conn *conn, struct mqtt_tx_item *item)
{
	struct mqtt_tx *tx = &conn->tx;

	if (item->daemon) {
		tx->daemon_bytes -= item->len;
		return;
	}
	tx->bytes -= item->len;
	tx->items--;
}

/*
 * tx->lock held. How many bytes of @frame may be queued, in whole packets: what
 * fits of a run, and at least the first packet when the queue is empty.
 */
static u32 mqtt_tx_fit(struct mqtt_conn *conn, const struct mqtt_frame *frame,
		       u32 *nr)
{
	const struct mqtt_limits *limits = &conn->mn->limits;
	u32 max = READ_ONCE(limits->tx_conn_max), room, len = 0;
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_packet_head h;

	*nr = 0;
	/* Each CPU may be a batch behind: a bound, not an exact figure. */
	if (percpu_counter_read_positive(&conn->mn->queued_bytes) +
	    frame->len > READ_ONCE(limits->tx_total_max))
		return 0;
	room = max - min(max, tx->bytes);
	if (tx->bytes &&
	    (!room || tx->items >= max / MQTT_TX_ITEM_MIN + 1))
		return 0;
	if (frame->len <= room || (!tx->bytes && frame->nr <= 1)) {
		*nr = frame->nr;
		return frame->len;
	}
	while (len < frame->len) {
		mqtt_parse_head(frame->data + len, frame->len - len, 0, 0, &h);
		if (len + h.len > room && (len || tx->bytes))
			break;
		len += h.len;
		++*nr;
	}
	return len;
}

/*
 * tx->lock held. Queues what fits of a module frame. Returns its bytes, *nr
 * being the messages in them, or says why there are none: -ENOBUFS when full,
 * -ENOMEM, -EPIPE when nothing can be sent to it.
 */
static int mqtt_tx_enqueue(struct mqtt_conn *conn, struct mqtt_frame *frame,
			   u32 *nr, bool *kick)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *item;
	bool inside;
	u32 len;

	*nr = 0;
	if (tx->closed || tx->ended || tx->err)
		return -EPIPE;
	len = mqtt_tx_fit(conn, frame, nr);
	if (!len)
		return -ENOBUFS;
	item = mqtt_tx_item_alloc(frame, GFP_ATOMIC);
	if (!item) {
		*nr = 0;
		return -ENOMEM;
	}
	item->len = len;
	inside = tx->direct || tx->left || tx->head_len;
	if (inside)
		mqtt_ring_add_tail(&tx->parked, &item->node);
	else
		list_add_tail(&item->node, &tx->wire);
	tx->bytes += item->len;
	tx->items++;
	tx->unsent += *nr;
	*kick = !inside && !tx->blocked;
	return len;
}

/* A copy of @frame with only the packets that the client takes. */
static struct mqtt_frame *mqtt_tx_filter(struct mqtt_conn *conn,
					 struct mqtt_frame *frame, u32 max,
					 u32 *skipped)
{
	struct mqtt_frame *copy = NULL;
	struct mqtt_packet_head h;
	u32 off;

	*skipped = 0;
	for (off = 0; off < frame->len; off += h.len) {
		mqtt_parse_head(frame->data + off, frame->len - off, 0, 0, &h);
		if (h.len > max) {
			++*skipped;
			continue;
		}
		if (!copy) {
			copy = kmalloc(struct_size(copy, data, frame->len),
				       GFP_ATOMIC | __GFP_ACCOUNT |
				       __GFP_NOWARN);
			if (!copy)
				return ERR_PTR(-ENOMEM);
			*copy = (struct mqtt_frame) { .cap = frame->len };
			mqtt_frame_inherit(copy, frame);
			refcount_set(&copy->ref, 1);
		}
		memcpy(copy->data + copy->len, frame->data + off, h.len);
		copy->len += h.len;
		copy->nr++;
	}
	return copy;
}

void mqtt_tx_drop(struct mqtt_conn *conn, int err, u32 nr)
{
	struct mqtt_tx *tx = &conn->tx;

	switch (err) {
	case -ENOBUFS:
		tx->drop_queue_full += nr;
		mqtt_stat_add(conn->mn, DROP_QUEUE_FULL, nr);
		break;
	case -ENOMEM:
		tx->drop_nomem += nr;
		mqtt_stat_add(conn->mn, DROP_NOMEM, nr);
		break;
	case -EMSGSIZE:
		tx->drop_oversize += nr;
		mqtt_stat_add(conn->mn, DROP_OVERSIZE, nr);
		break;
	case -ETIME:
		tx->drop_expired += nr;
		mqtt_stat_add(conn->mn, DROP_EXPIRED, nr);
		break;
	}
}

/* Time as in mqtt_tx.flushed, which is soon forgotten: it may wrap. */
static u32 mqtt_tx_units(u64 ns)
{
	return ns / MQTT_TX_UNIT;
}

/* Something can be sent: now, or together with what comes soon. */
static void mqtt_tx_kick(struct mqtt_conn *conn, struct mqtt_tx_sum *sum)
{
	const struct mqtt_limits *limits = &conn->mn->limits;
	u64 wait = READ_ONCE(limits->tx_usecs) * (u64)NSEC_PER_USEC, now, gone;
	u32 frames = READ_ONCE(limits->tx_frames);

	if (unlikely(wait) &&
	    (!frames || READ_ONCE(conn->tx.unsent) < frames)) {
		now = ktime_get_ns();
		gone = mqtt_tx_units(now) - READ_ONCE(conn->tx.flushed);
		gone *= MQTT_TX_UNIT;
		if (gone < wait) {
			mqtt_worker_hold(conn, now + wait - gone);
			return;
		}
	}
	mqtt_worker_tx_many(conn, sum->called++);
}

void mqtt_tx_frame(struct mqtt_conn *conn, struct mqtt_frame *frame,
		   enum mqtt_tx_kind kind, struct mqtt_tx_sum *sum)
{
	u32 max = READ_ONCE(conn->max_packet);
	struct mqtt_frame *filtered = NULL;
	struct mqtt_tx *tx = &conn->tx;
	u32 skipped = 0, nr;
	bool kick = false;
	int len;

	if (unlikely(frame->longest > max)) {
		filtered = mqtt_tx_filter(conn, frame, max, &skipped);
		if (IS_ERR(filtered)) {
			spin_lock_bh(&tx->lock);
			mqtt_tx_drop(conn, -ENOMEM, frame->nr);
			spin_unlock_bh(&tx->lock);
			return;
		}
		frame = filtered;
	}

	spin_lock_bh(&tx->lock);
	if (skipped)
		mqtt_tx_drop(conn, -EMSGSIZE, skipped);
	if (!frame) {
		spin_unlock_bh(&tx->lock);
		return;
	}
	len = mqtt_tx_enqueue(conn, frame, &nr, &kick);
	if (kind == MQTT_TX_FAST)
		tx->deliver_fast += nr;
	else
		tx->deliver_packet_out += nr;
	if (nr < frame->nr)
		mqtt_tx_drop(conn, len < 0 ? len : -ENOBUFS, frame->nr - nr);
	spin_unlock_bh(&tx->lock);

	if (len > 0) {
		sum->nr += nr;
		sum->bytes += len;
		percpu_counter_add(&conn->mn->queued_bytes, len);
	}
	if (kick)
		mqtt_tx_kick(conn, sum);
	mqtt_frame_put(filtered);
}

int mqtt_tx_offer(struct mqtt_conn *conn, struct mqtt_frame *frame,
		  enum mqtt_tx_kind kind, struct mqtt_tx_sum *sum)
{
	struct mqtt_tx *tx = &conn->tx;
	bool kick = false;
	int len;
	u32 nr;

	if (frame->longest > READ_ONCE(conn->max_packet))
		return -EMSGSIZE;
	spin_lock_bh(&tx->lock);
	len = mqtt_tx_enqueue(conn, frame, &nr, &kick);
	if (kind == MQTT_TX_FAST)
		tx->deliver_fast += nr;
	else
		tx->deliver_packet_out += nr;
	spin_unlock_bh(&tx->lock);
	if (len < 0)
		return len;
	sum->nr += nr;
	sum->bytes += len;
	percpu_counter_add(&conn->mn->queued_bytes, len);
	if (kick)
		mqtt_tx_kick(conn, sum);
	return 0;
}

void mqtt_tx_pingresp(struct mqtt_conn *conn)
{
	struct mqtt_tx *tx = &conn->tx;
	bool kick = false;
	int len;
	u32 nr;

	spin_lock_bh(&tx->lock);
	len = mqtt_tx_enqueue(conn, mqtt_tx_pingresp_frame, &nr, &kick);
	spin_unlock_bh(&tx->lock);
	if (len > 0)
		percpu_counter_add(&conn->mn->queued_bytes, len);
	if (kick)
		mqtt_worker_tx(conn);
}

static void mqtt_tx_wake(struct mqtt_conn *conn)
{
	struct socket_wq *wq;

	/*
	 * Not through the saved write_space: it does not wake anybody while the
	 * socket itself has no room, but this room is the queue's.
	 */
	rcu_read_lock();
	wq = rcu_dereference(conn->sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT | EPOLLWRNORM |
					   EPOLLWRBAND);
	rcu_read_unlock();
}

bool mqtt_tx_writable(struct mqtt_conn *conn)
{
	struct mqtt_tx *tx = &conn->tx;
	bool room;

	spin_lock_bh(&tx->lock);
	room = tx->err ||
	       tx->daemon_bytes < READ_ONCE(conn->mn->limits.tx_daemon_max);
	if (!room)
		tx->full = true;
	spin_unlock_bh(&tx->lock);
	return room;
}

/* tx->lock held. Moves items of which TCP has everything to @done. */
static u32 mqtt_tx_advance(struct mqtt_conn *conn, u32 sent,
			   struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *item, *tmp;
	u32 frames = 0;

	list_for_each_entry_safe(item, tmp, &tx->wire, node) {
		u32 left = item->len - tx->off;

		if (sent < left) {
			tx->off += sent;
			break;
		}
		sent -= left;
		tx->off = 0;
		if (!item->daemon)
			frames += item->len;
		mqtt_tx_uncount(conn, item);
		list_move_tail(&item->node, done);
	}
	return frames;
}

u32 mqtt_tx_fail(struct mqtt_conn *conn, int err, struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *item;
	u32 frames = 0;

	tx->err = err;
	mqtt_ring_splice_tail(&tx->parked, &tx->wire);
	list_for_each_entry(item, &tx->wire, node) {
		if (!item->daemon)
			frames += item->len;
		mqtt_tx_uncount(conn, item);
	}
	list_splice_tail_init(&tx->wire, done);
	tx->off = 0;
	return frames;
}

/**
 * struct mqtt_tx_batch - what goes to TCP with one call
 *
 * @copy: pieces to copy
 * @share: pieces to reference
 * @nr: number of them
 * @shares: which of the two it is
 * @record: type of the record of TLS that they make, 0: data
 * @bytes: their bytes
 */
struct mqtt_tx_batch {
	union {
		struct kvec copy[MQTT_TX_VECS];
		struct bio_vec share[MQTT_TX_VECS];
	};
	u32 nr;
	bool shares;
	u8 record;
	u32 bytes;
};

static void mqtt_tx_batch_add(struct mqtt_tx_batch *batch, u8 *p, u32 len)
{
	if (batch->shares) {
		struct page *page = virt_to_head_page(p);

		bvec_set_page(&batch->share[batch->nr], page, len,
			      p - (u8 *)page_address(page));
	} else {
		batch->copy[batch->nr].iov_base = p;
		batch->copy[batch->nr].iov_len = len;
	}
	batch->nr++;
	batch->bytes += len;
}

/* The only packet of a frame, from @off on, in its two parts. */
static void mqtt_tx_batch_add_body(struct mqtt_tx_batch *batch,
				   struct mqtt_frame *frame, u32 off)
{
	u32 own = mqtt_frame_own(frame), skip = max(off, own) - own;
	struct mqtt_frame *body = frame->body;

	if (off < own)
		mqtt_tx_batch_add(batch, frame->data + off, own - off);
	mqtt_tx_batch_add(batch, body->data + frame->body_off + skip,
			  body->len - frame->body_off - skip);
}

/*
 * tx->lock held. Takes as many pieces of one kind as there are, up to one that
 * has waited. Returns true if that is the first one.
 */
static bool mqtt_tx_gather(struct mqtt_conn *conn, struct mqtt_tx_batch *batch)
{
	bool copies = mqtt_tls_is_on(conn);
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *item;
	u32 off = tx->off;

	batch->nr = 0;
	batch->bytes = 0;
	batch->record = 0;
	list_for_each_entry(item, &tx->wire, node) {
		bool shares = !copies && mqtt_frame_shares(item->frame);

		if (mqtt_tx_is_due(item))
			return !batch->nr;
		if (!batch->nr)
			batch->shares = shares;
		if (batch->shares != shares || batch->nr > MQTT_TX_VECS - 2)
			break;
		/* A record that is not data is one of its own. */
		if (unlikely(item->record)) {
			if (batch->nr)
				break;
			batch->record = item->record;
		} else if (unlikely(batch->record)) {
			break;
		}
		if (unlikely(item->frame->body))
			mqtt_tx_batch_add_body(batch, item->frame, off);
		else
			mqtt_tx_batch_add(batch,
					  item->frame->data + item->off + off,
					  item->len - off);
		off = 0;
	}
	return false;
}

static int mqtt_tx_give(struct mqtt_conn *conn, struct mqtt_tx_batch *batch)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct sock *sk = conn->sk;

	if (mqtt_tls_is_on(conn))
		return mqtt_tx_tls_give(conn, batch->copy, batch->nr,
					&batch->bytes, batch->record);
	if (batch->shares)
		return mqtt_compat_send_pages(sk, batch->share, batch->nr,
					      batch->bytes, msg.msg_flags);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, batch->copy, batch->nr,
		      batch->bytes);
	return tcp_sendmsg_locked(sk, &msg, batch->bytes);
}

void mqtt_tx_error(struct mqtt_conn *conn, int err)
{
	/* TCP has told its error; it is the daemon's recv() that needs it. */
	if (err != -EPIPE && !conn->sk->sk_err)
		WRITE_ONCE(conn->sk->sk_err, -err);
	/* Not every error came with a change of state. */
	mqtt_worker_rx(conn);
}

void mqtt_tx_block(struct mqtt_conn *conn)
{
	/* Not every short send asks for write_space by itself. */
	set_bit(SOCK_NOSPACE, &conn->sk->sk_socket->flags);
	conn->tx.blocked = true;
	if (tcp_rtx_and_write_queues_empty(conn->sk) ||
	    (mqtt_tls_is_on(conn) && sk_stream_is_writeable(conn->sk))) {
		conn->tx.stalled = true;
		mqtt_conn_touch_timer(conn, MQTT_TX_RETRY);
	}
}

/*
 * Socket locked. @ret is what came of sending @batch. Returns false when there
 * is nothing more to do for now.
 */
static bool mqtt_tx_pushed(struct mqtt_conn *conn,
			   const struct mqtt_tx_batch *batch, int ret,
			   struct list_head *done, u32 *frames)
{
	struct mqtt_tx *tx = &conn->tx;
	bool more = false;

	if (ret == -EINTR)
		return false;
	if (ret < 0 && ret != -EAGAIN)
		mqtt_tx_error(conn, ret);

	spin_lock_bh(&tx->lock);
	if (ret == batch->bytes) {
		*frames += mqtt_tx_advance(conn, ret, done);
		more = !list_empty(&tx->wire);
	} else if (ret > 0 || ret == -EAGAIN) {
		if (ret > 0)
			*frames += mqtt_tx_advance(conn, ret, done);
		more = mqtt_tls_is_on(conn) && mqtt_tx_tls_again(conn);
		if (!more)
			mqtt_tx_block(conn);
	} else {
		*frames += mqtt_tx_fail(conn, ret, done);
	}
	spin_unlock_bh(&tx->lock);
	if (ret > 0 && ret < batch->bytes)
		mqtt_stat_inc(conn->mn, TX_PARTIAL);
	return more;
}

/* Held. Returns false when there is nothing more to do for now. */
static bool mqtt_tx_push(struct mqtt_conn *conn, struct list_head *done,
			 u32 *frames)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_batch batch;
	bool more, due;
	int ret;

	spin_lock_bh(&tx->lock);
	due = mqtt_tx_gather(conn, &batch);
	spin_unlock_bh(&tx->lock);
	if (due) {
		*frames += mqtt_tx_expire(conn, done);
		return true;
	}
	if (!batch.nr)
		return false;

	ret = mqtt_tx_give(conn, &batch);
	if (!mqtt_tls_is_on(conn))
		return mqtt_tx_pushed(conn, &batch, ret, done, frames);
	lock_sock(conn->sk);
	if (ret > 0)
		mqtt_tls(conn)->again = false;
	more = mqtt_tx_pushed(conn, &batch, ret, done, frames);
	release_sock(conn->sk);
	return more;
}

void mqtt_tx_hold(struct mqtt_conn *conn)
{
	if (mqtt_tls_is_on(conn))
		mutex_lock(&mqtt_tls(conn)->flusher);
	else
		lock_sock(conn->sk);
}

void mqtt_tx_release(struct mqtt_conn *conn)
{
	if (mqtt_tls_is_on(conn))
		mutex_unlock(&mqtt_tls(conn)->flusher);
	else
		release_sock(conn->sk);
}

/* Held. @frames bytes of the module's are with TCP. */
static void mqtt_tx_flushed(struct mqtt_conn *conn, u32 frames)
{
	struct mqtt_tx *tx = &conn->tx;
	bool wake = false;

	if (frames) {
		percpu_counter_sub(&conn->mn->queued_bytes, frames);
		if (unlikely(READ_ONCE(conn->mn->limits.tx_usecs)))
			WRITE_ONCE(tx->flushed, mqtt_tx_units(ktime_get_ns()));
	}

	spin_lock_bh(&tx->lock);
	WRITE_ONCE(tx->unsent, 0);
	if (tx->full && (tx->err || tx->daemon_bytes <=
			 READ_ONCE(conn->mn->limits.tx_daemon_max) / 2)) {
		tx->full = false;
		wake = true;
	}
	spin_unlock_bh(&tx->lock);
	if (wake)
		mqtt_tx_wake(conn);
}

static void mqtt_tx_flush_held(struct mqtt_conn *conn, struct list_head *done)
{
	u32 frames = 0;

	if (conn->tx.blocked || conn->tx.closed)
		return;
	while (mqtt_tx_push(conn, done, &frames))
		;
	mqtt_tx_flushed(conn, frames);
}

/* Held, softirqs disabled. Returns false when there is more to do. */
static bool mqtt_tx_give_short(struct mqtt_conn *conn, struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_batch batch;
	bool due, more = false;
	u32 frames = 0;
	int ret;

	if (tx->blocked || tx->closed)
		return true;
	spin_lock_bh(&tx->lock);
	due = tx->bytes + tx->daemon_bytes > MQTT_TX_SHORT ||
	      mqtt_tx_gather(conn, &batch);
	spin_unlock_bh(&tx->lock);
	if (due)
		return false;
	if (batch.nr) {
		ret = mqtt_tx_give(conn, &batch);
		/* That may be for want of memory, which others can wait for. */
		if (ret == -EAGAIN)
			return false;
		more = mqtt_tx_pushed(conn, &batch, ret, done, &frames);
	}
	mqtt_tx_flushed(conn, frames);
	return !more;
}

bool mqtt_tx_flush_short(struct mqtt_conn *conn, struct list_head *done)
{
	struct mem_cgroup *old;
	struct sock *sk = conn->sk;
	bool all = false;
	gfp_t gfp;

	/* kTLS locks the socket itself, which may sleep. */
	if (mqtt_tls_is_on(conn))
		return false;
	old = set_active_memcg(conn->memcg);
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		gfp = sk->sk_allocation;
		sk->sk_allocation = GFP_ATOMIC | __GFP_NOWARN;
		mqtt_compat_swap_frag(sk);
		all = mqtt_tx_give_short(conn, done);
		mqtt_compat_swap_frag(sk);
		sk->sk_allocation = gfp;
	}
	bh_unlock_sock(sk);
	set_active_memcg(old);
	return all;
}

void mqtt_tx_flush(struct mqtt_conn *conn)
{
	struct mem_cgroup *old = set_active_memcg(conn->memcg);
	LIST_HEAD(done);

	mqtt_tx_hold(conn);
	mqtt_tx_flush_held(conn, &done);
	mqtt_tx_release(conn);
	mqtt_tx_free_list(&done);
	set_active_memcg(old);
}

void mqtt_tx_unblock(struct mqtt_conn *conn)
{
	/* The socket lock orders this with the flush that set it. */
	if (!READ_ONCE(conn->tx.blocked))
		return;
	WRITE_ONCE(conn->tx.blocked, false);
	WRITE_ONCE(conn->tx.stalled, false);
	/*
	 * Whether or not there is something to send: who queues right now may
	 * have seen the flag still set, and relies on this flush.
	 */
	mqtt_worker_tx(conn);
}

/* tx->lock held. Module frames that are not on their way yet are dropped. */
static u32 mqtt_tx_drop_frames(struct mqtt_conn *conn, struct list_head *done)
{
	struct mqtt_tx *tx = &conn->tx;
	struct mqtt_tx_item *item, *tmp;
	u32 frames = 0;

	mqtt_ring_splice_tail(&tx->parked, done);
	list_for_each_entry(item, done, node) {
		frames += item->len;
		mqtt_tx_uncount(conn, item);
	}
	list_for_each_entry_safe(item, tmp, &tx->wire, node) {
		if (item->daemon || (tx->off && item == list_first_entry(
					&tx->wire, struct mqtt_tx_item, node)))
			continue;
		frames += item->len;
		mqtt_tx_uncount(conn, item);
		list_move_tail(&item->node, done);
	}
	return frames;
}

void mqtt_tx_end(struct mqtt_conn *conn)
{
	struct mqtt_tx *tx = &conn->tx;
	LIST_HEAD(done);
	u32 frames;

	/* What only waited for more is on its way. */
	if (test_bit(MQTT_SCHED_HELD, &conn->sched))
		mqtt_tx_flush_held(conn, &done);
	spin_lock_bh(&tx->lock);
	WRITE_ONCE(tx->ended, true);
	frames = mqtt_tx_drop_frames(conn, &done);
	spin_unlock_bh(&tx->lock);
	if (frames)
		percpu_counter_sub(&conn->mn->queued_bytes, frames);
	mqtt_tx_free_list(&done);
}

void mqtt_tx_close(struct mqtt_conn *conn)
{
	struct mqtt_tx *tx = &conn->tx;
	LIST_HEAD(done);
	u32 frames;

	mqtt_tx_end(conn);
	mqtt_tx_flush_held(conn, &done);
	spin_lock_bh(&tx->lock);
	WRITE_ONCE(tx->closed, true);
	frames = mqtt_tx_fail(conn, -EPIPE, &done);
	spin_unlock_bh(&tx->lock);
	if (frames)
		percpu_counter_sub(&conn->mn->queued_bytes, frames);
	mqtt_tx_free_list(&done);
}

int mqtt_tx_init(void)
{
	mqtt_tx_cache = kmem_cache_create("mqtt_tx_item",
					  sizeof(struct mqtt_tx_item), 0, 0,
					  NULL);
	if (!mqtt_tx_cache)
		return -ENOMEM;
	mqtt_tx_pingresp_frame = mqtt_frame_alloc(2);
	if (!mqtt_tx_pingresp_frame) {
		kmem_cache_destroy(mqtt_tx_cache);
		return -ENOMEM;
	}
	mqtt_tx_pingresp_frame->data[0] = MQTT_PINGRESP << 4;
	mqtt_tx_pingresp_frame->data[1] = 0;
	mqtt_tx_pingresp_frame->len = 2;
	return 0;
}

void mqtt_tx_exit(void)
{
	mqtt_frame_put(mqtt_tx_pingresp_frame);
	kmem_cache_destroy(mqtt_tx_cache);
}
