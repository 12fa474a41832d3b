// SPDX-License-Identifier: GPL-2.0
/* How publishers make their messages and pace them. */
#include <endian.h>
#include <string.h>

#include "run.h"

#define BACKLOG_MAX	(256 * 1024)

/**
 * pub_template() - make the bytes that all messages of a publisher have in common
 * @pub: the publisher
 * @cfg: the workload
 */
void pub_template(struct publisher *pub, const struct load_cfg *cfg)
{
	size_t topic_len = strlen(pub->topic), body, len;
	uint8_t *p;

	body = 2 + topic_len + (cfg->qos ? 2 : 0) + (pub->cl->level == 5) + cfg->payload;
	p = xcalloc(1, body + 5);
	pub->frame = p;
	*p++ = 0x30 | cfg->qos << 1;
	len = body;
	do {
		*p = len & 0x7f;
		len >>= 7;
		*p++ |= len ? 0x80 : 0;
	} while (len);
	*p++ = topic_len >> 8;
	*p++ = topic_len;
	memcpy(p, pub->topic, topic_len);
	pub->digits_off = p - pub->frame + topic_len - strlen(PUB_DIGITS);
	p += topic_len + (cfg->qos ? 2 : 0);
	pub->pid_off = p - pub->frame - 2;
	/* No properties. */
	if (pub->cl->level == 5)
		*p++ = 0;
	pub->head_len = p - pub->frame;
	pub->frame_len = pub->head_len + cfg->payload;
}

/**
 * pub_digits() - the last level of one of many topics
 * @p: where it goes, as long as %PUB_DIGITS
 * @number: which one
 */
void pub_digits(uint8_t *p, uint64_t number)
{
	size_t i = strlen(PUB_DIGITS);

	for (; i; number /= 10)
		p[--i] = '0' + number % 10;
}

/* One more message behind what is queued. */
static void pub_append(struct run *run, struct publisher *pub, uint64_t due)
{
	const struct load_cfg *cfg = run->cfg;
	uint8_t *p = client_reserve(pub->cl, pub->frame_len);
	struct stamp st = {
		.who = (run->number & 0xff) << 24 | pub->cl->index,
		.seq = pub->seq,
		.due = due,
	};

	memcpy(p, pub->frame, pub->head_len);
	if (cfg->topics)
		pub_digits(p + pub->digits_off, pub->seq % cfg->topics);
	if (cfg->qos) {
		uint16_t pid = htobe16(pub->seq % 65535 + 1);

		memcpy(p + pub->pid_off, &pid, 2);
	}
	memcpy(p + pub->head_len, &st, sizeof(st));
	memset(p + pub->head_len + sizeof(st), 'a' + st.seq % 26, cfg->payload - sizeof(st));
	client_commit(pub->cl, pub->frame_len);
	pub->seq++;
	run->sent++;
}

/**
 * pub_update() - find out how many messages of a publisher have arrived
 * @run: the workload
 * @pub: the publisher
 */
void pub_update(struct run *run, struct publisher *pub)
{
	const struct load_cfg *cfg = run->cfg;
	unsigned int index = pub->cl->index, s;
	uint64_t done = UINT64_MAX;

	if (cfg->map == MAP_PAIRS) {
		done = run->next[index];
	} else if (cfg->map == MAP_SHARED) {
		done = pub->got;
	} else {
		for (s = 0; s < cfg->subscribers; s++) {
			uint64_t next = run->next[s * run->streams + index];

			if (next < done)
				done = next;
		}
	}
	if (cfg->qos && pub->pubacks < done)
		done = pub->pubacks;
	if (!cfg->subscribers && !cfg->qos)
		done = pub->seq;
	pub->done = done;
}

static bool pub_may_send(const struct run *run, const struct publisher *pub, uint64_t at)
{
	const struct load_cfg *cfg = run->cfg;

	if (cfg->count ? pub->seq >= cfg->count : at >= run->stop)
		return false;
	return !cfg->qos || pub->seq - pub->pubacks < pub->cl->receive_max;
}

/**
 * pub_closed_loop() - publish as much as the window has room for
 * @run: the workload
 * @pub: the publisher
 * @now: the time
 */
void pub_closed_loop(struct run *run, struct publisher *pub, uint64_t now)
{
	unsigned int batch = run->cfg->batch;

	if (pub->seq != pub->done && pub->seq - pub->done + batch > run->window)
		return;
	while (pub_may_send(run, pub, now) && pub->seq - pub->done < run->window &&
	       client_backlog(pub->cl) < BACKLOG_MAX)
		pub_append(run, pub, now);
	client_flush(pub->cl);
}

static uint64_t pub_due(const struct run *run, const struct publisher *pub)
{
	const struct load_cfg *cfg = run->cfg;
	double interval = (double)NSEC / cfg->rate;
	uint64_t at, tick = cfg->tick_ms * 1000000ull;

	at = (uint64_t)(interval * ((double)pub->seq +
				    (double)pub->cl->index / cfg->publishers));
	if (tick)
		at = (at + tick - 1) / tick * tick;
	return run->start + at;
}

/**
 * pub_open_loop() - publish what has fallen due
 * @run: the workload
 * @pub: the publisher
 * @now: the time
 *
 * Return: when the next message is due, %UINT64_MAX when there is none or it waits for others.
 */
uint64_t pub_open_loop(struct run *run, struct publisher *pub, uint64_t now)
{
	uint64_t due;

	for (;;) {
		due = pub_due(run, pub);
		/* What fell due before the end is sent, however late it is. */
		if (!pub_may_send(run, pub, due))
			break;
		if (due > now) {
			client_flush(pub->cl);
			return due;
		}
		pub_append(run, pub, due);
	}
	client_flush(pub->cl);
	return UINT64_MAX;
}
