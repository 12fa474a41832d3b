// SPDX-License-Identifier: GPL-2.0
#include "outq.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "list.h"
#include "loop.h"
#include "packet.h"
#include "pool.h"
#include "util.h"

/**
 * struct outq_seg - a piece of output
 * @next: next piece
 * @msg: message referred to, NULL when the bytes are in @buf
 * @data: the bytes
 * @off: first byte not yet sent
 * @len: end of the bytes
 * @cls: size class, and so the room in @buf
 * @own: nobody else has @msg
 * @buf: the bytes, for copied ones
 */
struct outq_seg {
	struct outq_seg *next;
	struct message *msg;
	const uint8_t *data;
	uint32_t off;
	uint32_t len;
	uint32_t cls;
	bool own;
	uint8_t buf[];
};

/*
 * An idle connection holds no segment, a connection with a few small answers a
 * small one, and only fan-out uses the large ones.
 */
enum { SEG_REF, SEG_SMALL, SEG_LARGE, SEG_CLASSES };

static const struct {
	uint32_t size;
	unsigned int keep;
} seg_class[SEG_CLASSES] = {
	[SEG_REF]	= { 0,				4096 },
	[SEG_SMALL]	= { 2048 - sizeof(struct outq_seg),	1024 },
	[SEG_LARGE]	= { 32768 - sizeof(struct outq_seg),	512 },
};

/*
 * With this much waiting in all queues together, each is only allowed little
 * more: many slow clients must not use up the memory that one may.
 */
#define OUTQ_TOTAL_MAX	(512u << 20)
#define OUTQ_SMALL_MAX	65536u

struct outq_pieces outq_pieces;

static size_t total;
static struct usage usage;
static struct pool seg_pool[SEG_CLASSES];

struct usage outq_usage(void)
{
	return usage;
}

static size_t seg_size(unsigned int cls)
{
	return sizeof(struct outq_seg) + seg_class[cls].size;
}

static struct outq_seg *seg_new(struct outq *q, unsigned int cls)
{
	struct outq_seg *seg = pool_get(&seg_pool[cls]);

	if (!seg) {
		seg = xmalloc(seg_size(cls));
		usage_add(&usage, seg_size(cls));
	}
	seg->next = NULL;
	seg->msg = NULL;
	seg->data = seg->buf;
	seg->off = 0;
	seg->len = 0;
	seg->cls = cls;
	seg->own = false;
	if (q->tail)
		q->tail->next = seg;
	else
		q->head = seg;
	q->tail = seg;
	return seg;
}

static void seg_free(struct outq_seg *seg)
{
	unsigned int cls = seg->cls;

	message_put(seg->msg);
	if (pool_put(&seg_pool[cls], seg, seg_class[cls].keep))
		return;
	usage_del(&usage, seg_size(cls));
	free(seg);
}

static uint32_t seg_room(const struct outq_seg *seg)
{
	return seg_class[seg->cls].size - seg->len;
}

size_t outq_limit(void)
{
	if (total < OUTQ_TOTAL_MAX)
		return config.max_output_bytes;
	return min_t(size_t, config.max_output_bytes, OUTQ_SMALL_MAX);
}

static void account(struct outq *q, size_t len)
{
	q->bytes += len;
	total += len;
}

uint8_t *outq_room(struct outq *q, size_t len)
{
	struct outq_seg *seg = q->tail;
	uint8_t *p;

	if (!seg || seg->msg || seg_room(seg) < len)
		seg = seg_new(q, q->head ? SEG_LARGE : SEG_SMALL);
	p = seg->buf + seg->len;
	seg->len += len;
	account(q, len);
	return p;
}

void outq_put(struct outq *q, const void *data, size_t len)
{
	struct outq_seg *seg = q->tail;
	const uint8_t *p = data;

	account(q, len);
	while (len) {
		size_t n;

		if (!seg || seg->msg || !seg_room(seg))
			seg = seg_new(q, q->head || len > OUTQ_ROOM_MAX ?
				      SEG_LARGE : SEG_SMALL);
		n = min_t(size_t, len, seg_room(seg));
		memcpy(seg->buf + seg->len, p, n);
		seg->len += n;
		p += n;
		len -= n;
	}
}

