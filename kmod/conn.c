// SPDX-License-Identifier: GPL-2.0
#include <linux/file.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/tcp.h>
#include <net/transp_v6.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "event.h"
#include "flow.h"
#include "frame.h"
#include "group.h"
#include "net.h"
#include "rate.h"
#include "rx.h"
#include "sockops.h"
#include "tls.h"
#include "tx.h"
#include "worker.h"

static struct kmem_cache *mqtt_conn_cache;
static struct kmem_cache *mqtt_tls_conn_cache;

struct mqtt_conn *mqtt_conn_find(struct mqtt_net *mn, u32 id)
{
	return xa_load(&mn->conns, id);
}

u32 mqtt_conn_cookie(const struct mqtt_conn *conn, u8 *buf)
{
	const struct mqtt_cookie *cookie;
	u32 len = 0;

	rcu_read_lock();
	cookie = rcu_dereference(conn->cookie);
	if (cookie) {
		len = cookie->len;
		memcpy(buf, cookie->data, len);
	}
	rcu_read_unlock();
	return len;
}

static void mqtt_conn_free_rcu(struct rcu_head *rcu)
{
	struct mqtt_conn *conn = container_of(rcu, struct mqtt_conn, rcu);

	if (mqtt_tls_is_on(conn))
		kmem_cache_free(mqtt_tls_conn_cache, mqtt_tls_conn(conn));
	else
		kmem_cache_free(mqtt_conn_cache, conn);
}

void mqtt_conn_put(struct mqtt_conn *conn)
{
	if (!refcount_dec_and_test(&conn->ref))
		return;
	mqtt_rx_release(conn);
	kfree(rcu_dereference_protected(conn->cookie, 1));
	kfree(conn->rate);
	mem_cgroup_put(conn->memcg);
	/* The namespace may go with it: nothing below may need conn->mn. */
	sock_put(conn->sk);
	call_rcu(&conn->rcu, mqtt_conn_free_rcu);
}

/* Jiffies without a byte after which the client counts as gone. */
static unsigned long mqtt_conn_patience(const struct mqtt_conn *conn)
{
	/* One and a half times the keep alive period [MQTT-3.1.2-24]. */
	return READ_ONCE(conn->keep_alive) * (unsigned long)HZ * 3 / 2;
}

/* Bytes that wait for the daemon or for a gate show that the client lives. */
static bool mqtt_conn_has_input(const struct mqtt_conn *conn)
{
	return !skb_queue_empty_lockless(&conn->sk->sk_receive_queue) ||
	       (mqtt_tls_is_on(conn) && READ_ONCE(mqtt_tls(conn)->len)) ||
	       mqtt_rate_waits(conn);
}

static void mqtt_conn_timer(struct timer_list *t)
{
	struct mqtt_conn *conn = from_timer(conn, t, timer);
	unsigned long patience = mqtt_conn_patience(conn), idle;

	if (READ_ONCE(conn->tx.stalled)) {
		WRITE_ONCE(conn->tx.stalled, false);
		WRITE_ONCE(conn->tx.blocked, false);
		mqtt_worker_tx(conn);
	}
	if (mqtt_tls_is_on(conn) && READ_ONCE(mqtt_tls(conn)->starved)) {
		WRITE_ONCE(mqtt_tls(conn)->starved, false);
		mqtt_worker_rx(conn);
	}
	if (mqtt_rate_waits(conn))
		mqtt_worker_rx(conn);
	if (!patience || READ_ONCE(conn->rx.expire))
		return;
	idle = mqtt_conn_idle(conn);
	if (idle < patience) {
		timer_reduce(&conn->timer, jiffies + patience - idle);
	} else if (mqtt_conn_has_input(conn)) {
		timer_reduce(&conn->timer, jiffies + patience / 2 + 1);
	} else {
		WRITE_ONCE(conn->rx.expire, true);
		mqtt_worker_rx(conn);
	}
}

void mqtt_conn_touch_timer(struct mqtt_conn *conn, unsigned long delay)
{
	/* Never puts off what another reason has armed it for. */
	timer_reduce(&conn->timer, jiffies + delay);
}

void mqtt_conn_wake(struct mqtt_conn *conn)
{
	struct socket_wq *wq;

	if (!mqtt_tls_is_on(conn)) {
		conn->base->data_ready(conn->sk);
		return;
	}
	/* That of kTLS looks for records, and wakes nobody without one. */
	rcu_read_lock();
	wq = rcu_dereference(conn->sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLIN | EPOLLPRI |
					   EPOLLRDNORM | EPOLLRDBAND);
	rcu_read_unlock();
}

