// SPDX-License-Identifier: GPL-2.0
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <net/inet_common.h>
#include <net/tcp.h>
#include <net/transp_v6.h>

#include "conn.h"
#include "rx.h"
#include "rx_divert.h"
#include "sockops.h"
#include "tls.h"
#include "tx.h"
#include "worker.h"

/* Bytes looked through in softirq, packets of four bytes at worst. */
#define MQTT_AT_HAND_MAX	8192

enum {
	MQTT_V4,
	MQTT_V6,
	MQTT_FAMILIES
};

/**
 * struct mqtt_sockops - TCP's tables with our entries
 *
 * @prot: protocol
 * @ops: operations
 * @base: what sockets of plain TCP have before
 *
 * For kTLS too: its own entries are called through the conn, for tls.ko may go
 * and come back while these stay.
 *
 * Never freed: a lockless reader (inet_diag, /proc) may hold the protocol
 * pointer of a socket while it is closed and the module unloaded; what such
 * readers call are TCP's own entries.
 */
struct mqtt_sockops {
	struct proto prot;
	struct proto_ops ops;
	struct mqtt_base base;
};

static struct mqtt_sockops *mqtt_tables[MQTT_FAMILIES];
static DEFINE_MUTEX(mqtt_tables_lock);

static struct mqtt_sockops *mqtt_table_of(const struct sock *sk)
{
	int family = sk->sk_family == AF_INET6 ? MQTT_V6 : MQTT_V4;

	return READ_ONCE(mqtt_tables[family]);
}

static void mqtt_data_ready(struct sock *sk)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);

	WRITE_ONCE(conn->rx.last, (u32)jiffies);
	/* Pairs with the release in recvmsg(). */
	if (smp_load_acquire(&conn->rx.slow_left))
		conn->base->data_ready(sk);
	else if (!mqtt_rx_at_hand(conn, MQTT_AT_HAND_MAX))
		mqtt_worker_rx(conn);
}

static void mqtt_tls_data_ready(struct sock *sk)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);

	WRITE_ONCE(conn->rx.last, (u32)jiffies);
	/* First: it looks for records, and wakes the daemon for whole ones. */
	conn->base->data_ready(sk);
	/* Pairs with the release in recvmsg(). */
	if (!smp_load_acquire(&conn->rx.slow_left))
		mqtt_worker_rx(conn);
}

static void mqtt_write_space(struct sock *sk)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);

	if (sk_stream_is_writeable(sk))
		mqtt_tx_unblock(conn);
	conn->base->write_space(sk);
}

static void mqtt_state_change(struct sock *sk)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);

	/* A failed connection calls nobody for room any more. */
	mqtt_tx_unblock(conn);
	mqtt_worker_rx(conn);
	conn->base->state_change(sk);
}

/* Is there something recvmsg() can say now? */
static bool mqtt_recv_ready(struct mqtt_conn *conn)
{
	struct sock *sk = conn->sk;
	struct mqtt_rx *rx = &conn->rx;

	if (READ_ONCE(rx->eof) || READ_ONCE(rx->expired) ||
	    READ_ONCE(rx->ended) || READ_ONCE(rx->over_rate))
		return true;
	if (!smp_load_acquire(&rx->slow_left))
		return false;
	if (mqtt_tls_is_on(conn))
		return mqtt_tls_readable(conn);
	return (READ_ONCE(rx->head_len) ||
		!skb_queue_empty_lockless(&sk->sk_receive_queue) ||
		(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN) ||
		READ_ONCE(sk->sk_err));
}

/* Readers' lock held: hands out the head. */
static int mqtt_recv_head(struct mqtt_rx *rx, struct msghdr *msg, size_t len,
			  int flags)
{
	u32 n = min_t(size_t, len, rx->head_len - rx->head_off);

	if (copy_to_iter(mqtt_rx_head(rx) + rx->head_off, n, &msg->msg_iter) != n)
		return -EFAULT;
	if (flags & MSG_PEEK)
		return n;
	rx->head_off += n;
	if (rx->head_off == rx->head_len)
		mqtt_rx_head_drop(rx);
	return n;
}

