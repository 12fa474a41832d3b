// SPDX-License-Identifier: GPL-2.0
/*
 * Sending through kTLS. One call without MSG_MORE ends a record; what kTLS takes
 * it sends by itself, in full.
 */
#include <linux/socket.h>
#include <linux/tls.h>
#include <net/sock.h>

#include "conn.h"
#include "tls.h"
#include "worker.h"

int mqtt_tx_tls_give(struct mqtt_conn *conn, struct kvec *vec, u32 nr,
		     u32 *bytes, u8 type)
{
	u32 limit = READ_ONCE(mqtt_tls(conn)->record_limit);
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	union {
		struct cmsghdr hdr;
		u8 room[CMSG_SPACE(sizeof(u8))];
	} control = {};
	int ret;

	if (unlikely(type)) {
		control.hdr.cmsg_level = SOL_TLS;
		control.hdr.cmsg_type = TLS_SET_RECORD_TYPE;
		control.hdr.cmsg_len = CMSG_LEN(sizeof(type));
		*(u8 *)CMSG_DATA(&control.hdr) = type;
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	} else if (limit) {
		*bytes = min(*bytes, limit);
	}
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, vec, nr, *bytes);
	ret = conn->base->prot->sendmsg(conn->sk, &msg, *bytes);
	switch (ret) {
	case -ENOMEM:
		return -EAGAIN;
	case -EINTR:
	case -ERESTARTSYS:
		/* The daemon has a signal to look after; the worker has none. */
		mqtt_worker_tx(conn);
		return -EINTR;
	default:
		return ret;
	}
}

bool mqtt_tx_tls_again(struct mqtt_conn *conn)
{
	/*
	 * The socket was unlocked since kTLS looked. If this is not why there
	 * is room, memory is short, and the timer tries again.
	 */
	if (mqtt_tls(conn)->again || !sk_stream_is_writeable(conn->sk))
		return false;
	mqtt_tls(conn)->again = true;
	return true;
}
