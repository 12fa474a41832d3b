// SPDX-License-Identifier: GPL-2.0
/*
 * One workload: sets its clients up, publishes in a closed or an open loop, and checks that
 * every subscriber saw every publisher's messages once and in order.
 */
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "ring.h"
#include "run.h"

#define SNAP_FIRST	0.15
#define SNAP_LAST	0.95

struct kept {
	struct kept *next;
	struct run *run;
};

static struct run *run;
static struct kept *kept;
static unsigned int run_number;
static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t go_on;

static void on_signal(int sig)
{
	interrupted = sig;
}

static void on_go_on(int sig)
{
	(void)sig;
	go_on = 1;
}

/* Whether what would go on for a while was told to end now. */
static bool told_to_go_on(void)
{
	if (!go_on)
		return false;
	go_on = 0;
	return true;
}

/**
 * xcalloc() - cleared memory, or the end of the program
 * @n: how many
 * @size: bytes of each
 *
 * Return: the memory.
 */
void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p) {
		perror("mqload: calloc");
		exit(1);
	}
	return p;
}

static void on_ready(struct client *cl)
{
	run->pending--;
	run->ready++;
	run->progress = now_ns();
	if (!cl->publisher && cl->index >= run->cfg->subscribers)
		client_pause(cl, true);
}

static void on_closed(struct client *cl, const char *why)
{
	if (run->setup)
		run->pending--;
	if (run->failed++ < 3)
		fprintf(stderr, "mqload: %s: %s\n", cl->id, why);
}

static void on_puback(struct client *cl, uint16_t pid)
{
	check_puback(run, cl, pid);
}

static void on_publish(struct client *cl, const struct publish *pb)
{
	check_publish(run, cl, pb);
}

static const struct client_ops live_ops = {
	.ready = on_ready,
	.publish = on_publish,
	.puback = on_puback,
	.closed = on_closed,
};

static void kept_publish(struct client *cl, const struct publish *pb)
{
	(void)cl;
	(void)pb;
	if (run)
		run->foreign++;
}

static void kept_puback(struct client *cl, uint16_t pid)
{
	(void)cl;
	(void)pid;
}

static void kept_closed(struct client *cl, const char *why)
{
	fprintf(stderr, "mqload: %s (kept): %s\n", cl->id, why);
	if (run)
		run->failed++;
}

static const struct client_ops kept_ops = {
	.publish = kept_publish,
	.puback = kept_puback,
	.closed = kept_closed,
};

/* Its time passes when there is nothing to do before; that has to be seen after QEMU is done. */
static void loop_once_in_guests_time(uint64_t until)
{
	client_flush_queued();
	if (ring_look())
		return;
	if (!clock_host_is_done())
		sched_yield();
	else if (!ring_look())
		clock_wait(until);
}

static void loop_once(uint64_t until)
{
	uint64_t now = now_ns(), wait = until > now ? until - now : 0;

	if (clock_is_guests()) {
		loop_once_in_guests_time(until);
		return;
	}
	if (wait > NSEC / 2)
		wait = NSEC / 2;
	client_flush_queued();
	ring_wait(wait);
}

static struct client *sub_client(struct run *r, unsigned int i)
{
	return &r->clients[i];
}

static struct client *pub_client(struct run *r, unsigned int i)
{
	return &r->clients[r->cfg->subscribers + r->cfg->stalled + i];
}

static uint8_t level_of(const struct load_cfg *cfg, unsigned int i)
{
	return cfg->level ? cfg->level : 4 + i % 2;
}

