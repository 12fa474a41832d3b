// SPDX-License-Identifier: GPL-2.0
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/mqtt.h>

#include "conn.h"
#include "event.h"
#include "fanout.h"
#include "frame.h"
#include "group.h"
#include "net.h"
#include "port.h"
#include "rx.h"
#include "sub_ids.h"
#include "variant.h"

/**
 * struct mqtt_port - a port
 *
 * @ref: the namespace's, the file's
 * @rcu: publishers find it under RCU
 * @mn: namespace
 * @net: reference to it, so that the file may outlive the owner's socket
 * @writers: one write() at a time: records have an order
 * @readers: one read() at a time
 * @lock: protects @up, @up_bytes; a leaf
 * @up: records for the owner
 * @up_bytes: their bytes
 * @revoked: leads nowhere
 * @wait: readers and pollers
 */
struct mqtt_port {
	refcount_t ref;
	struct rcu_head rcu;
	struct mqtt_net *mn;
	struct net *net;
	struct mutex writers;
	struct mutex readers;
	spinlock_t lock;
	struct list_head up;
	u32 up_bytes;
	bool revoked;
	wait_queue_head_t wait;
};

/**
 * struct mqtt_port_copy - a record for the owner
 *
 * @node: entry in the port's list
 * @frame: publishes, referenced
 * @conn: publisher
 * @seq: packets diverted from it before
 */
struct mqtt_port_copy {
	struct list_head node;
	struct mqtt_frame *frame;
	u32 conn;
	u64 seq;
};

static u32 mqtt_port_copy_size(const struct mqtt_port_copy *copy)
{
	return MQTT_PORT_ALIGN(sizeof(struct mqtt_port_hdr) + copy->frame->len);
}

static void mqtt_port_copy_free(struct mqtt_port_copy *copy)
{
	mqtt_frame_put(copy->frame);
	kfree(copy);
}

static bool mqtt_port_readable(struct mqtt_port *port)
{
	return READ_ONCE(port->revoked) || !list_empty_careful(&port->up);
}

void mqtt_port_copy_up(struct mqtt_net *mn, u32 conn, u64 seq,
		       struct mqtt_frame *frame)
{
	struct mqtt_port_copy *copy;
	struct mqtt_port *port;
	bool queued = false;
	u32 size;

	copy = kmalloc(sizeof(*copy), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!copy) {
		mqtt_stat_add(mn, DROP_NOMEM, frame->nr);
		return;
	}
	copy->frame = mqtt_frame_get(frame);
	copy->conn = conn;
	copy->seq = seq;
	size = mqtt_port_copy_size(copy);

	rcu_read_lock();
	port = rcu_dereference(mn->port);
	if (port) {
		spin_lock(&port->lock);
		queued = !port->revoked &&
			 size <= READ_ONCE(mn->limits.port_queue_max) &&
			 port->up_bytes <=
			 READ_ONCE(mn->limits.port_queue_max) - size;
		if (queued) {
			list_add_tail(&copy->node, &port->up);
			port->up_bytes += size;
		}
		spin_unlock(&port->lock);
		if (queued && wq_has_sleeper(&port->wait))
			wake_up_interruptible_poll(&port->wait,
						   EPOLLIN | EPOLLRDNORM);
	}
	rcu_read_unlock();
	if (!queued) {
		mqtt_port_copy_free(copy);
		mqtt_stat_add(mn, DROP_PORT_FULL, frame->nr);
	}
}

/*
 * What has waited here is handed out with what is left of its expiry. Returns
 * false if nothing is.
 */
static bool mqtt_port_age(struct mqtt_net *mn, struct mqtt_port_copy *copy)
{
	struct mqtt_frame *frame = copy->frame, *aged;
	u32 waited = mqtt_frame_waited(frame);

	if (!waited)
		return true;
	if (waited >= frame->expiry) {
		mqtt_stat_add(mn, DROP_EXPIRED, frame->nr);
		return false;
	}
	aged = mqtt_frame_aged(frame, 0, frame->len, waited);
	if (!aged) {
		mqtt_stat_add(mn, DROP_NOMEM, frame->nr);
		return false;
	}
	copy->frame = aged;
	mqtt_frame_put(frame);
	return true;
}

