/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_RING_H
#define BENCH_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/**
 * struct ring_op - one operation of io_uring, and who hears of it
 * @done: called with its result; @data is what a receive has read, for the time of the call
 * @busy: the kernel has it, so that what it refers to must stay
 */
struct ring_op {
	void (*done)(struct ring_op *op, int res, const uint8_t *data);
	bool busy;
};

void ring_open(void);
void ring_connect(struct ring_op *op, int fd, const struct sockaddr_storage *dst, socklen_t len);
void ring_recv(struct ring_op *op, int fd);
void ring_send(struct ring_op *op, int fd, const void *p, size_t len);
void ring_poll(struct ring_op *op, int fd, unsigned int events);
void ring_cancel(struct ring_op *op);
bool ring_look(void);
void ring_wait(uint64_t ns);

#endif
