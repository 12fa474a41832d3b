// SPDX-License-Identifier: GPL-2.0
#include "loop.h"

#include <errno.h>
#include <liburing.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "list.h"
#include "log.h"
#include "timer.h"

#define LOOP_SQ_ENTRIES	1024
#define LOOP_CQ_ENTRIES	16384
#define LOOP_BUFS	128u
#define LOOP_BGID	0
/* Completions handled before output is sent: bounds what a turn can queue. */
#define LOOP_TURN_MAX	512

/**
 * struct loop_message - what a sendmsg request points to
 * @msg: the message
 * @iov: its pieces
 */
struct loop_message {
	struct msghdr msg;
	struct iovec iov[LOOP_IOV];
};

static struct io_uring ring;
/* By place in the submission queue: the kernel copies them when it submits. */
static struct loop_message messages[LOOP_SQ_ENTRIES];
static struct io_uring_buf_ring *buf_ring;
static uint8_t *bufs;
static uint64_t now_ms;
static bool stopping;
static bool again;

/* Debian 12's liburing 2.3 registers buffer rings but does not allocate them. */
static int loop_init_bufs(void)
{
	size_t ring_size = LOOP_BUFS * sizeof(struct io_uring_buf);
	size_t size = (size_t)LOOP_BUFS * LOOP_BUF_SIZE;
	struct io_uring_buf_reg reg = {
		.ring_entries = LOOP_BUFS,
		.bgid = LOOP_BGID,
	};
	unsigned int i;
	int rc;

	buf_ring = mmap(NULL, ring_size, PROT_READ | PROT_WRITE,
			MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	if (buf_ring == MAP_FAILED)
		return -errno;
	bufs = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	if (bufs == MAP_FAILED)
		return -errno;
	reg.ring_addr = (uintptr_t)buf_ring;
	rc = io_uring_register_buf_ring(&ring, &reg, 0);
	if (rc)
		return rc;
	io_uring_buf_ring_init(buf_ring);
	for (i = 0; i < LOOP_BUFS; i++)
		io_uring_buf_ring_add(buf_ring, bufs + i * LOOP_BUF_SIZE,
				      LOOP_BUF_SIZE, i,
				      io_uring_buf_ring_mask(LOOP_BUFS), i);
	io_uring_buf_ring_advance(buf_ring, LOOP_BUFS);
	return 0;
}

/* Debian 12's liburing declares, but does not export, the two functions. */
static int loop_register(unsigned int opcode, const void *arg, unsigned int nr)
{
	return syscall(SYS_io_uring_register, ring.ring_fd, opcode, arg, nr) ?
	       -errno : 0;
}

/*
 * The requests that are made below, and no others: the ring must not be a way
 * around the system call filter.
 */
static int loop_restrict(void)
{
	static const uint8_t opcodes[] = {
		IORING_OP_ACCEPT, IORING_OP_ASYNC_CANCEL, IORING_OP_POLL_ADD,
		IORING_OP_READ, IORING_OP_RECV, IORING_OP_SEND,
		IORING_OP_SENDMSG, IORING_OP_WRITE,
	};
	struct io_uring_restriction res[ARRAY_SIZE(opcodes) + 1];
	size_t i;

	memset(res, 0, sizeof(res));
	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		res[i].opcode = IORING_RESTRICTION_SQE_OP;
		res[i].sqe_op = opcodes[i];
	}
	/* flags of requests, none of which is used but with buffers */
	res[i].opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
	res[i].sqe_flags = IOSQE_BUFFER_SELECT;
	return loop_register(IORING_REGISTER_RESTRICTIONS, res,
			     ARRAY_SIZE(res));
}

int loop_init(void)
{
	struct io_uring_params p = {
		.flags = IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP |
			 IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = LOOP_CQ_ENTRIES,
	};
	int rc;

	rc = io_uring_queue_init_params(LOOP_SQ_ENTRIES, &ring, &p);
	if (rc)
		return rc;
	rc = loop_init_bufs();
	if (!rc)
		rc = loop_restrict();
	if (!rc)
		rc = loop_register(IORING_REGISTER_ENABLE_RINGS, NULL, 0);
	if (rc)
		io_uring_queue_exit(&ring);
	loop_update_now();
	return rc;
}

void loop_exit(void)
{
	io_uring_queue_exit(&ring);
	munmap(bufs, (size_t)LOOP_BUFS * LOOP_BUF_SIZE);
	munmap(buf_ring, LOOP_BUFS * sizeof(struct io_uring_buf));
}