static int mqtt_port_put_user(const struct mqtt_port_copy *copy,
			      struct iov_iter *to)
{
	const struct mqtt_port_hdr hdr = {
		.len = sizeof(hdr) + copy->frame->len,
		.type = MQTT_PORT_PACKET,
		.conn = copy->conn,
		.seq = copy->seq,
		.flags = copy->frame->level ? MQTT_PORT_F_LEVEL5 : 0,
	};
	u32 pad = mqtt_port_copy_size(copy) - hdr.len;

	if (copy_to_iter(&hdr, sizeof(hdr), to) != sizeof(hdr) ||
	    copy_to_iter(copy->frame->data, copy->frame->len, to) !=
	    copy->frame->len || iov_iter_zero(pad, to) != pad)
		return -EFAULT;
	return 0;
}

/* Readers' mutex held. Returns bytes, 0 if there is no record, or -errno. */
static ssize_t mqtt_port_read_some(struct mqtt_port *port, struct iov_iter *to)
{
	struct mqtt_port_copy *copy;
	ssize_t got = 0;
	int err = 0;
	u32 size;

	for (;;) {
		spin_lock(&port->lock);
		copy = list_first_entry_or_null(&port->up,
						struct mqtt_port_copy, node);
		if (!copy) {
			spin_unlock(&port->lock);
			break;
		}
		size = mqtt_port_copy_size(copy);
		if (size > iov_iter_count(to)) {
			spin_unlock(&port->lock);
			err = -EMSGSIZE;
			break;
		}
		list_del(&copy->node);
		port->up_bytes -= size;
		spin_unlock(&port->lock);

		if (unlikely(copy->frame->expires) &&
		    !mqtt_port_age(port->mn, copy)) {
			mqtt_port_copy_free(copy);
			continue;
		}
		err = mqtt_port_put_user(copy, to);
		mqtt_port_copy_free(copy);
		if (err)
			break;
		got += size;
	}
	return got ?: err;
}

static ssize_t mqtt_port_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct mqtt_port *port = iocb->ki_filp->private_data;
	bool nowait = (iocb->ki_flags & IOCB_NOWAIT) ||
		      (iocb->ki_filp->f_flags & O_NONBLOCK);
	ssize_t ret;

	for (;;) {
		if (nowait) {
			if (!mutex_trylock(&port->readers))
				return -EAGAIN;
		} else if (mutex_lock_interruptible(&port->readers)) {
			return -ERESTARTSYS;
		}
		ret = mqtt_port_read_some(port, to);
		mutex_unlock(&port->readers);
		if (ret || READ_ONCE(port->revoked))
			return ret;
		if (nowait)
			return -EAGAIN;
		if (wait_event_interruptible(port->wait,
					     mqtt_port_readable(port)))
			return -ERESTARTSYS;
	}
}

/*
 * A packet must be what the fast path forwards, but for RETAIN, and have the
 * deadline of those before it: a frame has one. Returns its length or -errno.
 */
static int mqtt_port_check_packet(struct mqtt_frame *frame, u32 off,
				  bool may_retain)
{
	enum mqtt_parse_result result;
	u8 *p = frame->data + off;
	u32 n = frame->len - off;
	struct mqtt_packet_head h;
	bool expires;
	u8 retain = may_retain ? *p & MQTT_PUBLISH_RETAIN : 0;

	*p ^= retain;
	if (frame->level)
		result = mqtt_parse_head5(p, n, U32_MAX, U16_MAX, &h);
	else
		result = mqtt_parse_head(p, n, U32_MAX, U16_MAX, &h);
	*p |= retain;
	if (result != MQTT_PARSE_FAST || h.len > n || (frame->level && h.alias))
		return -EINVAL;
	expires = frame->level && h.expiry_off;
	if (!frame->nr) {
		frame->expires = expires;
		frame->expiry = expires ? h.expiry : 0;
	} else if (expires != frame->expires ||
		   (expires && h.expiry != frame->expiry)) {
		return -EINVAL;
	}
	frame->nr++;
	frame->longest = max(frame->longest, h.len);
	return h.len;
}

static int mqtt_port_check(struct mqtt_frame *frame, bool level5,
			   bool may_retain)
{
	u32 off = 0;

	frame->level = level5 ? MQTT_MEMBER_LEVEL5 : 0;
	while (off < frame->len) {
		int len = mqtt_port_check_packet(frame, off, may_retain);

		if (len < 0)
			return len;
		off += len;
	}
	if (frame->expires)
		frame->arrived = get_jiffies_64();
	return 0;
}