/* Readers' lock held: the daemon has taken bytes, @left remain. */
static unsigned long mqtt_recv_taken(struct mqtt_conn *conn, unsigned long left)
{
	/* Pairs with the acquire in the worker. */
	smp_store_release(&conn->rx.slow_left, left);
	if (left)
		return left;
	mqtt_rx_taken(conn);
	return READ_ONCE(conn->rx.slow_left);
}

/* The same as mqtt_recv_slow() for kTLS. */
static int mqtt_recv_tls(struct mqtt_conn *conn, struct msghdr *msg,
			 size_t len, int flags, int *addr_len,
			 unsigned long left)
{
	struct mqtt_rx *rx = &conn->rx;
	bool record = false;
	int ret;

	if (left == MQTT_SLOW_RECORD) {
		ret = mqtt_tls_recv(conn, msg, len, flags, addr_len, &record);
		/* What is left of it, or comes next, is for the worker to see. */
		if (ret != -EIO && !(flags & MSG_PEEK))
			mqtt_recv_taken(conn, 0);
		return ret;
	}
	len = min_t(size_t, len, left);
	if (rx->head_len) {
		ret = mqtt_recv_head(rx, msg, len, flags);
		if (ret > 0)
			mqtt_tls_put_data(msg);
	} else {
		ret = mqtt_tls_recv(conn, msg, len, flags, addr_len, &record);
	}
	if (ret <= 0 || record)
		return ret;
	if (!(flags & MSG_PEEK) && left != MQTT_SLOW_FOREVER)
		left = mqtt_recv_taken(conn, left - ret);
	/* kTLS does not tell; io_uring asks once more when some are left. */
	if (msg->msg_get_inq)
		msg->msg_inq = min_t(unsigned long, left, INT_MAX);
	return ret;
}

/* Readers' lock held: @left bytes are the daemon's. */
static int mqtt_recv_slow(struct mqtt_conn *conn, struct msghdr *msg,
			  size_t len, int flags, int *addr_len,
			  unsigned long left)
{
	struct mqtt_rx *rx = &conn->rx;
	bool from_head = rx->head_len;
	int ret;

	len = min_t(size_t, len, left);
	if (from_head)
		ret = mqtt_recv_head(rx, msg, len, flags);
	else
		ret = conn->base->prot->recvmsg(conn->sk, msg, len,
						flags | MSG_DONTWAIT, addr_len);
	if (ret <= 0)
		return ret;
	if (!(flags & MSG_PEEK) && left != MQTT_SLOW_FOREVER)
		left = mqtt_recv_taken(conn, left - ret);
	if (msg->msg_get_inq) {
		/* TCP counts bytes that are not the daemon's as well. */
		msg->msg_inq = min_t(unsigned long, left,
				     from_head ? INT_MAX : msg->msg_inq);
		/* The end is something to read too: io_uring waits otherwise. */
		if (!msg->msg_inq && smp_load_acquire(&rx->eof))
			msg->msg_inq = 1;
	}
	return ret;
}