/* Those that are not given stay as they are. */
static int mqtt_conn_set_rates(struct mqtt_conn *conn,
			       const struct mqtt_conn_params *params)
{
	struct mqtt_rate_limits limits = {};
	int err;

	if (conn->rate)
		limits = conn->rate->limits;
	if (params->given & MQTT_CONN_P_PUBLISH_RATE)
		limits.publish_rate = params->rates.publish_rate;
	if (params->given & MQTT_CONN_P_PUBLISH_BURST)
		limits.publish_burst = params->rates.publish_burst;
	if (params->given & MQTT_CONN_P_BYTES_RATE)
		limits.bytes_rate = params->rates.bytes_rate;
	if (params->given & MQTT_CONN_P_BYTES_BURST)
		limits.bytes_burst = params->rates.bytes_burst;
	err = mqtt_rate_set(conn, &limits);
	/* What waits may have to no longer. */
	if (mqtt_rate_waits(conn))
		mqtt_worker_rx(conn);
	return err;
}

static int mqtt_conn_apply(struct mqtt_conn *conn,
			   const struct mqtt_conn_params *params)
{
	struct mqtt_cookie *cookie = NULL;
	int err;

	if ((params->given & MQTT_CONN_P_COOKIE) && params->cookie_len) {
		cookie = kmalloc(struct_size(cookie, data, params->cookie_len),
				 GFP_KERNEL_ACCOUNT);
		if (!cookie)
			return -ENOMEM;
		cookie->len = params->cookie_len;
		memcpy(cookie->data, params->cookie, cookie->len);
	}
	if (params->given & MQTT_CONN_P_RATES) {
		err = mqtt_conn_set_rates(conn, params);
		if (err) {
			kfree(cookie);
			return err;
		}
	}
	if (params->given & MQTT_CONN_P_COOKIE) {
		cookie = rcu_replace_pointer(conn->cookie, cookie,
					     lockdep_is_held(&conn->mn->lock));
		if (cookie)
			kfree_rcu_mightsleep(cookie);
	}
	if (params->given & MQTT_CONN_P_ACL_CLASS)
		WRITE_ONCE(conn->acl_class, params->acl_class);
	if (params->given & MQTT_CONN_P_MAX_PACKET)
		WRITE_ONCE(conn->max_packet, params->max_packet ?: U32_MAX);
	if (params->given & MQTT_CONN_P_FLAGS)
		WRITE_ONCE(conn->flags, params->flags);
	if ((params->given & MQTT_CONN_P_RECORD) && mqtt_tls_is_on(conn))
		WRITE_ONCE(mqtt_tls(conn)->record_limit, params->record_limit);
	if (params->given & MQTT_CONN_P_KEEP_ALIVE) {
		WRITE_ONCE(conn->keep_alive, params->keep_alive);
		if (params->keep_alive)
			mqtt_conn_touch_timer(conn, mqtt_conn_patience(conn));
	}
	return 0;
}

/* mn->lock held. Bytes allocated for it alone. */
static size_t mqtt_conn_size(const struct mqtt_conn *conn)
{
	size_t size = conn->is_tls ? sizeof(struct mqtt_tls_conn) :
				     sizeof(*conn);
	const struct mqtt_cookie *cookie;

	cookie = rcu_dereference_protected(conn->cookie,
					   lockdep_is_held(&conn->mn->lock));
	if (cookie)
		size += struct_size(cookie, data, cookie->len);
	if (conn->rate)
		size += sizeof(*conn->rate);
	return size;
}

int mqtt_conn_set(struct mqtt_conn *conn, const struct mqtt_conn_params *params)
{
	size_t before = mqtt_conn_size(conn);
	struct mqtt_net *mn = conn->mn;
	int err;

	err = mqtt_conn_apply(conn, params);
	WRITE_ONCE(mn->conn_bytes, mn->conn_bytes + mqtt_conn_size(conn) -
				   before);
	return err;
}

