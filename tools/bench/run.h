/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hist.h"
#include "load.h"

#define NSEC	1000000000ull

/* What a payload begins with. */
struct stamp {
	uint32_t who;		/* workload number << 24 | publisher */
	uint32_t seq;
	uint64_t due;		/* intended send time */
};

/**
 * struct publisher - one publisher and how far it has come
 * @cl: its connection
 * @seq: next sequence number to send
 * @done: messages seen by the slowest subscriber
 * @pubacks: PUBACKs received
 * @got: messages of it that some member of the shared subscription received
 * @seen: bit map of them
 * @seen_size: bytes of @seen
 * @frame: template of a PUBLISH
 * @frame_len: its length
 * @digits_off: where the number of one of many topics is
 * @pid_off: where its packet identifier is
 * @head_len: fixed header, topic, packet identifier and properties
 * @topic: what it publishes to
 */
struct publisher {
	struct client *cl;
	uint64_t seq;
	uint64_t done;
	uint64_t pubacks;
	uint64_t got;
	uint8_t *seen;
	size_t seen_size;
	uint8_t *frame;
	size_t frame_len;
	size_t digits_off;
	size_t pid_off;
	size_t head_len;
	char topic[64];
};

/* Of many topics, the last level of the first. */
#define PUB_DIGITS	"0000000"

/**
 * struct run - a workload while it runs
 * @cfg: what it is to do
 * @to: where its clients connect
 * @agent: agent in the measured machine, %NULL for none
 * @number: of the workload in this process
 * @clients: subscribers, stalled subscribers, publishers
 * @clients_count: how many
 * @pubs: publishers
 * @filters: topic filters of the subscribers
 * @next: per subscriber and publisher: next sequence number
 * @gaps: the same: sequence numbers skipped and not seen since
 * @streams: publishers one subscriber hears
 * @window: messages outstanding per publisher
 * @begun: clients that began to connect
 * @pending: of them, neither ready nor failed
 * @ready: clients that are set up
 * @failed: connections that ended without being asked to
 * @setup: clients are being set up
 * @start: when publishing, and before that connecting, began
 * @stop: when it is to end
 * @progress: when something last happened
 * @sent: messages published
 * @received: messages received, each once
 * @stalled_received: messages received by subscribers that had stopped reading
 * @lost: messages a subscriber did not get
 * @disorder: messages in the wrong order
 * @duplicates: messages received again
 * @foreign: messages or packets that are not what was published
 * @latency: from the intended send time to receipt
 */
struct run {
	const struct load_cfg *cfg;
	const struct target *to;
	struct agent *agent;
	unsigned int number;
	struct client *clients;
	unsigned int clients_count;
	struct publisher *pubs;
	char (*filters)[64];
	uint64_t *next;
	uint64_t *gaps;
	unsigned int streams;
	unsigned int window;
	unsigned int begun, pending, ready, failed;
	bool setup;
	uint64_t start, stop, progress;
	uint64_t sent, received, stalled_received;
	uint64_t lost, disorder, duplicates, foreign;
	struct hist latency;
};

void *xcalloc(size_t n, size_t size);

void pub_digits(uint8_t *p, uint64_t number);
void pub_template(struct publisher *pub, const struct load_cfg *cfg);
void pub_update(struct run *run, struct publisher *pub);
void pub_closed_loop(struct run *run, struct publisher *pub, uint64_t now);
uint64_t pub_open_loop(struct run *run, struct publisher *pub, uint64_t now);

void check_publish(struct run *run, struct client *cl, const struct publish *pb);
void check_puback(struct run *run, struct client *cl, uint16_t pid);
void check_end(struct run *run);

void report_stalled(const struct run *r);
bool report_run(const struct run *r, uint64_t end, bool complete);

#endif