static void run_prepare(struct run *r)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int listeners = cfg->subscribers + cfg->stalled, i;

	r->clients_count = listeners + cfg->publishers;
	r->clients = xcalloc(r->clients_count, sizeof(*r->clients));
	r->pubs = xcalloc(cfg->publishers, sizeof(*r->pubs));
	r->filters = xcalloc(listeners, sizeof(*r->filters));
	r->streams = cfg->map == MAP_PAIRS ? 1 : cfg->publishers;
	r->next = xcalloc((size_t)cfg->subscribers * r->streams, sizeof(*r->next));
	r->gaps = xcalloc((size_t)cfg->subscribers * r->streams, sizeof(*r->gaps));
	r->window = cfg->window;
	if (cfg->window_all && cfg->publishers) {
		r->window = cfg->window_all / cfg->publishers;
		if (!r->window)
			r->window = 1;
	}
	for (i = 0; i < listeners; i++) {
		struct client *cl = sub_client(r, i);
		unsigned int topic = cfg->map == MAP_PAIRS && i < cfg->subscribers ? i : 0;

		client_init(cl, &live_ops);
		cl->index = i;
		cl->qos = cfg->qos;
		cl->level = level_of(cfg, i);
		if (cfg->map == MAP_WILD || cfg->map == MAP_SHARED)
			snprintf(r->filters[i], sizeof(*r->filters), "%s%s/%u/#",
				 cfg->map == MAP_SHARED ? "$share/bench/" : "", cfg->prefix,
				 r->number);
		else
			snprintf(r->filters[i], sizeof(*r->filters), "%s/%u/%u", cfg->prefix,
				 r->number, topic);
		cl->filter = r->filters[i];
		snprintf(cl->id, sizeof(cl->id), "mql%x.%us%u", (unsigned int)(r->start & 0xffffff),
			 r->number, i);
	}
	for (i = 0; i < cfg->publishers; i++) {
		struct client *cl = pub_client(r, i);
		struct publisher *pub = &r->pubs[i];

		client_init(cl, &live_ops);
		cl->index = i;
		cl->publisher = true;
		cl->level = level_of(cfg, i);
		snprintf(cl->id, sizeof(cl->id), "mql%x.%up%u", (unsigned int)(r->start & 0xffffff),
			 r->number, i);
		snprintf(pub->topic, sizeof(pub->topic), "%s/%u/%u%s", cfg->prefix, r->number,
			 cfg->map == MAP_FANOUT ? 0 : i, cfg->topics ? "/" PUB_DIGITS : "");
		pub->cl = cl;
		pub_template(pub, cfg);
	}
}

/* Connects everybody, a bounded number at a time, and waits for every SUBACK and CONNACK. */
static bool run_connect(struct run *r)
{
	r->setup = true;
	r->progress = now_ns();
	while (r->ready < r->clients_count) {
		uint64_t now = now_ns(), due = now + NSEC;

		while (r->begun < r->clients_count && r->pending < r->cfg->parallel) {
			int err;

			if (r->cfg->connect_rate > 0) {
				due = r->start + (uint64_t)(r->begun / r->cfg->connect_rate * 1e9);
				if (due > now)
					break;
				r->progress = now;
			}
			err = client_connect(&r->clients[r->begun], r->to, r->begun);
			if (err) {
				fprintf(stderr, "mqload: connect: %s\n", strerror(-err));
				return false;
			}
			r->begun++;
			r->pending++;
		}
		loop_once(due > now ? due : now + NSEC);
		if (r->failed || interrupted)
			return false;
		if (now_ns() - r->progress > r->cfg->stall_s * NSEC) {
			fprintf(stderr, "mqload: %u of %u clients are set up, no progress\n",
				r->ready, r->clients_count);
			return false;
		}
	}
	r->setup = false;
	return true;
}

static double run_share(const struct run *r, uint64_t now)
{
	const struct load_cfg *cfg = r->cfg;
	uint64_t total = cfg->count * cfg->publishers;

	if (!cfg->count)
		return (double)(now - r->start) / (double)(r->stop - r->start);
	if (cfg->map != MAP_PAIRS && cfg->map != MAP_SHARED)
		total *= cfg->subscribers;
	return total ? (double)r->received / (double)total : 1;
}

static bool run_snapshots(struct run *r, uint64_t now)
{
	struct agent *ag = r->agent;

	if (!ag)
		return true;
	if (!ag->asked && run_share(r, now) >= SNAP_FIRST)
		agent_ask(ag);
	else if (ag->asked == 1 && ag->have == 1 && run_share(r, now) >= SNAP_LAST)
		agent_ask(ag);
	return ag->have == 2;
}

static bool run_drained(struct run *r, uint64_t now)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int i;

	for (i = 0; i < cfg->publishers; i++) {
		struct publisher *pub = &r->pubs[i];

		if (cfg->count ? pub->seq < cfg->count : now < r->stop)
			return false;
		if (!cfg->abandon && pub->done < pub->seq)
			return false;
	}
	return true;
}

static void run_publish(struct run *r)
{
	const struct load_cfg *cfg = r->cfg;

	r->progress = now_ns();
	while (!interrupted && !r->failed) {
		uint64_t now = now_ns(), due = UINT64_MAX;
		unsigned int i;

		if (!cfg->count && told_to_go_on())
			r->stop = now;
		for (i = 0; i < cfg->publishers; i++) {
			struct publisher *pub = &r->pubs[i];

			pub_update(r, pub);
			if (r->window) {
				pub_closed_loop(r, pub, now);
			} else {
				uint64_t d = pub_open_loop(r, pub, now);

				if (d < due)
					due = d;
			}
		}
		if (run_drained(r, now) && (run_snapshots(r, now) || cfg->abandon))
			return;
		run_snapshots(r, now);
		if (now > r->progress + r->cfg->stall_s * NSEC && due == UINT64_MAX) {
			report_stalled(r);
			return;
		}
		if (!cfg->count && r->stop > now && r->stop < due)
			due = r->stop;
		loop_once(due);
	}
}