void outq_ref(struct outq *q, struct message *msg, uint32_t off, uint32_t len)
{
	struct outq_seg *seg;

	if (!len)
		return;
	seg = seg_new(q, SEG_REF);
	seg->msg = message_get(msg);
	seg->data = msg->frame;
	seg->off = off;
	seg->len = off + len;
	account(q, len);
}

/* Room for so many marks is kept when there are none. */
#define MARKS_KEEP	64u

/**
 * struct outq_marks - packets with a lifetime, in the order they are queued in
 * @mark: the packets
 * @first: the first that may still be of interest
 * @end: behind the last
 * @cap: room in @mark
 * @expired: packets dropped, not yet told
 */
struct outq_marks {
	struct outq_mark *mark;
	size_t first;
	size_t end;
	size_t cap;
	uint32_t expired;
};

/* Seconds left, rounded up, as message_lifetime() has them. */
static uint32_t lifetime(uint64_t expires)
{
	uint64_t now = loop_now();

	return expires > now ? (uint32_t)((expires - now + 999) / 1000) : 0;
}

void outq_mark(struct outq *q, const struct outq_mark *mark)
{
	struct outq_marks *m = q->marks;

	if (!m) {
		m = xcalloc(1, sizeof(*m));
		q->marks = m;
	}
	if (m->end == m->cap && m->first > m->cap / 2) {
		m->end -= m->first;
		memmove(m->mark, m->mark + m->first,
			m->end * sizeof(*m->mark));
		m->first = 0;
	}
	if (m->end == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 16;
		m->mark = xrealloc(m->mark, m->cap * sizeof(*m->mark));
	}
	m->mark[m->end] = *mark;
	m->mark[m->end++].told = lifetime(mark->expires);
	total += sizeof(*mark);
}

size_t outq_marked(const struct outq *q)
{
	const struct outq_marks *m = q->marks;

	return m ? (m->end - m->first) * sizeof(*m->mark) : 0;
}

uint32_t outq_expired(struct outq *q)
{
	uint32_t expired = q->marks ? q->marks->expired : 0;

	if (expired)
		q->marks->expired = 0;
	return expired;
}

static void marks_forget(struct outq_marks *m, size_t count)
{
	total -= count * sizeof(*m->mark);
	m->first += count;
	if (m->first < m->end)
		return;
	m->first = 0;
	m->end = 0;
	if (m->cap <= MARKS_KEEP)
		return;
	free(m->mark);
	m->mark = NULL;
	m->cap = 0;
}

static void marks_free(struct outq *q)
{
	struct outq_marks *m = q->marks;

	if (!m)
		return;
	marks_forget(m, m->end - m->first);
	free(m->mark);
	free(m);
	q->marks = NULL;
}

/* Makes the bytes of a reference our own. Returns false without memory. */
static bool seg_own(struct outq_seg *seg)
{
	struct message *copy;

	if (!seg->msg || seg->own)
		return true;
	copy = message_new_room(seg->len);
	if (!copy)
		return false;
	memcpy(copy->frame, seg->data, seg->len);
	message_put(seg->msg);
	seg->msg = copy;
	seg->data = copy->frame;
	seg->own = true;
	return true;
}

/* Writes a number @pos bytes behind the head, across segments if need be. */
static bool write_u32(struct outq *q, size_t pos, uint32_t value)
{
	struct outq_seg *seg = q->head;
	uint8_t bytes[4];
	unsigned int i;

	put_u32(bytes, value);
	for (i = 0; i < sizeof(bytes); i++) {
		while (pos >= seg->len - seg->off) {
			pos -= seg->len - seg->off;
			seg = seg->next;
		}
		if (!seg_own(seg))
			return false;
		/* the bytes of a copy, or of a message that is ours alone */
		((uint8_t *)seg->data)[seg->off + pos] = bytes[i];
		pos++;
	}
	return true;
}

static void mark_tell(struct outq *q, struct outq_mark *mark)
{
	uint32_t left = lifetime(mark->expires);

	if (mark->off && left != mark->told &&
	    write_u32(q, mark->at - q->taken + mark->off, left))
		mark->told = left;
}

/*
 * Packets leave only at the head, so that those behind stay where they are
 * marked. Returns how much may be sent: not beyond one that is to be dropped.
 */