/* Readers' lock held. -EAGAIN if there is nothing for the daemon now. */
static int mqtt_recv_some(struct mqtt_conn *conn, struct msghdr *msg,
			  size_t len, int flags, int *addr_len)
{
	struct mqtt_rx *rx = &conn->rx;
	/* In this order: see mqtt_rx_publish(). */
	bool eof = smp_load_acquire(&rx->eof);
	unsigned long left = smp_load_acquire(&rx->slow_left);
	int ret = -EAGAIN;

	if (READ_ONCE(rx->ended))
		return 0;
	if (left && mqtt_tls_is_on(conn))
		ret = mqtt_recv_tls(conn, msg, len, flags, addr_len, left);
	else if (left)
		ret = mqtt_recv_slow(conn, msg, len, flags, addr_len, left);
	else if (eof && mqtt_tls_is_on(conn) && mqtt_tls(conn)->err)
		return mqtt_tls(conn)->err;
	else if (eof)
		return conn->base->prot->recvmsg(conn->sk, msg, len,
						 flags | MSG_DONTWAIT, addr_len);
	/* The rest of an incomplete packet is not coming any more. */
	if (ret == -EAGAIN && READ_ONCE(rx->expired))
		ret = -ETIMEDOUT;
	else if (ret == -EAGAIN && READ_ONCE(rx->over_rate))
		ret = -EDQUOT;
	return ret;
}

static int mqtt_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
			int flags, int *addr_len)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);
	long left;
	int ret;

	if (flags & MSG_ERRQUEUE)
		return conn->base->prot->recvmsg(sk, msg, len, flags, addr_len);
	if (flags & (MSG_OOB | MSG_TRUNC | MSG_WAITALL))
		return -EOPNOTSUPP;

	for (;;) {
		/* The worker may be busy under this lock with nothing for us. */
		if (mqtt_tls_is_on(conn) && !mqtt_recv_ready(conn)) {
			ret = -EAGAIN;
		} else {
			ret = mqtt_lock_take_interruptible(&conn->rx.readers);
			if (ret)
				return ret;
			ret = mqtt_recv_some(conn, msg, len, flags, addr_len);
			mqtt_lock_drop(&conn->rx.readers);
		}
		if (ret != -EAGAIN || (flags & MSG_DONTWAIT))
			return ret;
		left = wait_event_interruptible_timeout(*sk_sleep(sk),
							mqtt_recv_ready(conn),
							sk->sk_rcvtimeo);
		if (left < 0)
			return sock_intr_errno(sk->sk_rcvtimeo);
		if (!left)
			return -EAGAIN;
	}
}

static int mqtt_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);

	/* The pages of sendfile() are copied like any other bytes. */
	if (msg->msg_flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE |
			       MSG_CMSG_COMPAT | MSG_EOR |
			       MQTT_COMPAT_SENDFILE_FLAGS))
		return -EOPNOTSUPP;
	if (msg->msg_controllen) {
		int type;

		if (!mqtt_tls_is_on(conn))
			return -EOPNOTSUPP;
		type = mqtt_tls_set_type(msg);
		if (type < 0)
			return type;
		if (type != MQTT_TLS_DATA)
			return mqtt_tx_send_record(conn, msg, len, type);
	}
	return mqtt_tx_sendmsg(conn, msg, len);
}

static void mqtt_close(struct sock *sk, long timeout)
{
	struct mqtt_conn *conn = mqtt_conn_of(sk);
	struct proto *base = conn->base->prot;

	mqtt_conn_close(conn);
	base->close(sk, timeout);
}

static int mqtt_disconnect(struct sock *sk, int flags)
{
	return -EBUSY;
}

/* Options that would take the stream, or us, away. */
static int mqtt_setsockopt(struct sock *sk, int level, int optname,
			   sockptr_t optval, unsigned int optlen)
{
	if (level == SOL_TLS)
		return -EBUSY;
	/* Would put IPv4's tables in the place of ours. */
	if (level == SOL_IPV6 && optname == IPV6_ADDRFORM)
		return -EBUSY;
	if (level == SOL_TCP && (optname == TCP_ULP || optname == TCP_REPAIR))
		return -EBUSY;
	return mqtt_conn_of(sk)->base->prot->setsockopt(sk, level, optname,
							optval, optlen);
}

static int mqtt_getsockopt(struct sock *sk, int level, int optname,
			   char __user *optval, int __user *optlen)
{
	if (level == SOL_TCP && optname == TCP_ZEROCOPY_RECEIVE)
		return -EOPNOTSUPP;
	return mqtt_conn_of(sk)->base->prot->getsockopt(sk, level, optname,
							optval, optlen);
}