static struct mqtt_conn *mqtt_conn_alloc(struct mqtt_net *mn, struct sock *sk,
					 const struct mqtt_conn_params *params)
{
	struct mqtt_tls_conn *tls_conn;
	struct mqtt_conn *conn;

	/* That it is kTLS, and none that came just now, is checked later. */
	if (inet_csk_has_ulp(sk)) {
		tls_conn = kmem_cache_zalloc(mqtt_tls_conn_cache,
					     GFP_KERNEL_ACCOUNT);
		if (!tls_conn)
			return NULL;
		mutex_init(&tls_conn->tls.flusher);
		conn = &tls_conn->conn;
		conn->is_tls = true;
	} else {
		conn = kmem_cache_zalloc(mqtt_conn_cache, GFP_KERNEL_ACCOUNT);
		if (!conn)
			return NULL;
	}
	refcount_set(&conn->ref, 1);
	sock_hold(sk);
	conn->sk = sk;
	conn->mn = mn;
	conn->level = params->level;
	conn->alias_max = params->alias_max;
	conn->max_packet = U32_MAX;
	conn->memcg = get_mem_cgroup_from_mm(current->mm);
	INIT_LIST_HEAD(&conn->members);
	/* Near the interrupts of its packets, if that CPU is there. */
	conn->cpu = mqtt_worker_cpu(READ_ONCE(sk->sk_incoming_cpu));
	timer_setup(&conn->timer, mqtt_conn_timer, 0);

	mqtt_lock_init(&conn->rx.readers);
	atomic64_set(&conn->rx.diverted, 0);
	atomic64_set(&conn->rx.acked, 0);
	conn->rx.head_cap = MQTT_HEAD_INLINE;
	conn->rx.slow_left = params->rx_skip;
	conn->rx.last = jiffies;

	spin_lock_init(&conn->tx.lock);
	mqtt_lock_init(&conn->tx.senders);
	INIT_LIST_HEAD(&conn->tx.wire);
	return conn;
}

static int mqtt_conn_check_socket(struct mqtt_net *mn, struct socket *sock,
				  struct netlink_ext_ack *extack)
{
	struct sock *sk = sock->sk;

	if ((sk->sk_family != AF_INET && sk->sk_family != AF_INET6) ||
	    sk->sk_type != SOCK_STREAM || sk->sk_protocol != IPPROTO_TCP) {
		NL_SET_ERR_MSG_MOD(extack,
				   "socket is not TCP over IPv4 or IPv6");
		return -EPROTONOSUPPORT;
	}
	if (!net_eq(sock_net(sk), mn->net)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "socket belongs to another network namespace");
		return -EXDEV;
	}
	return 0;
}

/* Socket locked: the state that can change. */
static int mqtt_conn_check_state(struct mqtt_conn *conn, struct socket *sock,
				 struct netlink_ext_ack *extack)
{
	struct sock *sk = conn->sk;
	u16 version = 0;

	if (rcu_access_pointer(__sk_user_data(sk)) || tcp_sk(sk)->repair) {
		NL_SET_ERR_MSG_MOD(extack,
				   "socket is attached already, or in use by another kernel service");
		return -EBUSY;
	}
	if (conn->is_tls) {
		version = mqtt_tls_version(sk);
		mqtt_tls(conn)->version = version;
	}
	if (!version &&
	    (conn->is_tls || inet_csk_has_ulp(sk) ||
	     (sk->sk_prot != &tcp_prot && sk->sk_prot != &tcpv6_prot))) {
		NL_SET_ERR_MSG_MOD(extack,
				   "socket has an upper layer protocol, and it is not TLS with both keys, in software");
		return -EBUSY;
	}
	if (sk->sk_state != TCP_ESTABLISHED) {
		NL_SET_ERR_MSG_MOD(extack, "socket is not connected");
		return -ENOTCONN;
	}
	if (!mqtt_sockops_save(conn, sock)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "socket has callbacks that are not TCP's");
		return -EBUSY;
	}
	return 0;
}

static int mqtt_conn_take(struct mqtt_conn *conn, struct socket *sock,
			  struct netlink_ext_ack *extack)
{
	struct sock *sk = sock->sk;
	int err;

	lock_sock(sk);
	err = mqtt_conn_check_state(conn, sock, extack);
	if (!err) {
		mqtt_sockops_install(conn, sock);
		/* Bytes may be there already. */
		mqtt_worker_rx(conn);
	}
	release_sock(sk);
	return err;
}

static int mqtt_conn_insert(struct mqtt_net *mn, struct mqtt_conn *conn,
			    struct socket *sock,
			    struct netlink_ext_ack *extack)
{
	int err;

	err = xa_alloc_cyclic(&mn->conns, &conn->id, conn,
			      XA_LIMIT(1, INT_MAX), &mn->conn_next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	err = mqtt_conn_take(conn, sock, extack);
	if (err) {
		xa_erase(&mn->conns, conn->id);
		return err;
	}
	WRITE_ONCE(mn->nr_conns, mn->nr_conns + 1);
	WRITE_ONCE(mn->conn_bytes, mn->conn_bytes + mqtt_conn_size(conn));
	mn->nr_attached++;
	return 0;
}

int mqtt_conn_attach(struct mqtt_net *mn, int fd,
		     const struct mqtt_conn_params *params,
		     struct netlink_ext_ack *extack)
{
	struct mqtt_conn *conn;
	struct socket *sock;
	int err;

