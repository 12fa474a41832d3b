// SPDX-License-Identifier: GPL-2.0
/*
 * The generator's io_uring: receives go on until they are cancelled (multishot) and take their
 * buffers from a ring of them; what was prepared since is submitted at once, with the wait.
 */
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"

#define SQ_ENTRIES	4096
#define CQ_ENTRIES	32768
#define BUF_SIZE	(64 * 1024)
#define BUF_COUNT	128
#define BUF_GROUP	0

static struct io_uring ring;
static struct io_uring_buf_ring *bufs;
static uint8_t *buf_mem;

static void give_back(unsigned int id)
{
	io_uring_buf_ring_add(bufs, buf_mem + (size_t)id * BUF_SIZE, BUF_SIZE, id,
			      io_uring_buf_ring_mask(BUF_COUNT), 0);
	io_uring_buf_ring_advance(bufs, 1);
}

static void ring_fail(const char *what, int err)
{
	fprintf(stderr, "mqload: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void open_buffers(void)
{
	struct io_uring_buf_reg reg = { .ring_entries = BUF_COUNT, .bgid = BUF_GROUP };
	size_t size = BUF_COUNT * sizeof(struct io_uring_buf);
	unsigned int i;
	void *p;
	int rc;

	if (posix_memalign(&p, 4096, size) ||
	    posix_memalign((void **)&buf_mem, 4096, (size_t)BUF_COUNT * BUF_SIZE))
		ring_fail("buffers", -ENOMEM);
	bufs = p;
	memset(bufs, 0, size);
	reg.ring_addr = (uintptr_t)bufs;
	rc = io_uring_register_buf_ring(&ring, &reg, 0);
	if (rc)
		ring_fail("io_uring_register_buf_ring", rc);
	io_uring_buf_ring_init(bufs);
	for (i = 0; i < BUF_COUNT; i++)
		give_back(i);
}

/**
 * ring_open() - set the ring up, the first time it is called
 */
void ring_open(void)
{
	struct io_uring_params p = {
		.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL |
			 IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = CQ_ENTRIES,
	};
	int rc;

	if (bufs)
		return;
	rc = io_uring_queue_init_params(SQ_ENTRIES, &ring, &p);
	if (rc)
		ring_fail("io_uring_setup", rc);
	open_buffers();
}

static struct io_uring_sqe *next_sqe(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	if (sqe)
		return sqe;
	io_uring_submit(&ring);
	sqe = io_uring_get_sqe(&ring);
	if (!sqe)
		ring_fail("io_uring_submit", -EBUSY);
	return sqe;
}

static void begin(struct ring_op *op, struct io_uring_sqe *sqe)
{
	op->busy = true;
	io_uring_sqe_set_data(sqe, op);
}

/**
 * ring_connect() - connect a socket
 * @op: the operation
 * @fd: the socket, one that blocks
 * @dst: where to; has to stay until it is done
 * @len: length of @dst
 */
void ring_connect(struct ring_op *op, int fd, const struct sockaddr_storage *dst, socklen_t len)
{
	struct io_uring_sqe *sqe = next_sqe();

	io_uring_prep_connect(sqe, fd, (const struct sockaddr *)dst, len);
	begin(op, sqe);
}

/**
 * ring_recv() - receive whatever comes, again and again while the operation stays busy
 * @op: the operation
 * @fd: the socket, one that blocks
 */
void ring_recv(struct ring_op *op, int fd)
{
	struct io_uring_sqe *sqe = next_sqe();

	io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = BUF_GROUP;
	begin(op, sqe);
}

/**
 * ring_send() - send as much as the socket takes, but something
 * @op: the operation
 * @fd: the socket, one that blocks
 * @p: what
 * @len: how much of it
 */
void ring_send(struct ring_op *op, int fd, const void *p, size_t len)
{
	struct io_uring_sqe *sqe = next_sqe();

	io_uring_prep_send(sqe, fd, p, len, MSG_NOSIGNAL);
	begin(op, sqe);
}

/**
 * ring_poll() - wait once until a socket is ready
 * @op: the operation
 * @fd: the socket
 * @events: as of poll(2)
 */
void ring_poll(struct ring_op *op, int fd, unsigned int events)
{
	struct io_uring_sqe *sqe = next_sqe();

	io_uring_prep_poll_add(sqe, fd, events);
	begin(op, sqe);
}

/**
 * ring_cancel() - end an operation early; it still is done at some later time
 * @op: the operation
 */
void ring_cancel(struct ring_op *op)
{
	struct io_uring_sqe *sqe;

	if (!op->busy)
		return;
	sqe = next_sqe();
	io_uring_prep_cancel64(sqe, (uintptr_t)op, 0);
	io_uring_sqe_set_data(sqe, NULL);
}

static void handle_cqe(const struct io_uring_cqe *cqe)
{
	struct ring_op *op = io_uring_cqe_get_data(cqe);
	bool has_buf = cqe->flags & IORING_CQE_F_BUFFER;
	unsigned int id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;

	/* Of a cancellation. */
	if (!op)
		return;
	op->busy = cqe->flags & IORING_CQE_F_MORE;
	op->done(op, cqe->res, has_buf ? buf_mem + (size_t)id * BUF_SIZE : NULL);
	if (has_buf)
		give_back(id);
}

static unsigned int handle_all(void)
{
	struct io_uring_cqe *cqe;
	unsigned int head, n = 0;

	io_uring_for_each_cqe(&ring, head, cqe) {
		handle_cqe(cqe);
		n++;
	}
	io_uring_cq_advance(&ring, n);
	return n;
}

static void check_enter(int rc)
{
	if (rc < 0 && rc != -ETIME && rc != -EINTR && rc != -EAGAIN && rc != -EBUSY)
		ring_fail("io_uring_enter", rc);
}

/**
 * ring_look() - submit what was prepared, and handle what is done without waiting for it
 *
 * Return: true if anything was.
 */
bool ring_look(void)
{
	check_enter(io_uring_submit_and_get_events(&ring));
	return handle_all();
}

/**
 * ring_wait() - submit what was prepared, wait for something to be done, and handle all that is
 * @ns: how long to wait at most
 */
void ring_wait(uint64_t ns)
{
	struct __kernel_timespec ts = { ns / 1000000000, ns % 1000000000 };
	struct io_uring_cqe *cqe;

	check_enter(io_uring_submit_and_wait_timeout(&ring, &cqe, 1, &ts, NULL));
	handle_all();
}