static __poll_t mqtt_poll(struct file *file, struct socket *sock,
			  struct poll_table_struct *wait)
{
	const __poll_t in = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	const __poll_t out = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
	struct mqtt_conn *conn = mqtt_conn_of(sock->sk);
	struct mqtt_rx *rx = &conn->rx;
	__poll_t mask;

	/* First: it registers the waiter. */
	mask = conn->base->ops->poll(file, sock, wait);

	/*
	 * The worker's bytes, and an end that it has not come to yet, are not
	 * the daemon's business: reporting them would make it spin.
	 */
	if (!smp_load_acquire(&rx->eof) && !smp_load_acquire(&rx->slow_left))
		mask &= ~(in | EPOLLHUP | EPOLLERR | EPOLLPRI);
	else if (READ_ONCE(rx->head_len))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(rx->expired) || READ_ONCE(rx->ended) ||
	    READ_ONCE(rx->over_rate))
		mask |= EPOLLIN | EPOLLRDNORM;
	/* TCP cannot tell a part of a record from a whole one. */
	if (mqtt_tls_is_on(conn)) {
		mask &= ~(EPOLLIN | EPOLLRDNORM);
		if (mqtt_recv_ready(conn))
			mask |= EPOLLIN | EPOLLRDNORM;
	}

	mask &= ~out;
	if ((poll_requested_events(wait) & out) && mqtt_tx_writable(conn))
		mask |= out;
	return mask;
}

static ssize_t mqtt_splice_read(struct socket *sock, loff_t *ppos,
				struct pipe_inode_info *pipe, size_t len,
				unsigned int flags)
{
	return -EOPNOTSUPP;
}

static int mqtt_read_sock(struct sock *sk, read_descriptor_t *desc,
			  sk_read_actor_t recv_actor)
{
	/* Here kTLS of 6.1 itself takes from TCP, when room for it is short. */
	if (mqtt_tls_is_on(mqtt_conn_of(sk)))
		return tcp_read_sock(sk, desc, recv_actor);
	return -EOPNOTSUPP;
}

static int mqtt_read_skb(struct sock *sk, skb_read_actor_t recv_actor)
{
	return -EOPNOTSUPP;
}

static int mqtt_sendmsg_locked(struct sock *sk, struct msghdr *msg, size_t len)
{
	return -EOPNOTSUPP;
}

static int mqtt_set_rcvlowat(struct sock *sk, int val)
{
	return -EOPNOTSUPP;
}

static void mqtt_table_fill_prot(struct proto *prot, const struct proto *base)
{
	*prot = *base;
	prot->recvmsg = mqtt_recvmsg;
	prot->sendmsg = mqtt_sendmsg;
	prot->close = mqtt_close;
	prot->disconnect = mqtt_disconnect;
	prot->setsockopt = mqtt_setsockopt;
	prot->getsockopt = mqtt_getsockopt;
	mqtt_compat_no_sendpage(prot);
}

static void mqtt_table_fill_ops(struct proto_ops *ops,
				const struct proto_ops *base)
{
	*ops = *base;
	ops->owner = THIS_MODULE;
	ops->poll = mqtt_poll;
	ops->splice_read = mqtt_splice_read;
	ops->read_sock = mqtt_read_sock;
	ops->read_skb = mqtt_read_skb;
	ops->sendmsg_locked = mqtt_sendmsg_locked;
	ops->set_rcvlowat = mqtt_set_rcvlowat;
	/* Nothing waits for more of sendfile(). */
	ops->splice_eof = NULL;
	mqtt_compat_no_sendpage_ops(ops);
}

/* Socket locked. */
static struct mqtt_base mqtt_base_of(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	return (struct mqtt_base) {
		.prot = sk->sk_prot,
		.ops = sock->ops,
		.data_ready = sk->sk_data_ready,
		.write_space = sk->sk_write_space,
		.state_change = sk->sk_state_change,
	};
}

