/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_LOOP_H
#define MQTTD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define LOOP_BUF_SIZE	32768u
/* Pieces of a message to be sent. */
#define LOOP_IOV	16

/**
 * struct op - an io_uring request in flight
 * @fn: called with the result of each completion of the request
 *
 * Embedded in the object the request is for; its address is the user_data.
 */
struct op {
	void (*fn)(struct op *op, int res, uint32_t flags);
};

/**
 * loop_init() - make the ring and the provided receive buffers
 *
 * Return: 0 or -errno.
 */
int loop_init(void);

/**
 * loop_exit() - release the ring
 */
void loop_exit(void);

/**
 * loop_run() - handle completions and timers until loop_stop()
 * @end_of_turn: called after each turn, before the turn's requests are
 *	submitted together
 *
 * Return: 0, or -errno when the ring itself failed.
 */
int loop_run(void (*end_of_turn)(void));

/**
 * loop_stop() - make loop_run() return after this turn
 */
void loop_stop(void);

/**
 * loop_again() - there is more to do: the next turn is not to wait for anything
 */
void loop_again(void);

/**
 * loop_now() - time of the present turn
 *
 * Return: ms of CLOCK_MONOTONIC, read once per turn.
 */
uint64_t loop_now(void);

/**
 * loop_update_now() - read the clock
 *
 * For work that comes before loop_run().
 */
void loop_update_now(void);

/**
 * loop_submit() - submit the turn's requests so far, without waiting
 */
void loop_submit(void);

/**
 * loop_accept() - accept connections until the request ends
 * @op: gets one completion per connection
 * @fd: listening socket
 */
void loop_accept(struct op *op, int fd);

/**
 * loop_recv() - receive once into a buffer of the caller
 * @op: completion
 * @fd: socket
 * @buf: buffer, must stay until the completion
 * @len: its size
 */
void loop_recv(struct op *op, int fd, void *buf, size_t len);

/**
 * loop_recv_select() - receive once into a provided buffer
 * @op: completion; see loop_buf()
 * @fd: socket
 */
void loop_recv_select(struct op *op, int fd);

/**
 * loop_recv_multishot() - receive into provided buffers until the request ends
 * @op: gets one completion per buffer filled; see loop_buf()
 * @fd: socket
 */
void loop_recv_multishot(struct op *op, int fd);

/**
 * loop_buf() - the provided buffer of a completion
 * @flags: flags of the completion
 *
 * Return: the bytes received, NULL when the completion carries no buffer.
 */
uint8_t *loop_buf(uint32_t flags);

/**
 * loop_buf_put() - give a provided buffer back
 * @flags: flags of the completion that brought it
 */
void loop_buf_put(uint32_t flags);

/**
 * loop_more() - will the request complete again?
 * @flags: flags of the completion
 *
 * Return: false for the last completion of a request.
 */
bool loop_more(uint32_t flags);

/**
 * loop_send() - send once
 * @op: completion
 * @fd: socket
 * @buf: bytes, must stay until the completion
 * @len: their number
 */
void loop_send(struct op *op, int fd, const void *buf, size_t len);

/**
 * loop_sendmsg() - send several pieces at once
 * @op: completion
 * @fd: socket
 * @msg: message with up to LOOP_IOV pieces; the pieces themselves, and control
 *	data, must stay until the completion
 */
void loop_sendmsg(struct op *op, int fd, const struct msghdr *msg);

/**
 * loop_read() - read once
 * @op: completion
 * @fd: file
 * @buf: buffer, must stay until the completion
 * @len: its size
 */
void loop_read(struct op *op, int fd, void *buf, size_t len);

/**
 * loop_write() - write once
 * @op: completion
 * @fd: file
 * @buf: bytes, must stay until the completion
 * @len: their number
 */
void loop_write(struct op *op, int fd, const void *buf, size_t len);

/**
 * loop_poll() - wait once for readiness
 * @op: completion
 * @fd: file
 * @events: poll() events
 */
void loop_poll(struct op *op, int fd, unsigned int events);

/**
 * loop_cancel() - cancel a request; its own completion still comes
 * @op: the request in flight
 */
void loop_cancel(struct op *op);

#endif /* MQTTD_LOOP_H */
