// SPDX-License-Identifier: GPL-2.0
/* Client of the "mqtt" generic netlink family: socket, batches, dumps, events. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "mqtt_msg.h"
#include "mqtt_nl.h"

/* Longest message the kernel builds for us; untouched pages cost nothing. */
#define RX_SIZE		(512 * 1024)
/* Socket buffers wished for; without CAP_NET_ADMIN the kernel grants less. */
#define SOCK_BUF	(4 * 1024 * 1024)
/* A datagram is sent when it is this long. */
#define DATAGRAM_MAX	(64 * 1024)
/* What one error with its text costs in the receive buffer, generously. */
#define ANSWER_COST	2048

_Static_assert(MQTT_NL_CREATE == NLM_F_CREATE && MQTT_NL_REPLACE == NLM_F_REPLACE,
	       "flags are those of netlink");

/**
 * struct request - one request of a batch
 * @offset: where it begins in the buffer
 * @error: its result, 1 while it has none
 * @value: the conn's identifier, for conn_add
 * @text: why it failed; NULL: as the errno says
 */
struct request {
	size_t offset;
	int error;
	uint32_t value;
	char *text;
};

struct mqtt_nl_batch {
	struct mqtt_nl *nl;
	struct mqtt_buf buf;
	struct request *req;
	unsigned int nr;
	unsigned int room;
	uint32_t seq;
};

struct mqtt_nl {
	struct nl_sock *sk;
	int fd;
	uint16_t family;
	uint32_t seq;
	unsigned int requests_max;
	char *rx;
	struct mqtt_buf members;
	struct mqtt_nl_batch one;
	char error[512];
};

/* Where a full answer goes, for the requests that have one. */
struct reply {
	const struct mqtt_attr_set *set;
	void *obj;
};

static void set_error(struct mqtt_nl *nl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(nl->error, sizeof(nl->error), fmt, ap);
	va_end(ap);
}