static bool mqtt_base_is(const struct mqtt_base *a, const struct mqtt_base *b)
{
	return a->prot == b->prot && a->ops == b->ops &&
	       a->data_ready == b->data_ready &&
	       a->write_space == b->write_space &&
	       a->state_change == b->state_change;
}

/*
 * A socket that nobody has touched tells what TCP itself has, not all of which
 * has a name that is exported.
 */
static int mqtt_table_fill(struct mqtt_sockops *table, const struct sock *sk)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(sock_net(sk), sk->sk_family, SOCK_STREAM,
			       IPPROTO_TCP, &sock);
	if (err)
		return err;
	table->base = mqtt_base_of(sock);
	sock_release(sock);
	mqtt_table_fill_prot(&table->prot, table->base.prot);
	mqtt_table_fill_ops(&table->ops, table->base.ops);
	return 0;
}

int mqtt_sockops_prepare(struct socket *sock)
{
	int family = sock->sk->sk_family == AF_INET6 ? MQTT_V6 : MQTT_V4;
	struct mqtt_sockops *table;
	int err = 0;

	mutex_lock(&mqtt_tables_lock);
	if (mqtt_tables[family])
		goto out;
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table) {
		err = -ENOMEM;
		goto out;
	}
	err = mqtt_table_fill(table, sock->sk);
	if (err) {
		kfree(table);
		goto out;
	}
	/* Deliberate: see struct mqtt_sockops. */
	kmemleak_not_leak(table);
	/* Pairs with the dependency in mqtt_table_of(). */
	smp_store_release(&mqtt_tables[family], table);
out:
	mutex_unlock(&mqtt_tables_lock);
	return err;
}

bool mqtt_sockops_save(struct mqtt_conn *conn, struct socket *sock)
{
	const struct mqtt_sockops *table = mqtt_table_of(sock->sk);
	const struct mqtt_base base = mqtt_base_of(sock);

	if (mqtt_tls_is_on(conn)) {
		mqtt_tls(conn)->base = base;
		conn->base = &mqtt_tls(conn)->base;
		return true;
	}
	conn->base = &table->base;
	return mqtt_base_is(&table->base, &base);
}

void mqtt_sockops_install(struct mqtt_conn *conn, struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct mqtt_sockops *table = mqtt_table_of(sk);

	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, conn);
	/* __sock_release() puts the owner of sock->ops after it is done. */
	__module_get(THIS_MODULE);
	WRITE_ONCE(sock->ops, &table->ops);
	WRITE_ONCE(sk->sk_prot, &table->prot);
	WRITE_ONCE(sk->sk_data_ready, mqtt_tls_is_on(conn) ?
		   mqtt_tls_data_ready : mqtt_data_ready);
	WRITE_ONCE(sk->sk_write_space, mqtt_write_space);
	WRITE_ONCE(sk->sk_state_change, mqtt_state_change);
	write_unlock_bh(&sk->sk_callback_lock);
	module_put(conn->base->ops->owner);

	clear_bit(SOCK_SUPPORT_ZC, &sock->flags);
	WRITE_ONCE(sk->sk_rcvlowat, 1);
}

void mqtt_sockops_restore(struct mqtt_conn *conn)
{
	struct sock *sk = conn->sk;

	write_lock_bh(&sk->sk_callback_lock);
	WRITE_ONCE(sk->sk_data_ready, conn->base->data_ready);
	WRITE_ONCE(sk->sk_write_space, conn->base->write_space);
	WRITE_ONCE(sk->sk_state_change, conn->base->state_change);
	WRITE_ONCE(sk->sk_prot, conn->base->prot);
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
}

void mqtt_sockops_exit(void)
{
	int i;

	for (i = 0; i < MQTT_FAMILIES; i++)
		mqtt_tables[i] = NULL;
}
