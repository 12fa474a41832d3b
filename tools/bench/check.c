// SPDX-License-Identifier: GPL-2.0
/* Did every subscriber see every publisher's messages once, in order and intact? */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "run.h"

/**
 * check_puback() - a PUBACK arrived
 * @run: the workload
 * @cl: at whom
 * @pid: its packet identifier
 */
void check_puback(struct run *run, struct client *cl, uint16_t pid)
{
	struct publisher *pub = &run->pubs[cl->index];

	if (!cl->publisher) {
		run->foreign++;
		return;
	}
	/* In order: MQTT 3.1.1 asks a server to acknowledge in the order of arrival. */
	if (pid != pub->pubacks % 65535 + 1)
		run->disorder++;
	pub->pubacks++;
	run->progress = now_ns();
}

static bool payload_intact(const uint8_t *p, size_t len, const struct stamp *st)
{
	uint8_t fill = 'a' + st->seq % 26;

	p += sizeof(*st);
	len -= sizeof(*st);
	return !len || (p[0] == fill && !memcmp(p, p + 1, len - 1));
}

/* Of many topics the number is that of the message. */
static bool topic_intact(const struct load_cfg *cfg, const struct publish *pb, const char *topic,
			 uint64_t seq)
{
	size_t len = strlen(topic);
	uint8_t digits[sizeof(PUB_DIGITS) - 1];

	if (pb->topic_len != len)
		return false;
	if (!cfg->topics)
		return !memcmp(pb->topic, topic, len);
	pub_digits(digits, seq % cfg->topics);
	len -= sizeof(digits);
	return !memcmp(pb->topic, topic, len) &&
	       !memcmp((const uint8_t *)pb->topic + len, digits, sizeof(digits));
}

/* Nothing but what a publisher of this workload sent; the stamp is only read if so. */
static bool publish_intact(const struct run *run, const struct client *cl,
			   const struct publish *pb, struct stamp *st)
{
	const struct load_cfg *cfg = run->cfg;
	unsigned int p;

	if (pb->len < sizeof(*st) || pb->len != cfg->payload || cl->publisher || pb->properties)
		return false;
	memcpy(st, pb->payload, sizeof(*st));
	p = st->who & 0xffffff;
	if (st->who >> 24 != (run->number & 0xff) || p >= cfg->publishers)
		return false;
	return topic_intact(cfg, pb, run->pubs[p].topic, st->seq) &&
	       (pb->flags >> 1 & 3) == cfg->qos && !(pb->flags & 1) &&
	       payload_intact(pb->payload, pb->len, st);
}

/* True for the first member of a shared subscription that gets the message. */
static bool first_seen(struct publisher *pub, uint64_t seq)
{
	uint8_t bit = 1 << (seq & 7);

	if (seq / 8 >= pub->seen_size) {
		size_t size = 2 * (seq / 8) + 64;
		uint8_t *seen = realloc(pub->seen, size);

		if (!seen)
			abort();
		memset(seen + pub->seen_size, 0, size - pub->seen_size);
		pub->seen = seen;
		pub->seen_size = size;
	}
	if (pub->seen[seq / 8] & bit)
		return false;
	pub->seen[seq / 8] |= bit;
	pub->got++;
	return true;
}

/* Counts what is missing before the message; false when it should have come before. */
static bool in_order(struct run *run, unsigned int stream, uint64_t seq)
{
	uint64_t *next = &run->next[stream];

	if (seq >= *next) {
		run->gaps[stream] += seq - *next;
		run->lost += seq - *next;
		*next = seq + 1;
		return true;
	}
	if (run->gaps[stream]) {
		run->gaps[stream]--;
		run->lost--;
		run->disorder++;
	} else {
		run->duplicates++;
	}
	return false;
}

/**
 * check_publish() - a PUBLISH arrived
 * @run: the workload
 * @cl: at whom
 * @pb: what
 */
void check_publish(struct run *run, struct client *cl, const struct publish *pb)
{
	const struct load_cfg *cfg = run->cfg;
	uint64_t now = now_ns(), seq, *next;
	unsigned int p, stream;
	struct stamp st;

	if (!publish_intact(run, cl, pb, &st)) {
		run->foreign++;
		return;
	}
	p = st.who & 0xffffff;
	run->progress = now;
	if (cl->index >= cfg->subscribers) {
		run->stalled_received++;
		return;
	}
	if (cfg->map == MAP_PAIRS && p != cl->index) {
		run->foreign++;
		return;
	}
	stream = cl->index * run->streams + (cfg->map == MAP_PAIRS ? 0 : p);
	next = &run->next[stream];
	seq = (*next & ~0xffffffffull) | st.seq;
	if (cfg->map == MAP_SHARED) {
		if (!first_seen(&run->pubs[p], seq)) {
			run->duplicates++;
			return;
		}
		/* Others have what is missing in between. */
		if (seq < *next)
			run->disorder++;
		else
			*next = seq + 1;
	} else if (!in_order(run, stream, seq)) {
		return;
	}
	run->received++;
	if (st.due >= run->start + (uint64_t)(cfg->warmup * 1e9))
		hist_add(&run->latency, now > st.due ? now - st.due : 0);
}

/**
 * check_end() - count what never came
 * @run: the workload, with all its messages published
 */
void check_end(struct run *run)
{
	const struct load_cfg *cfg = run->cfg;
	unsigned int s, p;

	for (p = 0; p < cfg->publishers; p++) {
		const struct publisher *pub = &run->pubs[p];

		if (cfg->qos)
			run->lost += pub->seq - pub->pubacks;
		if (cfg->map == MAP_SHARED)
			run->lost += pub->seq - pub->got;
	}
	for (s = 0; cfg->map != MAP_SHARED && s < cfg->subscribers; s++) {
		for (p = 0; p < run->streams; p++) {
			unsigned int from = cfg->map == MAP_PAIRS ? s : p;

			run->lost += run->pubs[from].seq - run->next[s * run->streams + p];
		}
	}
}