static int from_nle(int nle)
{
	switch (-nle) {
	case 0:
		return 0;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_PERM:
		return -EPERM;
	case NLE_AF_NOSUPPORT:
	case NLE_OPNOTSUPP:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

static void size_buffers(struct mqtt_nl *nl)
{
	int size = SOCK_BUF, on = 1;
	socklen_t len = sizeof(size);

	if (setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(nl->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(nl->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	/* Each datagram's answers must fit even if every request fails. */
	if (getsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &size, &len))
		size = 0;
	nl->requests_max = size / ANSWER_COST;
	if (!nl->requests_max)
		nl->requests_max = 1;
}

int mqtt_nl_open(struct mqtt_nl **nlp)
{
	struct mqtt_nl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return -ENOMEM;
	nl->one.nl = nl;
	/* A second room for acknowledgements: blobs of the answer are in the first. */
	nl->rx = malloc(2 * RX_SIZE);
	nl->sk = nl_socket_alloc();
	if (!nl->rx || !nl->sk) {
		mqtt_nl_close(nl);
		return -ENOMEM;
	}
	err = genl_connect(nl->sk);
	if (!err)
		err = genl_ctrl_resolve(nl->sk, MQTT_GENL_NAME);
	if (err < 0) {
		mqtt_nl_close(nl);
		return from_nle(err);
	}
	nl->family = err;
	nl->fd = nl_socket_get_fd(nl->sk);
	nl->seq = 1;
	size_buffers(nl);
	*nlp = nl;
	return 0;
}

void mqtt_nl_close(struct mqtt_nl *nl)
{
	if (!nl)
		return;
	mqtt_nl_batch_reset(&nl->one);
	free(nl->one.req);
	free(nl->one.buf.data);
	free(nl->members.data);
	if (nl->sk)
		nl_socket_free(nl->sk);
	free(nl->rx);
	free(nl);
}

const char *mqtt_nl_error(const struct mqtt_nl *nl)
{
	return nl->error;
}

int mqtt_nl_fd(const struct mqtt_nl *nl)
{
	return nl->fd;
}

/* Receive one datagram; its length, or a negative errno. */
static ssize_t receive_into(struct mqtt_nl *nl, char *room, int flags)
{
	struct iovec iov = { room, RX_SIZE };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do {
		n = recvmsg(nl->fd, &mh, flags);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return mh.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}

static ssize_t receive(struct mqtt_nl *nl, int flags)
{
	return receive_into(nl, nl->rx, flags);
}

static int send_bytes(struct mqtt_nl *nl, const char *data, size_t len)
{
	ssize_t n;

	do {
		n = send(nl->fd, data, len, 0);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

struct mqtt_nl_batch *mqtt_nl_batch_new(struct mqtt_nl *nl)
{
	struct mqtt_nl_batch *b = calloc(1, sizeof(*b));

	if (b)
		b->nl = nl;
	return b;
}

void mqtt_nl_batch_free(struct mqtt_nl_batch *b)
{
	if (!b)
		return;
	mqtt_nl_batch_reset(b);
	free(b->req);
	free(b->buf.data);
	free(b);
}

void mqtt_nl_batch_reset(struct mqtt_nl_batch *b)
{
	for (unsigned int i = 0; i < b->nr; i++)
		free(b->req[i].text);
	b->nr = 0;
	b->buf.len = 0;
}

unsigned int mqtt_nl_batch_len(const struct mqtt_nl_batch *b)
{
	return b->nr;
}

/* Queue one request; obj may be NULL when it has no attributes. */
static int queue(struct mqtt_nl_batch *b, uint8_t cmd, unsigned int flags, const void *obj,
		 uint64_t mask)
{
	size_t before = b->buf.len;
	struct request *req;
	long start;
	int err = 0;

	if (b->nr == b->room) {
		unsigned int room = b->room ? b->room * 2 : 64;

		req = realloc(b->req, room * sizeof(*req));
		if (!req)
			return -ENOMEM;
		b->req = req;
		b->room = room;
	}
	/* Sequence numbers are given at commit, when all requests are known. */
	start = mqtt_msg_begin(&b->buf, b->nl->family, cmd, flags, 0);
	if (start < 0)
		return start;
	if (obj)
		err = mqtt_msg_put(&b->buf, mqtt_cmd_set(cmd), obj, mask);
	if (err) {
		b->buf.len = before;
		return err;
	}
	mqtt_msg_end(&b->buf, start);
	b->req[b->nr] = (struct request){ .offset = start, .error = 1 };
	return b->nr++;
}

static struct nlmsghdr *request_msg(const struct mqtt_nl_batch *b, unsigned int i)
{
	return (struct nlmsghdr *)(b->buf.data + b->req[i].offset);
}

/* Of batched requests only conn_add is answered with more than a result. */
static uint32_t conn_id(const struct nlmsghdr *msg)
{
	const char *p = (const char *)msg + NLMSG_HDRLEN;
	struct mqtt_conn conn;

	if (*p != MQTT_CMD_CONN_ADD ||
	    mqtt_msg_parse(&mqtt_conn_set, p + GENL_HDRLEN,
			   msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, &conn, NULL))
		return 0;
	return conn.id;
}

static int take_answer(struct mqtt_nl_batch *b, const struct nlmsghdr *msg,
		       const struct reply *reply)
{
	unsigned int index = msg->nlmsg_seq - b->seq;
	struct request *req;
	char text[512];

	/* An answer to something older, or an event: not ours. */
	if (index >= b->nr)
		return 0;
	req = &b->req[index];
	if (msg->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = (const void *)((const char *)msg + NLMSG_HDRLEN);

		if (msg->nlmsg_len < NLMSG_HDRLEN + sizeof(*e))
			return -EBADMSG;
		req->error = e->error;
		if (e->error) {
			mqtt_msg_describe(msg, request_msg(b, index), text, sizeof(text));
			req->text = text[0] ? strdup(text) : NULL;
		}
		return 0;
	}
	if (msg->nlmsg_type != b->nl->family || msg->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return 0;
	if (!reply) {
		req->value = conn_id(msg);
		return 0;
	}
	return mqtt_msg_parse(reply->set, (const char *)msg + NLMSG_HDRLEN + GENL_HDRLEN,
			      msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, reply->obj,
			      &b->nl->members);
}

/*
 * Send requests first to last - 1 in one datagram. Only the last asks for an
 * acknowledgement: they are executed in order, so when it is answered, those
 * before it without an error have succeeded.
 */
static int transact(struct mqtt_nl_batch *b, unsigned int first, unsigned int last,
		    const struct reply *reply)
{
	size_t from = b->req[first].offset;
	size_t to = last < b->nr ? b->req[last].offset : b->buf.len;
	struct mqtt_nl *nl = b->nl;
	char *room = nl->rx;
	int err;

	request_msg(b, last - 1)->nlmsg_flags |= NLM_F_ACK;
	err = send_bytes(nl, b->buf.data + from, to - from);
	while (!err && b->req[last - 1].error == 1) {
		ssize_t len = receive_into(nl, room, 0);
		struct nlmsghdr *msg = (struct nlmsghdr *)room;

		if (len < 0)
			err = len;
		for (; !err && NLMSG_OK(msg, len); msg = NLMSG_NEXT(msg, len)) {
			err = take_answer(b, msg, reply);
			if (reply && msg->nlmsg_type == nl->family)
				room = nl->rx + RX_SIZE;
		}
	}
	/* What was lost cannot be told from what succeeded. */
	while (err == -ENOBUFS && receive(nl, MSG_DONTWAIT) != -EAGAIN)
		;
	for (unsigned int i = first; i < last; i++)
		if (b->req[i].error == 1)
			b->req[i].error = err;
	return err;
}

static int commit(struct mqtt_nl_batch *b, const struct reply *reply)
{
	struct mqtt_nl *nl = b->nl;
	unsigned int failed = 0;
	int err = 0;

	b->seq = nl->seq;
	nl->seq += b->nr;
	for (unsigned int i = 0; i < b->nr; i++)
		request_msg(b, i)->nlmsg_seq = b->seq + i;

	for (unsigned int first = 0, last; first < b->nr; first = last) {
		for (last = first + 1; last < b->nr; last++) {
			size_t end = last + 1 < b->nr ? b->req[last + 1].offset : b->buf.len;

			if (last - first >= nl->requests_max ||
			    end - b->req[first].offset > DATAGRAM_MAX)
				break;
		}
		if (err)
			for (unsigned int i = first; i < last; i++)
				b->req[i].error = err;
		else
			err = transact(b, first, last, reply);
	}
	for (unsigned int i = 0; i < b->nr; i++) {
		if (!b->req[i].error)
			continue;
		if (!failed++)
			set_error(nl, "%s", mqtt_nl_batch_error(b, i));
	}
	return err ? err : (int)failed;
}

int mqtt_nl_batch_commit(struct mqtt_nl_batch *b)
{
	return commit(b, NULL);
}

int mqtt_nl_batch_result(const struct mqtt_nl_batch *b, unsigned int index, uint32_t *value)
{
	if (index >= b->nr)
		return -EINVAL;
	if (value)
		*value = b->req[index].value;
	return b->req[index].error;
}

const char *mqtt_nl_batch_error(const struct mqtt_nl_batch *b, unsigned int index)
{
	if (index >= b->nr)
		return strerror(EINVAL);
	return b->req[index].text ? b->req[index].text : strerror(-b->req[index].error);
}

int mqtt_nl_batch_conn_add(struct mqtt_nl_batch *b, const struct mqtt_conn *conn)
{
	return queue(b, MQTT_CMD_CONN_ADD, 0, conn, ~0ULL);
}

int mqtt_nl_batch_conn_del(struct mqtt_nl_batch *b, uint32_t id)
{
	struct mqtt_conn conn = { .present = MQTT_BIT(MQTT_A_CONN_ID), .id = id };

	return queue(b, MQTT_CMD_CONN_DEL, 0, &conn, ~0ULL);
}

int mqtt_nl_batch_conn_set(struct mqtt_nl_batch *b, const struct mqtt_conn *conn)
{
	return queue(b, MQTT_CMD_CONN_SET, 0, conn, ~0ULL);
}

int mqtt_nl_batch_flow_add(struct mqtt_nl_batch *b, const struct mqtt_flow *flow,
			   unsigned int flags)
{
	return queue(b, MQTT_CMD_FLOW_ADD, flags, flow, ~0ULL);
}

static int queue_flow(struct mqtt_nl_batch *b, uint8_t cmd, uint32_t acl_class,
		      struct mqtt_blob topic)
{
	struct mqtt_flow flow = {
		.present = MQTT_BIT(MQTT_A_FLOW_ACL_CLASS) | MQTT_BIT(MQTT_A_FLOW_TOPIC),
		.acl_class = acl_class,
		.topic = topic,
	};

	return queue(b, cmd, 0, &flow, ~0ULL);
}

int mqtt_nl_batch_flow_del(struct mqtt_nl_batch *b, uint32_t acl_class,
			   struct mqtt_blob topic)
{
	return queue_flow(b, MQTT_CMD_FLOW_DEL, acl_class, topic);
}

int mqtt_nl_batch_group_add(struct mqtt_nl_batch *b, uint32_t id, struct mqtt_blob filter,
			    uint32_t flags)
{
	struct mqtt_group group = {
		.present = MQTT_BIT(MQTT_A_GROUP_ID) | MQTT_BIT(MQTT_A_GROUP_FILTER) |
			   (flags ? MQTT_BIT(MQTT_A_GROUP_FLAGS) : 0),
		.id = id,
		.filter = filter,
		.flags = flags,
	};

	return queue(b, MQTT_CMD_GROUP_ADD, 0, &group, ~0ULL);
}

int mqtt_nl_batch_group_del(struct mqtt_nl_batch *b, uint32_t id)
{
	struct mqtt_group group = { .present = MQTT_BIT(MQTT_A_GROUP_ID), .id = id };

	return queue(b, MQTT_CMD_GROUP_DEL, 0, &group, ~0ULL);
}

int mqtt_nl_batch_member_add(struct mqtt_nl_batch *b, const struct mqtt_member *member,
			     unsigned int flags)
{
	return queue(b, MQTT_CMD_MEMBER_ADD, flags, member, ~0ULL);
}

int mqtt_nl_batch_member_del(struct mqtt_nl_batch *b, uint32_t group, uint32_t conn)
{
	struct mqtt_member member = {
		.present = MQTT_BIT(MQTT_A_MEMBER_GROUP) | MQTT_BIT(MQTT_A_MEMBER_CONN),
		.group = group,
		.conn = conn,
	};

	return queue(b, MQTT_CMD_MEMBER_DEL, 0, &member, ~0ULL);
}

int mqtt_nl_batch_barrier(struct mqtt_nl_batch *b)
{
	return queue(b, MQTT_CMD_BARRIER, 0, NULL, 0);
}

/* A fresh batch of one. */
static struct mqtt_nl_batch *one(struct mqtt_nl *nl)
{
	mqtt_nl_batch_reset(&nl->one);
	return &nl->one;
}

/* Commit the batch of one; queued is what queueing returned. */
static int finish(struct mqtt_nl *nl, int queued, const struct reply *reply, uint32_t *value)
{
	int err = queued < 0 ? queued : commit(&nl->one, reply);

	if (queued < 0)
		set_error(nl, "%s", strerror(-queued));
	if (err > 0)
		err = nl->one.req[0].error;
	if (value)
		*value = err ? 0 : nl->one.req[0].value;
	return err;
}

/* A request without attributes, or with those of obj, and a full answer. */
static int ask(struct mqtt_nl *nl, uint8_t cmd, const void *obj, void *answer)
{
	struct reply reply = { mqtt_cmd_set(cmd), answer };

	return finish(nl, queue(one(nl), cmd, 0, obj, ~0ULL), answer ? &reply : NULL, NULL);
}

int mqtt_nl_register(struct mqtt_nl *nl, struct mqtt_owner *owner)
{
	return ask(nl, MQTT_CMD_REGISTER, NULL, owner);
}

int mqtt_nl_owner_get(struct mqtt_nl *nl, struct mqtt_owner *owner)
{
	return ask(nl, MQTT_CMD_OWNER_GET, NULL, owner);
}

int mqtt_nl_conn_add(struct mqtt_nl *nl, const struct mqtt_conn *conn, uint32_t *id)
{
	return finish(nl, mqtt_nl_batch_conn_add(one(nl), conn), NULL, id);
}

int mqtt_nl_conn_del(struct mqtt_nl *nl, uint32_t id)
{
	return finish(nl, mqtt_nl_batch_conn_del(one(nl), id), NULL, NULL);
}

int mqtt_nl_conn_set(struct mqtt_nl *nl, const struct mqtt_conn *conn)
{
	return finish(nl, mqtt_nl_batch_conn_set(one(nl), conn), NULL, NULL);
}

int mqtt_nl_conn_get(struct mqtt_nl *nl, uint32_t id, struct mqtt_conn *conn)
{
	struct mqtt_conn key = { .present = MQTT_BIT(MQTT_A_CONN_ID), .id = id };

	return ask(nl, MQTT_CMD_CONN_GET, &key, conn);
}

int mqtt_nl_flow_add(struct mqtt_nl *nl, const struct mqtt_flow *flow, unsigned int flags)
{
	return finish(nl, mqtt_nl_batch_flow_add(one(nl), flow, flags), NULL, NULL);
}

int mqtt_nl_flow_del(struct mqtt_nl *nl, uint32_t acl_class, struct mqtt_blob topic)
{
	return finish(nl, mqtt_nl_batch_flow_del(one(nl), acl_class, topic), NULL, NULL);
}

int mqtt_nl_flow_get(struct mqtt_nl *nl, uint32_t acl_class, struct mqtt_blob topic,
		     struct mqtt_flow *flow)
{
	struct reply reply = { &mqtt_flow_set, flow };

	return finish(nl, queue_flow(one(nl), MQTT_CMD_FLOW_GET, acl_class, topic), &reply, NULL);
}

int mqtt_nl_group_add(struct mqtt_nl *nl, uint32_t id, struct mqtt_blob filter, uint32_t flags)
{
	return finish(nl, mqtt_nl_batch_group_add(one(nl), id, filter, flags), NULL, NULL);
}

int mqtt_nl_group_del(struct mqtt_nl *nl, uint32_t id)
{
	return finish(nl, mqtt_nl_batch_group_del(one(nl), id), NULL, NULL);
}

int mqtt_nl_group_get(struct mqtt_nl *nl, uint32_t id, struct mqtt_group *group)
{
	struct mqtt_group key = { .present = MQTT_BIT(MQTT_A_GROUP_ID), .id = id };

	return ask(nl, MQTT_CMD_GROUP_GET, &key, group);
}

int mqtt_nl_member_add(struct mqtt_nl *nl, const struct mqtt_member *member,
		       unsigned int flags)
{
	return finish(nl, mqtt_nl_batch_member_add(one(nl), member, flags), NULL, NULL);
}

int mqtt_nl_member_del(struct mqtt_nl *nl, uint32_t group, uint32_t conn)
{
	return finish(nl, mqtt_nl_batch_member_del(one(nl), group, conn), NULL, NULL);
}

int mqtt_nl_barrier(struct mqtt_nl *nl)
{
	return finish(nl, mqtt_nl_batch_barrier(one(nl)), NULL, NULL);
}

int mqtt_nl_limits_get(struct mqtt_nl *nl, struct mqtt_limits *limits)
{
	return ask(nl, MQTT_CMD_LIMITS_GET, NULL, limits);
}

int mqtt_nl_limits_set(struct mqtt_nl *nl, const struct mqtt_limits *limits)
{
	return ask(nl, MQTT_CMD_LIMITS_SET, limits, NULL);
}

int mqtt_nl_stats_get(struct mqtt_nl *nl, struct mqtt_stats *stats)
{
	return ask(nl, MQTT_CMD_STATS_GET, NULL, stats);
}

int mqtt_nl_drain(struct mqtt_nl *nl, bool on)
{
	struct mqtt_owner owner = { .present = MQTT_BIT(MQTT_A_OWNER_DRAIN), .drain = on };

	return ask(nl, MQTT_CMD_DRAIN, &owner, NULL);
}

/* Call cb for each object of a datagram; 1 at the end of the dump. */
static int dump_part(struct mqtt_nl *nl, const struct mqtt_attr_set *set, ssize_t len,
		     mqtt_nl_cb cb, void *arg, int *stop)
{
	struct nlmsghdr *msg = (struct nlmsghdr *)nl->rx;
	union {
		struct mqtt_conn conn;
		struct mqtt_flow flow;
		struct mqtt_group group;
		struct mqtt_member member;
	} obj;
	char text[512];
	int err;

	for (; NLMSG_OK(msg, len); msg = NLMSG_NEXT(msg, len)) {
		if (msg->nlmsg_seq != nl->seq)
			continue;
		if (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR) {
			/* Both begin with the error as an int. */
			memcpy(&err, NLMSG_DATA(msg), sizeof(err));
			if (err >= 0)
				return 1;
			text[0] = '\0';
			if (msg->nlmsg_type == NLMSG_ERROR)
				mqtt_msg_describe(msg, NULL, text, sizeof(text));
			set_error(nl, "%s", text[0] ? text : strerror(-err));
			return err;
		}
		if (*stop || msg->nlmsg_type != nl->family ||
		    msg->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
			continue;
		err = mqtt_msg_parse(set, (const char *)msg + NLMSG_HDRLEN + GENL_HDRLEN,
				     msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, &obj,
				     &nl->members);
		*stop = err ? err : cb(&obj, arg);
	}
	return 0;
}

static int dump(struct mqtt_nl *nl, uint8_t cmd, const void *key, mqtt_nl_cb cb, void *arg)
{
	struct mqtt_nl_batch *b = one(nl);
	int err = queue(b, cmd, NLM_F_DUMP, key, ~0ULL), stop = 0;
	ssize_t len;

	if (err >= 0) {
		request_msg(b, 0)->nlmsg_seq = ++nl->seq;
		err = send_bytes(nl, b->buf.data, b->buf.len);
	}
	if (err < 0) {
		set_error(nl, "%s", strerror(-err));
		return err;
	}
	/* A dump that was begun is read to its end, or its rest would answer the next request. */
	do {
		len = receive(nl, 0);
		if (len < 0) {
			set_error(nl, "%s", strerror(-len));
			err = len;
			break;
		}
		err = dump_part(nl, mqtt_cmd_set(cmd), len, cb, arg, &stop);
	} while (!err);
	nl->seq++;
	return err < 0 ? err : stop;
}

int mqtt_nl_conn_dump(struct mqtt_nl *nl, mqtt_nl_cb cb, void *arg)
{
	return dump(nl, MQTT_CMD_CONN_GET, NULL, cb, arg);
}

int mqtt_nl_flow_dump(struct mqtt_nl *nl, mqtt_nl_cb cb, void *arg)
{
	return dump(nl, MQTT_CMD_FLOW_GET, NULL, cb, arg);
}

int mqtt_nl_group_dump(struct mqtt_nl *nl, mqtt_nl_cb cb, void *arg)
{
	return dump(nl, MQTT_CMD_GROUP_GET, NULL, cb, arg);
}

int mqtt_nl_member_dump(struct mqtt_nl *nl, uint32_t group, mqtt_nl_cb cb, void *arg)
{
	struct mqtt_member key = { .present = MQTT_BIT(MQTT_A_MEMBER_GROUP), .group = group };

	return dump(nl, MQTT_CMD_MEMBER_GET, group ? &key : NULL, cb, arg);
}

int mqtt_nl_subscribe(struct mqtt_nl *nl)
{
	int group = genl_ctrl_resolve_grp(nl->sk, MQTT_GENL_NAME, MQTT_GENL_MCGRP_EVENTS);
	int err = 0;

	if (group < 0)
		err = from_nle(group);
	else if (setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		err = -errno;
	if (err)
		set_error(nl, "%s", strerror(-err));
	return err;
}

int mqtt_nl_event_read(struct mqtt_nl *nl, struct mqtt_event_msg *ev, int timeout_ms)
{
	struct pollfd pfd = { .fd = nl->fd, .events = POLLIN };
	struct nlmsghdr *msg = (struct nlmsghdr *)nl->rx;
	ssize_t len;

	for (;;) {
		len = poll(&pfd, 1, timeout_ms);
		if (len <= 0)
			return len ? -errno : -EAGAIN;
		len = receive(nl, MSG_DONTWAIT);
		if (len == -EAGAIN)
			continue;
		if (len < 0)
			return len;
		/* The kernel sends each notification in a datagram of its own. */
		if (!NLMSG_OK(msg, len) || msg->nlmsg_type != nl->family ||
		    msg->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN ||
		    *((const char *)msg + NLMSG_HDRLEN) != MQTT_CMD_EVENT)
			continue;
		return mqtt_msg_parse(&mqtt_event_set,
				      (const char *)msg + NLMSG_HDRLEN + GENL_HDRLEN,
				      msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, ev, NULL);
	}
}
