// SPDX-License-Identifier: GPL-2.0
/*
 * Below a conn over kTLS: what the daemon receives, and its control data. A
 * record that is not data reaches the daemon as kTLS alone would give it.
 */
#include <linux/socket.h>
#include <linux/tls.h>
#include <net/compat.h>
#include <net/tcp.h>
#include <net/tls.h>

#include "conn.h"
#include "rx.h"
#include "tls.h"

u16 mqtt_tls_version(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tls_context *ctx = tls_get_ctx(sk);

	if (!icsk->icsk_ulp_ops || strcmp(icsk->icsk_ulp_ops->name, "tls"))
		return 0;
	if (!ctx || ctx->tx_conf != TLS_SW || ctx->rx_conf != TLS_SW)
		return 0;
	return ctx->prot_info.version;
}

bool mqtt_tls_readable(const struct mqtt_conn *conn)
{
	struct sock *sk = conn->sk;

	return READ_ONCE(mqtt_tls(conn)->len) || READ_ONCE(conn->rx.head_len) ||
	       READ_ONCE(conn->rx.slow_left) == MQTT_SLOW_RECORD ||
	       conn->base->prot->sock_is_readable(sk) ||
	       (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN) ||
	       READ_ONCE(sk->sk_err);
}

void mqtt_tls_put_data(struct msghdr *msg)
{
	u8 type = MQTT_TLS_DATA;

	put_cmsg(msg, SOL_TLS, TLS_GET_RECORD_TYPE, sizeof(type), &type);
}

/* Is there room to say what type a record has? If not, kTLS keeps it. */
static bool mqtt_tls_has_room(const struct msghdr *msg)
{
	size_t need = CMSG_LEN(sizeof(u8));

	if (IS_ENABLED(CONFIG_COMPAT) && (msg->msg_flags & MSG_CMSG_COMPAT))
		need = sizeof(struct compat_cmsghdr) + sizeof(u8);
	return msg->msg_control && msg->msg_controllen >= need;
}

/* recvmsg() of kTLS; *type is that of the records, 0 if there is no telling. */
static int mqtt_tls_recvmsg(struct mqtt_conn *conn, struct msghdr *msg,
			    size_t len, int flags, int *addr_len, u8 *type)
{
	union {
		struct cmsghdr hdr;
		u8 room[CMSG_SPACE(sizeof(u8))];
	} control = {};
	unsigned int compat = msg->msg_flags & MSG_CMSG_COMPAT;
	bool is_user = msg->msg_control_is_user;
	__kernel_size_t controllen = msg->msg_controllen;
	void *daemons = msg->msg_control;
	int ret;

	*type = 0;
	flags |= MSG_DONTWAIT;
	if (!mqtt_tls_has_room(msg))
		return conn->base->prot->recvmsg(conn->sk, msg, len, flags,
						 addr_len);

	msg->msg_control = &control;
	msg->msg_controllen = sizeof(control);
	msg->msg_control_is_user = false;
	msg->msg_flags &= ~MSG_CMSG_COMPAT;
	ret = conn->base->prot->recvmsg(conn->sk, msg, len,
					flags & ~MSG_CMSG_COMPAT, addr_len);
	msg->msg_control = daemons;
	msg->msg_controllen = controllen;
	msg->msg_control_is_user = is_user;
	msg->msg_flags |= compat;
	if (ret < 0 || control.hdr.cmsg_level != SOL_TLS ||
	    control.hdr.cmsg_type != TLS_GET_RECORD_TYPE)
		return ret;
	*type = *(u8 *)CMSG_DATA(&control.hdr);
	put_cmsg(msg, SOL_TLS, TLS_GET_RECORD_TYPE, sizeof(*type), type);
	return ret;
}

static int mqtt_tls_recv_buffer(struct mqtt_conn *conn, struct msghdr *msg,
				size_t len, int flags)
{
	struct mqtt_tls *tls = mqtt_tls(conn);
	u32 n = min_t(size_t, len, tls->len);

	if (copy_to_iter(tls->data + tls->off, n, &msg->msg_iter) != n)
		return -EFAULT;
	mqtt_tls_put_data(msg);
	if (flags & MSG_PEEK)
		return n;
	tls->off += n;
	WRITE_ONCE(tls->len, tls->len - n);
	if (!tls->len)
		mqtt_rx_tls_drop(conn);
	return n;
}

int mqtt_tls_recv(struct mqtt_conn *conn, struct msghdr *msg, size_t len,
		  int flags, int *addr_len, bool *record)
{
	int ret;
	u8 type;

	*record = false;
	if (mqtt_tls(conn)->len && conn->rx.slow_left != MQTT_SLOW_RECORD)
		return mqtt_tls_recv_buffer(conn, msg, len, flags);
	ret = mqtt_tls_recvmsg(conn, msg, len, flags, addr_len, &type);
	*record = type && type != MQTT_TLS_DATA;
	return ret;
}

int mqtt_tls_set_type(struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	int type = -EINVAL;

	for_each_cmsghdr(cmsg, msg) {
		if (!CMSG_OK(msg, cmsg))
			return -EINVAL;
		if (cmsg->cmsg_level != SOL_TLS)
			continue;
		if (cmsg->cmsg_type != TLS_SET_RECORD_TYPE ||
		    cmsg->cmsg_len < CMSG_LEN(sizeof(u8)) ||
		    (msg->msg_flags & MSG_MORE))
			return -EINVAL;
		type = *(u8 *)CMSG_DATA(cmsg);
	}
	return type;
}