static struct mqtt_sub_ids *mqtt_port_sub_ids(u32 nr, struct iov_iter *from)
{
	struct mqtt_sub_ids *ids = ERR_PTR(-EFAULT);
	u32 *list;

	list = kmalloc_array(nr, sizeof(*list), GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	if (copy_from_iter_full(list, nr * sizeof(*list), from))
		ids = mqtt_sub_ids_new(list, nr);
	kfree(list);
	return ids == ERR_PTR(-ERANGE) ? ERR_PTR(-EINVAL) : ids;
}

static int mqtt_port_packet_out(struct mqtt_port *port,
				const struct mqtt_port_hdr *hdr,
				struct iov_iter *from)
{
	struct mqtt_net *mn = port->mn;
	u64 ids_len = ((u64)hdr->nr_groups + hdr->nr_conns) * sizeof(u32);
	u64 sub_ids_len = hdr->nr_sub_ids * sizeof(u32);
	bool by_name = !hdr->nr_groups && hdr->nr_conns;
	u32 body = hdr->len - sizeof(*hdr);
	struct mqtt_packet_out po = {
		.src = hdr->conn,
		.nr_groups = hdr->nr_groups,
		.nr_conns = hdr->nr_conns,
		.qos0 = hdr->flags & MQTT_PORT_F_QOS0,
	};
	u32 *ids = NULL;
	int err = -EFAULT;

	if ((hdr->flags & ~(MQTT_PORT_F_QOS0 | MQTT_PORT_F_LEVEL5)) ||
	    hdr->nr_sub_ids > (by_name ? MQTT_MEMBER_IDS_MAX : 0) ||
	    ids_len + sub_ids_len + 2 > body)
		return -EINVAL;
	body -= ids_len + sub_ids_len;
	if (body > READ_ONCE(mn->limits.port_packet_max))
		return -EMSGSIZE;
	if (ids_len) {
		ids = kvmalloc(ids_len, GFP_KERNEL_ACCOUNT);
		if (!ids)
			return -ENOMEM;
		if (!copy_from_iter_full(ids, ids_len, from))
			goto out;
		po.groups = ids;
		po.conns = ids + hdr->nr_groups;
		mqtt_fanout_sort(ids + hdr->nr_groups, hdr->nr_conns);
	}
	if (sub_ids_len) {
		po.ids = mqtt_port_sub_ids(hdr->nr_sub_ids, from);
		if (IS_ERR(po.ids)) {
			err = PTR_ERR(po.ids);
			po.ids = NULL;
			goto out;
		}
	}
	po.frame = mqtt_frame_alloc(body);
	if (!po.frame) {
		err = -ENOMEM;
		goto out;
	}
	po.frame->len = body;
	if (copy_from_iter_full(po.frame->data, po.frame->len, from)) {
		err = mqtt_port_check(po.frame, hdr->flags & MQTT_PORT_F_LEVEL5,
				      by_name);
		/* The flow is that of one topic. */
		if (!err && po.frame->nr > 1 && !po.nr_groups && !po.nr_conns)
			err = -EINVAL;
		if (!err)
			mqtt_fanout_packet_out(mn, &po);
		mqtt_variant_drop(po.frame);
	}
	mqtt_frame_put(po.frame);
out:
	mqtt_sub_ids_put(po.ids);
	kvfree(ids);
	return err;
}

static int mqtt_port_gate_ack(struct mqtt_port *port,
			      const struct mqtt_port_hdr *hdr)
{
	struct mqtt_conn *conn;

	if (hdr->len != sizeof(*hdr) || hdr->flags)
		return -EINVAL;
	rcu_read_lock();
	conn = mqtt_conn_find(port->mn, hdr->conn);
	if (conn)
		mqtt_rx_ack(conn, hdr->seq);
	rcu_read_unlock();
	return 0;
}

/* Executes one record. Returns its length with padding, or -errno. */
static ssize_t mqtt_port_record(struct mqtt_port *port, struct iov_iter *from)
{
	struct mqtt_port_hdr hdr;
	size_t have = iov_iter_count(from), size;
	int err;

	if (have < sizeof(hdr))
		return -EINVAL;
	if (!copy_from_iter_full(&hdr, sizeof(hdr), from))
		return -EFAULT;
	if (hdr.len < sizeof(hdr) || hdr.len > have)
		return -EINVAL;
	size = MQTT_PORT_ALIGN((size_t)hdr.len);
	switch (hdr.type) {
	case MQTT_PORT_PACKET_OUT:
		err = mqtt_port_packet_out(port, &hdr, from);
		break;
	case MQTT_PORT_GATE_ACK:
		err = mqtt_port_gate_ack(port, &hdr);
		break;
	default:
		err = -EINVAL;
		break;
	}
	if (err)
		return err;
	/* The last record's padding may be left out. */
	size = min(size, have);
	iov_iter_advance(from, iov_iter_count(from) - (have - size));
	return size;
}

static ssize_t mqtt_port_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct mqtt_port *port = iocb->ki_filp->private_data;
	ssize_t done = 0, ret = 0;