	if (mn->drained) {
		NL_SET_ERR_MSG_MOD(extack, "drained: no new conns");
		return -ESHUTDOWN;
	}
	if (mn->nr_conns >= mn->limits.conns_max) {
		NL_SET_ERR_MSG_MOD(extack, "conns_max reached");
		return -EUSERS;
	}
	sock = sockfd_lookup(fd, &err);
	if (!sock) {
		NL_SET_ERR_MSG_MOD(extack, "descriptor is not a socket");
		return err;
	}
	err = mqtt_conn_check_socket(mn, sock, extack);
	if (err)
		goto out;
	err = -ENOMEM;
	conn = mqtt_conn_alloc(mn, sock->sk, params);
	if (!conn)
		goto out;
	err = mqtt_conn_apply(conn, params);
	if (!err)
		err = mqtt_sockops_prepare(sock);
	if (!err)
		err = mqtt_conn_insert(mn, conn, sock, extack);
	if (err) {
		timer_shutdown_sync(&conn->timer);
		mqtt_conn_put(conn);
	} else {
		mqtt_event_send_conn(conn, MQTT_EVENT_CONN_ADD);
		err = conn->id;
	}
out:
	sockfd_put(sock);
	return err;
}

/* Ends the TCP connection in order, as shutdown(SHUT_WR) does. */
static void mqtt_conn_shutdown(struct mqtt_conn *conn)
{
	struct sock *sk = conn->sk;

	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)))
		return;
	sk->sk_shutdown |= SEND_SHUTDOWN;
	conn->base->prot->shutdown(sk, SEND_SHUTDOWN);
}

void mqtt_conn_end(struct mqtt_conn *conn, bool shutdown)
{
	struct sock *sk = conn->sk;

	mqtt_member_del_conn(conn);
	mqtt_tx_hold(conn);
	WRITE_ONCE(conn->rx.ended, true);
	mqtt_tx_end(conn);
	mqtt_tx_release(conn);
	if (shutdown) {
		lock_sock(sk);
		mqtt_conn_shutdown(conn);
		release_sock(sk);
	}
	/* Its reader is to see the end. */
	mqtt_conn_wake(conn);
}

void mqtt_conn_end_all(struct mqtt_net *mn)
{
	struct mqtt_conn *conn;
	unsigned long id;

	xa_for_each(&mn->conns, id, conn) {
		mqtt_conn_end(conn, true);
		cond_resched();
	}
}

void mqtt_conn_close(struct mqtt_conn *conn)
{
	struct mqtt_net *mn = conn->mn;
	struct sock *sk = conn->sk;
	bool drained;

	mutex_lock(&mn->lock);
	xa_erase(&mn->conns, conn->id);
	mqtt_member_del_conn(conn);
	WRITE_ONCE(mn->nr_conns, mn->nr_conns - 1);
	WRITE_ONCE(mn->conn_bytes, mn->conn_bytes - mqtt_conn_size(conn));
	mn->nr_attached--;
	drained = mqtt_net_is_drained(mn);
	mqtt_event_send_conn(conn, MQTT_EVENT_CONN_DEL);
	mutex_unlock(&mn->lock);

	/* The worker may be in the midst of kTLS, which is about to go. */
	if (mqtt_tls_is_on(conn))
		mqtt_lock_take(&conn->rx.readers);
	mqtt_tx_hold(conn);
	WRITE_ONCE(conn->rx.ended, true);
	mqtt_tx_close(conn);
	if (mqtt_tls_is_on(conn))
		lock_sock(sk);
	mqtt_sockops_restore(conn);
	if (mqtt_tls_is_on(conn))
		release_sock(sk);
	mqtt_tx_release(conn);
	if (mqtt_tls_is_on(conn))
		mqtt_lock_drop(&conn->rx.readers);

	timer_shutdown_sync(&conn->timer);
	if (drained)
		mqtt_event_send(mn, MQTT_EVENT_DRAINED);
	/* Workers that hold the conn find it ended and closed. */
	mqtt_conn_put(conn);
}

int mqtt_conn_init(void)
{
	/* recvmsg() copies the head to user space. */
	mqtt_conn_cache = KMEM_CACHE_USERCOPY(mqtt_conn, SLAB_HWCACHE_ALIGN,
					      rx.inline_head);
	if (!mqtt_conn_cache)
		return -ENOMEM;
	mqtt_tls_conn_cache = KMEM_CACHE_USERCOPY(mqtt_tls_conn,
						  SLAB_HWCACHE_ALIGN,
						  conn.rx.inline_head);
	if (!mqtt_tls_conn_cache) {
		kmem_cache_destroy(mqtt_conn_cache);
		return -ENOMEM;
	}
	return 0;
}

void mqtt_conn_exit(void)
{
	/* For conns freed by call_rcu() with a function of ours. */
	rcu_barrier();
	kmem_cache_destroy(mqtt_tls_conn_cache);
	kmem_cache_destroy(mqtt_conn_cache);
}
