/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that are supported lives here; it is
 * included before anything else by the build (-include).
 */
#ifndef _MQTT_COMPAT_H
#define _MQTT_COMPAT_H

#include <linux/version.h>
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/uio.h>
#include <net/genetlink.h>
#include <net/tcp.h>

/* proto_ops.sendpage and proto.sendpage went away in 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define mqtt_compat_no_sendpage(prot)	((prot)->sendpage = NULL)
#define mqtt_compat_no_sendpage_ops(ops)		\
	do {						\
		(ops)->sendpage = NULL;			\
		(ops)->sendpage_locked = NULL;		\
	} while (0)
#else
#define mqtt_compat_no_sendpage(prot)		do { } while (0)
#define mqtt_compat_no_sendpage_ops(ops)	do { } while (0)
#endif

/* The function of a timer is given together with its clock from 6.13 on. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define mqtt_compat_hrtimer_setup(timer, fn, clock, mode)	\
	do {							\
		hrtimer_init(timer, clock, mode);		\
		(timer)->function = (fn);			\
	} while (0)
#else
#define mqtt_compat_hrtimer_setup	hrtimer_setup
#endif

/*
 * Giving TCP pages to reference: a flag of sendmsg() from 6.5 on, a function
 * before. (The flag's name exists in 6.1, but TCP copies all the same.)
 * MSG_MORE never crosses a call: TCP does not push what was sent with it if the
 * call that follows finds no room, and with nothing in flight nothing ever will.
 * tcp_sendpage_locked() pushes before it says -EAGAIN.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
/* What sendfile() adds to the flags of sendmsg(). */
#define MQTT_COMPAT_SENDFILE_FLAGS	MSG_SENDPAGE_NOTLAST

static inline int mqtt_compat_send_pages(struct sock *sk, struct bio_vec *vec,
					 int nr, size_t len, int flags)
{
	int i, ret, sent = 0;

	for (i = 0; i < nr; i++) {
		int last = i == nr - 1 ? 0 : MSG_SENDPAGE_NOTLAST | MSG_MORE;

		ret = tcp_sendpage_locked(sk, vec[i].bv_page, vec[i].bv_offset,
					  vec[i].bv_len, flags | last);
		if (ret <= 0)
			return sent ?: ret;
		sent += ret;
		if (ret < vec[i].bv_len)
			break;
	}
	return sent;
}
#else
#define MQTT_COMPAT_SENDFILE_FLAGS	MSG_SPLICE_PAGES

static inline int mqtt_compat_send_pages(struct sock *sk, struct bio_vec *vec,
					 int nr, size_t len, int flags)
{
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, vec, nr, len);
	return tcp_sendmsg_locked(sk, &msg, len);
}
#endif

/*
 * Where allocations of a socket may not sleep, TCP copies to a page of the
 * socket's own before 6.2, up to 32 KiB that it keeps, and to the task's from
 * then on. Called before and after, this has the task's used in both.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
static inline void mqtt_compat_swap_frag(struct sock *sk)
{
	swap(sk->sk_frag, current->task_frag);
}
#else
static inline void mqtt_compat_swap_frag(struct sock *sk)
{
}
#endif

/* Is it memory of the process that calls? ITER_UBUF came into use after 6.1. */
static inline bool mqtt_compat_iter_is_user(const struct iov_iter *iter)
{
	return iter_is_ubuf(iter) || iter_is_iovec(iter);
}

/* The next piece of such memory. */
static inline const u8 __user *
mqtt_compat_iter_piece(const struct iov_iter *iter, size_t *len)
{
	struct iovec iov;

	if (iter_is_ubuf(iter)) {
		*len = iter->count;
		return iter->ubuf + iter->iov_offset;
	}
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	iov = iov_iter_iovec(iter);
#else
	iov.iov_base = iter_iov_addr(iter);
	iov.iov_len = iter_iov_len(iter);
#endif
	*len = iov.iov_len;
	return iov.iov_base;
}

/* The attributes of a dump moved into a struct genl_info in 6.6. */
static inline struct nlattr **mqtt_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif /* _MQTT_COMPAT_H */
