/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output queue of one connection: bytes in chunks, and references to messages
 * that are too long, or shared by too many, to be copied.
 */
#ifndef MQTTD_OUTQ_H
#define MQTTD_OUTQ_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "loop.h"
#include "message.h"
#include "usage.h"

#define OUTQ_IOV	LOOP_IOV
/* Longest piece outq_room() gives: always contiguous. */
#define OUTQ_ROOM_MAX	1024u
/* From this length on a reference is cheaper than a copy. */
#define OUTQ_REF_MIN	1024u

struct outq_seg;
struct outq_marks;

/**
 * struct outq_hold - output that waits for the durable store
 * @at: first byte that waits, counted from the beginning of the connection
 * @seq: number of the batch it waits for
 */
struct outq_hold {
	uint64_t at;
	uint64_t seq;
};

/**
 * struct outq_mark - a PUBLISH with a lifetime, MQTT 5.0 3.3.2.3.3
 * @at: its first byte, counted from the beginning of the connection
 * @expires: loop_now() at which its lifetime ends
 * @len: its length
 * @off: where its Message Expiry Interval is, 0 if it has none
 * @told: seconds that this says
 * @keep: it is sent even when its lifetime is over
 */
struct outq_mark {
	uint64_t at;
	uint64_t expires;
	uint32_t len;
	uint32_t off;
	uint32_t told;
	bool keep;
};

/**
 * struct outq - output not yet taken by the socket
 * @head: first segment
 * @tail: last segment
 * @bytes: bytes in all segments
 * @taken: bytes that left the queue since the beginning
 * @hold: what waits, the second for a later batch than the first
 * @holds: number of these
 * @marks: packets with a lifetime, NULL if there never was one
 */
struct outq {
	struct outq_seg *head;
	struct outq_seg *tail;
	size_t bytes;
	uint64_t taken;
	struct outq_hold hold[2];
	unsigned int holds;
	struct outq_marks *marks;
};

/**
 * struct outq_pieces - the head of a queue, gathered for one send
 * @iov: the pieces
 * @msg: the message that they make
 */
struct outq_pieces {
	struct iovec iov[OUTQ_IOV];
	struct msghdr msg;
};

/* What outq_peek() gathered last, of whichever queue: most have nothing to send. */
extern struct outq_pieces outq_pieces;

/**
 * outq_limit() - how much may wait for one connection?
 *
 * Return: max_output_bytes, or less when all connections together have too much
 * waiting.
 */
size_t outq_limit(void);

/**
 * outq_usage() - memory of all queues
 *
 * Return: their pieces, and those kept for later.
 */
struct usage outq_usage(void);

/**
 * outq_room() - append bytes that the caller fills in
 * @q: queue
 * @len: number of bytes, up to OUTQ_ROOM_MAX
 *
 * Return: where to put them; they count as queued already.
 */
uint8_t *outq_room(struct outq *q, size_t len);

/**
 * outq_put() - append a copy of bytes
 * @q: queue
 * @data: the bytes
 * @len: their number
 */
void outq_put(struct outq *q, const void *data, size_t len);

/**
 * outq_ref() - append part of a message without copying it
 * @q: queue
 * @msg: message; a reference is taken
 * @off: first byte of its frame
 * @len: number of bytes
 */
void outq_ref(struct outq *q, struct message *msg, uint32_t off, uint32_t len);

/**
 * outq_mark() - a packet that was appended has a lifetime
 * @q: queue
 * @mark: about it, @told excepted; they come in the order of the packets
 */
void outq_mark(struct outq *q, const struct outq_mark *mark);

/**
 * outq_marked() - memory that marks take
 * @q: queue
 *
 * Return: bytes; they count towards outq_limit().
 */
size_t outq_marked(const struct outq *q);

/**
 * outq_expired() - packets that outq_peek() has dropped
 * @q: queue
 *
 * Return: their number since the last call.
 */
uint32_t outq_expired(struct outq *q);

/**
 * outq_ready() - how much may be sent now?
 * @q: queue
 *
 * Return: bytes before the first that waits for the durable store.
 */
static inline size_t outq_ready(const struct outq *q)
{
	return q->holds ? q->hold[0].at - q->taken : q->bytes;
}

/**
 * outq_hold() - have what is appended from here on wait
 * @q: queue
 * @seq: number of the batch to wait for, never less than the last time
 */
void outq_hold(struct outq *q, uint64_t seq);

/**
 * outq_release() - batches were committed
 * @q: queue
 * @seq: number of the last one
 *
 * Return: true when nothing waits any more.
 */
bool outq_release(struct outq *q, uint64_t seq);

/**
 * outq_settle() - all was sent: forget what went before
 * @q: queue without bytes, and where nothing waits
 */
void outq_settle(struct outq *q);

/**
 * outq_cut() - drop what waits
 * @q: queue
 */
void outq_cut(struct outq *q);

/**
 * outq_peek() - gather the head of the queue for a send
 * @q: queue with bytes that may be sent
 *
 * What is appended later does not disturb the pieces gathered. Packets whose
 * lifetime is over are dropped, and the others are told how long they have left.
 *
 * Return: number of pieces in @q->iov; 0 if nothing was left to be sent.
 */
unsigned int outq_peek(struct outq *q);

/**
 * outq_advance() - drop bytes that were sent
 * @q: queue
 * @len: their number
 */
void outq_advance(struct outq *q, size_t len);

/**
 * outq_clear() - drop everything
 * @q: queue with no send in flight
 */
void outq_clear(struct outq *q);

/**
 * outq_exit() - free the segments kept for reuse
 */
void outq_exit(void);

#endif /* MQTTD_OUTQ_H */
