/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent.h"
#include "client.h"

enum load_map {
	MAP_FANOUT,	/* every publisher to one topic, every subscriber on it */
	MAP_PAIRS,	/* publisher i to topic i, subscriber i on topic i */
	MAP_WILD,	/* publisher i to topic i, every subscriber on all of them by a wildcard */
	MAP_SHARED,	/* the same, but one subscriber of all gets each message */
};

/**
 * struct load_cfg - one workload
 * @name: how the report calls it
 * @prefix: first level of its topics
 * @map: who receives what
 * @publishers: how many
 * @subscribers: how many
 * @stalled: further subscribers of the first topic that never read while the load runs
 * @topics: below its topic a publisher uses so many in turn, 0 for the topic itself
 * @level: 4 for MQTT 3.1.1, 5 for 5.0, 0 for clients of both in turn
 * @payload: bytes of payload, at least %LOAD_PAYLOAD_MIN
 * @qos: QoS of publishes and subscriptions, 0 or 1
 * @count: messages per publisher, 0 to go by @seconds
 * @seconds: how long to publish (or to hold, without publishers)
 * @idle_s: how long to leave all connections idle before publishing
 * @window: messages outstanding per publisher, counted by the slowest subscriber; 0 is open loop
 * @window_all: the same for all publishers together, shared out evenly; 0 to use @window
 * @batch: free window to wait for before publishing again
 * @rate: publishes per second of every publisher, for the open loop
 * @tick_ms: granularity of the open loop: what falls due within one tick is sent together
 * @warmup: seconds whose messages do not count for the latency
 * @connect_rate: connections set up a second, 0 for as fast as it goes
 * @allow_loss: messages lost do not fail the run
 * @abandon: end without waiting for what is outstanding
 * @keep: leave the connections open, idle, for the workloads that follow
 * @end: how connections are ended
 * @stall_s: seconds without any progress that count as loss
 * @parallel: connections being set up at a time
 * @on_stall: shell command to run when there is no progress, before anything is closed
 */
struct load_cfg {
	const char *name;
	const char *prefix;
	enum load_map map;
	unsigned int publishers;
	unsigned int subscribers;
	unsigned int stalled;
	unsigned int topics;
	uint8_t level;
	size_t payload;
	int qos;
	uint64_t count;
	double seconds;
	double idle_s;
	unsigned int window;
	unsigned int window_all;
	unsigned int batch;
	double rate;
	unsigned int tick_ms;
	double warmup;
	double connect_rate;
	bool allow_loss;
	bool abandon;
	bool keep;
	enum client_end end;
	unsigned int stall_s;
	unsigned int parallel;
	const char *on_stall;
};

#define LOAD_PAYLOAD_MIN	16

int load_run(const struct load_cfg *cfg, const struct target *to, struct agent *agent);
void load_close_kept(enum client_end how);

#endif