	if (iocb->ki_flags & IOCB_NOWAIT) {
		if (!mutex_trylock(&port->writers))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&port->writers)) {
		return -ERESTARTSYS;
	}
	while (iov_iter_count(from)) {
		if (READ_ONCE(port->revoked)) {
			ret = -ESHUTDOWN;
			break;
		}
		ret = mqtt_port_record(port, from);
		if (ret < 0)
			break;
		done += ret;
		cond_resched();
	}
	mutex_unlock(&port->writers);
	return done ?: ret;
}

static __poll_t mqtt_port_poll(struct file *file, poll_table *wait)
{
	struct mqtt_port *port = file->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &port->wait, wait);
	if (mqtt_port_readable(port))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(port->revoked))
		mask |= EPOLLHUP;
	return mask;
}

static void mqtt_port_drop_up(struct mqtt_port *port)
{
	struct mqtt_port_copy *copy, *tmp;
	LIST_HEAD(list);

	spin_lock(&port->lock);
	list_splice_init(&port->up, &list);
	port->up_bytes = 0;
	spin_unlock(&port->lock);
	list_for_each_entry_safe(copy, tmp, &list, node)
		mqtt_port_copy_free(copy);
}

static int mqtt_port_release(struct inode *inode, struct file *file)
{
	struct mqtt_port *port = file->private_data;
	struct mqtt_net *mn = port->mn;
	struct net *net = port->net;
	bool drained;

	mqtt_port_revoke(port);
	mutex_lock(&mn->lock);
	mn->nr_ports--;
	drained = mqtt_net_is_drained(mn);
	mutex_unlock(&mn->lock);
	if (drained)
		mqtt_event_send(mn, MQTT_EVENT_DRAINED);
	mqtt_port_put(port);
	put_net(net);
	return 0;
}

static const struct file_operations mqtt_port_fops = {
	.owner = THIS_MODULE,
	.read_iter = mqtt_port_read_iter,
	.write_iter = mqtt_port_write_iter,
	.poll = mqtt_port_poll,
	.release = mqtt_port_release,
	.llseek = noop_llseek,
};

struct mqtt_port *mqtt_port_create(struct mqtt_net *mn, struct file **file)
{
	struct mqtt_port *port;

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	refcount_set(&port->ref, 1);
	port->mn = mn;
	mutex_init(&port->writers);
	mutex_init(&port->readers);
	spin_lock_init(&port->lock);
	INIT_LIST_HEAD(&port->up);
	init_waitqueue_head(&port->wait);

	*file = anon_inode_getfile("[mqtt_port]", &mqtt_port_fops, port,
				   O_RDWR);
	if (IS_ERR(*file)) {
		kfree(port);
		return ERR_CAST(*file);
	}
	(*file)->f_mode |= FMODE_NOWAIT;
	/* The file's own references. */
	refcount_inc(&port->ref);
	port->net = get_net(mn->net);
	mn->nr_ports++;
	return port;
}

void mqtt_port_revoke(struct mqtt_port *port)
{
	spin_lock(&port->lock);
	WRITE_ONCE(port->revoked, true);
	spin_unlock(&port->lock);
	mqtt_port_drop_up(port);
	wake_up_interruptible_poll(&port->wait, EPOLLIN | EPOLLRDNORM |
				   EPOLLHUP);
}

void mqtt_port_put(struct mqtt_port *port)
{
	if (refcount_dec_and_test(&port->ref))
		kfree_rcu(port, rcu);
}