void loop_update_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now_ms = (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

uint64_t loop_now(void)
{
	return now_ms;
}

void loop_stop(void)
{
	stopping = true;
}

void loop_again(void)
{
	again = true;
}

static int loop_wait(void)
{
	struct __kernel_timespec ts;
	struct io_uring_cqe *cqe;
	uint64_t deadline = now_ms;
	uint64_t wait;

	if (!again && !timers_next(&deadline))
		return io_uring_submit_and_wait(&ring, 1);
	/*
	 * Wait a little past the deadline: the clock is read in whole ms, and
	 * waking just before a timer is due would only wait again.
	 */
	wait = !again && deadline > now_ms ? deadline - now_ms + 1 : 0;
	again = false;
	ts.tv_sec = wait / 1000;
	ts.tv_nsec = wait % 1000 * 1000000;
	return io_uring_submit_and_wait_timeout(&ring, &cqe, 1, &ts, NULL);
}

void loop_submit(void)
{
	int rc = io_uring_submit(&ring);

	if (rc < 0 && rc != -EBUSY && rc != -EAGAIN && rc != -EINTR)
		log_err("io_uring submit: %s", strerror(-rc));
}

int loop_run(void (*end_of_turn)(void))
{
	stopping = false;
	end_of_turn();
	while (!stopping) {
		struct io_uring_cqe *cqe;
		unsigned int head;
		unsigned int n = 0;
		int rc = loop_wait();

		if (rc < 0 && rc != -ETIME && rc != -EINTR && rc != -EAGAIN &&
		    rc != -EBUSY)
			return rc;
		loop_update_now();
		io_uring_for_each_cqe(&ring, head, cqe) {
			struct op *op = io_uring_cqe_get_data(cqe);
			int res = cqe->res;
			uint32_t flags = cqe->flags;

			if (op)
				op->fn(op, res, flags);
			if (++n == LOOP_TURN_MAX)
				break;
		}
		io_uring_cq_advance(&ring, n);
		timers_run(now_ms);
		end_of_turn();
	}
	loop_submit();
	return 0;
}

static struct io_uring_sqe *loop_sqe(struct op *op)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	/* A full queue is submitted early, without waiting. */
	while (!sqe) {
		loop_submit();
		sqe = io_uring_get_sqe(&ring);
	}
	io_uring_sqe_set_data(sqe, op);
	return sqe;
}

void loop_accept(struct op *op, int fd)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_multishot_accept(sqe, fd, NULL, NULL, SOCK_CLOEXEC);
	io_uring_sqe_set_data(sqe, op);
}

void loop_recv(struct op *op, int fd, void *buf, size_t len)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_recv(sqe, fd, buf, len, 0);
	io_uring_sqe_set_data(sqe, op);
}

void loop_recv_select(struct op *op, int fd)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_recv(sqe, fd, NULL, LOOP_BUF_SIZE, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = LOOP_BGID;
	io_uring_sqe_set_data(sqe, op);
}

void loop_recv_multishot(struct op *op, int fd)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = LOOP_BGID;
	io_uring_sqe_set_data(sqe, op);
}

uint8_t *loop_buf(uint32_t flags)
{
	if (!(flags & IORING_CQE_F_BUFFER))
		return NULL;
	return bufs + (flags >> IORING_CQE_BUFFER_SHIFT) * LOOP_BUF_SIZE;
}

void loop_buf_put(uint32_t flags)
{
	unsigned int id = flags >> IORING_CQE_BUFFER_SHIFT;

	io_uring_buf_ring_add(buf_ring, bufs + id * LOOP_BUF_SIZE,
			      LOOP_BUF_SIZE, id,
			      io_uring_buf_ring_mask(LOOP_BUFS), 0);
	io_uring_buf_ring_advance(buf_ring, 1);
}

bool loop_more(uint32_t flags)
{
	return flags & IORING_CQE_F_MORE;
}

void loop_send(struct op *op, int fd, const void *buf, size_t len)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_send(sqe, fd, buf, len, MSG_NOSIGNAL);
	io_uring_sqe_set_data(sqe, op);
}

void loop_sendmsg(struct op *op, int fd, const struct msghdr *msg)
{
	struct io_uring_sqe *sqe = loop_sqe(op);
	struct loop_message *m = &messages[sqe - ring.sq.sqes];

	m->msg = *msg;
	m->msg.msg_iov = m->iov;
	memcpy(m->iov, msg->msg_iov, msg->msg_iovlen * sizeof(*m->iov));
	io_uring_prep_sendmsg(sqe, fd, &m->msg, MSG_NOSIGNAL);
	io_uring_sqe_set_data(sqe, op);
}

void loop_read(struct op *op, int fd, void *buf, size_t len)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_read(sqe, fd, buf, len, -1);
	io_uring_sqe_set_data(sqe, op);
}

void loop_write(struct op *op, int fd, const void *buf, size_t len)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_write(sqe, fd, buf, len, -1);
	io_uring_sqe_set_data(sqe, op);
}

void loop_poll(struct op *op, int fd, unsigned int events)
{
	struct io_uring_sqe *sqe = loop_sqe(op);

	io_uring_prep_poll_add(sqe, fd, events);
	io_uring_sqe_set_data(sqe, op);
}

void loop_cancel(struct op *op)
{
	struct io_uring_sqe *sqe = loop_sqe(NULL);

	io_uring_prep_cancel(sqe, op, 0);
	io_uring_sqe_set_data(sqe, NULL);
}
