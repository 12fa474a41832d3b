/* SPDX-License-Identifier: GPL-2.0 */
/* TCP connections over loopback, and moving bytes through them. */
#ifndef LIB_SOCK_H
#define LIB_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib_mqtt.h"

/* How long an event may take before it counts as lost, in milliseconds. */
#define PATIENCE	90000

/**
 * struct tcp - a connection
 * @c: the client's end
 * @s: the broker's end, the one to attach
 */
struct tcp {
	int c;
	int s;
};

/**
 * struct tcp_options - how to make a connection
 * @family: AF_INET (0 too) or AF_INET6
 * @client_rcvbuf: SO_RCVBUF, 0 for the default
 * @client_sndbuf: SO_SNDBUF
 * @server_rcvbuf: the same of the broker's end
 * @server_sndbuf: the same
 * @tls: kTLS 1.3 on both ends
 */
struct tcp_options {
	int family;
	int client_rcvbuf;
	int client_sndbuf;
	int server_rcvbuf;
	int server_sndbuf;
	bool tls;
};

/**
 * tcp_open() - make a connection
 * @t: receives it; both ends are blocking with TCP_NODELAY set
 * @o: options, or NULL
 */
void tcp_open(struct tcp *t, const struct tcp_options *o);

/**
 * tcp_close() - close both ends that are still open
 * @t: connection
 */
void tcp_close(struct tcp *t);

/**
 * sock_nonblock() - set O_NONBLOCK
 * @fd: descriptor
 */
void sock_nonblock(int fd);

/**
 * sock_reset() - close so that the peer gets a reset
 * @fd: descriptor
 */
void sock_reset(int fd);

/**
 * sock_wait() - wait for events; dies if none comes in time
 * @fd: descriptor
 * @events: POLLIN and the like
 *
 * Return: the events that came.
 */
short sock_wait(int fd, short events);

/**
 * now() - the time
 *
 * Return: seconds of CLOCK_MONOTONIC.
 */
double now(void);

/**
 * sock_now() - the events there are
 * @fd: descriptor
 *
 * Return: revents of poll() without waiting.
 */
short sock_now(int fd);

/**
 * sock_send() - send everything
 * @fd: descriptor
 * @p: bytes
 * @len: number of them
 */
void sock_send(int fd, const void *p, size_t len);

/**
 * sock_send_pieces() - send everything in pieces of random length
 * @fd: descriptor
 * @p: bytes
 * @len: number of them
 * @max: longest piece
 */
void sock_send_pieces(int fd, const void *p, size_t len, size_t max);

/**
 * sock_recv() - receive exactly so many bytes
 * @fd: descriptor
 * @p: room
 * @len: number of bytes
 */
void sock_recv(int fd, void *p, size_t len);

/**
 * sock_expect() - receive exactly these bytes
 * @fd: descriptor
 * @p: bytes
 * @len: number of them
 */
void sock_expect(int fd, const void *p, size_t len);

/**
 * sock_expect_eof() - the next thing to be received is the end
 * @fd: descriptor
 */
void sock_expect_eof(int fd);

/**
 * sock_recv_errno() - the next receive fails at once
 * @fd: descriptor
 *
 * Return: errno, or 0 if it did not fail.
 */
int sock_recv_errno(int fd);

/**
 * sock_peek_errno() - would the next receive fail at once?
 * @fd: descriptor
 *
 * Return: errno, or 0.
 */
int sock_peek_errno(int fd);

/**
 * buf_recv() - append what there is to receive, up to 4 KiB
 * @b: buffer
 * @fd: descriptor
 */
void buf_recv(struct buf *b, int fd);

/**
 * random_below() - pseudo random number
 * @n: bound
 *
 * The seed is printed once and taken from $SEED if it is set.
 *
 * Return: a number from 0 to @n - 1.
 */
uint32_t random_below(uint32_t n);

/**
 * struct stream - one descriptor of a pump
 * @fd: non-blocking descriptor
 * @out: bytes to send
 * @out_pos: of them sent
 * @piece: longest piece of a send, 0 for any
 * @in: what was received
 * @in_want: how much there will be
 * @read_max: longest read, 0 for any
 */
struct stream {
	int fd;
	struct buf out;
	size_t out_pos;
	size_t piece;
	struct buf in;
	size_t in_want;
	size_t read_max;
};

/**
 * pump() - send and receive on all until everything is done
 * @s: streams
 * @n: number of them
 */
void pump(struct stream *s, unsigned int n);

#endif /* LIB_SOCK_H */