static size_t outq_age(struct outq *q, size_t ready)
{
	struct outq_marks *m = q->marks;
	uint64_t now = loop_now();
	size_t i;

	for (i = m->first; i < m->end; i++) {
		struct outq_mark *mark = &m->mark[i];

		/* what has been begun goes on as it is */
		if (mark->at < q->taken) {
			marks_forget(m, 1);
			continue;
		}
		if (mark->at - q->taken >= ready)
			break;
		if (mark->expires > now || mark->keep) {
			mark_tell(q, mark);
			continue;
		}
		if (mark->at > q->taken)
			return mark->at - q->taken;
		ready -= min_t(size_t, ready, mark->len);
		m->expired++;
		outq_advance(q, mark->len);
		marks_forget(m, 1);
	}
	return ready;
}

/* How much the pieces of one send can hold, of what may be sent. */
static size_t outq_reach(const struct outq *q)
{
	const struct outq_seg *seg = q->head;
	size_t ready = outq_ready(q);
	size_t reach = 0;
	unsigned int n;

	for (n = 0; n < OUTQ_IOV && reach < ready; n++, seg = seg->next)
		reach += seg->len - seg->off;
	return min_t(size_t, reach, ready);
}

unsigned int outq_peek(struct outq *q)
{
	size_t ready = outq_ready(q);
	struct outq_seg *seg;
	unsigned int n = 0;

	/* again when all within reach was dropped */
	while (q->marks && ready) {
		ready = outq_age(q, outq_reach(q));
		if (ready || !outq_ready(q))
			break;
		ready = outq_ready(q);
	}
	seg = q->head;
	while (ready && n < OUTQ_IOV) {
		size_t len = min_t(size_t, seg->len - seg->off, ready);

		outq_pieces.iov[n].iov_base = (void *)(seg->data + seg->off);
		outq_pieces.iov[n].iov_len = len;
		ready -= len;
		n++;
		seg = seg->next;
	}
	outq_pieces.msg.msg_iov = outq_pieces.iov;
	outq_pieces.msg.msg_iovlen = n;
	return n;
}

void outq_advance(struct outq *q, size_t len)
{
	q->bytes -= len;
	q->taken += len;
	total -= len;
	while (q->head) {
		struct outq_seg *seg = q->head;
		uint32_t left = seg->len - seg->off;

		if (len < left) {
			seg->off += len;
			return;
		}
		len -= left;
		q->head = seg->next;
		if (!q->head)
			q->tail = NULL;
		seg_free(seg);
	}
}

void outq_hold(struct outq *q, uint64_t seq)
{
	if (q->holds && q->hold[q->holds - 1].seq == seq)
		return;
	/* with more than two, what is in between waits a little longer */
	if (q->holds < ARRAY_SIZE(q->hold)) {
		q->hold[q->holds].at = q->taken + q->bytes;
		q->holds++;
	}
	q->hold[q->holds - 1].seq = seq;
}

bool outq_release(struct outq *q, uint64_t seq)
{
	while (q->holds && q->hold[0].seq <= seq) {
		q->holds--;
		q->hold[0] = q->hold[1];
	}
	return !q->holds;
}

void outq_settle(struct outq *q)
{
	struct outq_marks *m = q->marks;

	q->taken = 0;
	if (m)
		marks_forget(m, m->end - m->first);
}

void outq_cut(struct outq *q)
{
	struct outq_marks *m = q->marks;
	size_t keep = outq_ready(q);
	struct outq_seg **p = &q->head;
	struct outq_seg *rest;

	while (m && m->end > m->first &&
	       m->mark[m->end - 1].at >= q->taken + keep) {
		m->end--;
		total -= sizeof(*m->mark);
	}
	q->holds = 0;
	total -= q->bytes - keep;
	q->bytes = keep;
	q->tail = NULL;
	while (keep) {
		uint32_t left = (*p)->len - (*p)->off;

		q->tail = *p;
		if (keep < left) {
			(*p)->len = (*p)->off + keep;
			left = keep;
		}
		keep -= left;
		p = &(*p)->next;
	}
	rest = *p;
	*p = NULL;
	while (rest) {
		struct outq_seg *next = rest->next;

		seg_free(rest);
		rest = next;
	}
}

void outq_clear(struct outq *q)
{
	q->holds = 0;
	marks_free(q);
	outq_advance(q, q->bytes);
}

void outq_exit(void)
{
	unsigned int cls;

	for (cls = 0; cls < SEG_CLASSES; cls++) {
		while (seg_pool[cls].count) {
			free(pool_get(&seg_pool[cls]));
			usage_del(&usage, seg_size(cls));
		}
	}
}