static void run_hold(struct run *r)
{
	uint64_t half = r->to->keepalive * NSEC / 2, last = now_ns();
	unsigned int i;

	while (!interrupted && !r->failed && now_ns() < r->stop && !told_to_go_on()) {
		loop_once(r->stop);
		if (!half || now_ns() - last < half)
			continue;
		last = now_ns();
		for (i = 0; i < r->clients_count; i++) {
			client_ping(&r->clients[i]);
			client_flush(&r->clients[i]);
		}
	}
}

/* Lets the subscribers that did not read catch up; whole and intact packets are all they get. */
static void run_resume(struct run *r)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int i;

	for (i = 0; i < cfg->stalled; i++)
		client_pause(sub_client(r, cfg->subscribers + i), false);
	r->progress = now_ns();
	while (!interrupted && !r->failed && now_ns() < r->progress + 2 * NSEC)
		loop_once(r->progress + 2 * NSEC);
}

static void run_free(struct run *r, enum client_end how)
{
	unsigned int i, left;

	do {
		for (i = 0, left = 0; i < r->clients_count; i++)
			left += !client_stop(&r->clients[i]);
		client_flush_queued();
		if (left)
			ring_wait(NSEC);
	} while (left);
	for (i = 0; i < r->clients_count; i++)
		client_end(&r->clients[i], how);
	for (i = 0; r->pubs && i < r->cfg->publishers; i++) {
		free(r->pubs[i].frame);
		free(r->pubs[i].seen);
	}
	free(r->clients);
	free(r->pubs);
	free(r->filters);
	free(r->next);
	free(r->gaps);
	free(r);
}

static void run_keep(struct run *r)
{
	struct kept *k = xcalloc(1, sizeof(*k));
	unsigned int i;

	for (i = 0; i < r->clients_count; i++)
		r->clients[i].ops = &kept_ops;
	k->run = r;
	k->next = kept;
	kept = k;
}

/**
 * load_close_kept() - end the connections that workloads left open
 * @how: how to end them
 */
void load_close_kept(enum client_end how)
{
	while (kept) {
		struct kept *k = kept;

		kept = k->next;
		run_free(k->run, how);
		free(k);
	}
}

static void load_setup(struct agent *agent)
{
	ring_open();
	if (agent)
		agent_listen(agent);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGUSR1, on_go_on);
}

/**
 * load_run() - run one workload and print its report
 * @cfg: the workload
 * @to: where the clients connect
 * @agent: agent in the measured machine, %NULL for none
 *
 * Prints one line of JSON on the standard output and one for people on the standard error.
 *
 * Return: 0 when every message arrived once and in order and no connection ended, else 1.
 */
int load_run(const struct load_cfg *cfg, const struct target *to, struct agent *agent)
{
	struct run *r = xcalloc(1, sizeof(*r));
	uint64_t end;
	bool ok;

	load_setup(agent);
	r->cfg = cfg;
	r->to = to;
	r->agent = agent;
	r->number = run_number++;
	r->start = now_ns();
	hist_reset(&r->latency);
	run = r;
	run_prepare(r);
	ok = run_connect(r);
	if (ok) {
		printf("{\"name\":\"%s\",\"ready\":%u,\"setup_seconds\":%.3f}\n", cfg->name,
		       r->ready, (double)(now_ns() - r->start) / 1e9);
		fflush(stdout);
		r->start = now_ns();
		if (cfg->idle_s && cfg->publishers) {
			r->stop = r->start + (uint64_t)(cfg->idle_s * 1e9);
			run_hold(r);
			r->start = now_ns();
		}
		r->stop = r->start + (uint64_t)(cfg->seconds * 1e9);
		if (agent)
			agent_begin(agent, &r->received);
		if (cfg->publishers)
			run_publish(r);
		else
			run_hold(r);
	}
	end = now_ns();
	if (ok && cfg->stalled)
		run_resume(r);
	if (!cfg->abandon)
		check_end(r);
	ok = report_run(r, end, ok && !interrupted);
	if (agent)
		agent_begin(agent, NULL);
	if (cfg->keep)
		run_keep(r);
	else
		run_free(r, cfg->end);
	run = NULL;
	return ok ? 0 : 1;
}
