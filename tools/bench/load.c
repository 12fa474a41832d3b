// SPDX-License-Identifier: GPL-2.0
/*
 * One workload: sets its clients up, publishes in a closed or an open loop, and checks that
 * every subscriber saw every publisher's messages once and in order.
 */
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "hist.h"
#include "load.h"

#define NSEC		1000000000ull
#define BACKLOG_MAX	(256 * 1024)
#define SNAP_FIRST	0.15
#define SNAP_LAST	0.95

/* What a payload begins with. */
struct stamp {
	uint32_t who;		/* workload number << 24 | publisher */
	uint32_t seq;
	uint64_t due;		/* intended send time */
};

struct publisher {
	struct client *cl;
	uint64_t seq;		/* next to send */
	uint64_t done;		/* seen by the slowest subscriber */
	uint64_t pubacks;
	uint8_t *frame;		/* template of a PUBLISH */
	size_t frame_len;
	size_t head_len;	/* fixed header, topic and packet identifier */
	char topic[64];
};

struct run {
	const struct load_cfg *cfg;
	const struct target *to;
	struct agent *agent;
	int epfd;
	unsigned int number;
	struct client *clients;	/* subscribers, stalled subscribers, publishers */
	unsigned int clients_count;
	struct publisher *pubs;
	char (*filters)[64];
	uint64_t *next;		/* per subscriber and publisher: next sequence number */
	uint64_t *gaps;		/* sequence numbers skipped and not seen since */
	unsigned int streams;	/* publishers one subscriber hears */
	unsigned int window;	/* per publisher */
	unsigned int begun, pending, ready, failed;
	bool setup;
	uint64_t start, stop, progress;
	uint64_t sent, received, stalled_received;
	uint64_t lost, disorder, duplicates, foreign;
	struct hist latency;
};

struct kept {
	struct kept *next;
	struct run *run;
};

static struct run *run;
static struct kept *kept;
static unsigned int run_number;
static volatile sig_atomic_t interrupted;
static int epfd = -1;

static void on_signal(int sig)
{
	interrupted = sig;
}

static void *xcalloc(size_t n, size_t size)
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
		client_pause(cl, epfd, true);
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
	struct publisher *pub = &run->pubs[cl->index];

	/* In order: MQTT 3.1.1 asks a server to acknowledge in the order of arrival. */
	if (!cl->publisher || pid != pub->pubacks % 65535 + 1)
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

static void on_publish(struct client *cl, uint8_t flags, const uint8_t *topic, size_t topic_len,
		       const uint8_t *payload, size_t len)
{
	const struct load_cfg *cfg = run->cfg;
	unsigned int p, stream;
	uint64_t now = now_ns();
	struct stamp st;
	uint64_t seq, *next;

	if (len < sizeof(st) || len != cfg->payload || cl->publisher) {
		run->foreign++;
		return;
	}
	memcpy(&st, payload, sizeof(st));
	p = st.who & 0xffffff;
	if (st.who >> 24 != (run->number & 0xff) || p >= cfg->publishers ||
	    topic_len != strlen(run->pubs[p].topic) ||
	    memcmp(topic, run->pubs[p].topic, topic_len) ||
	    (flags >> 1 & 3) != cfg->qos || (flags & 1) || !payload_intact(payload, len, &st)) {
		run->foreign++;
		return;
	}
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
	if (seq < *next) {
		if (run->gaps[stream]) {
			run->gaps[stream]--;
			run->lost--;
			run->disorder++;
		} else {
			run->duplicates++;
		}
		return;
	}
	run->gaps[stream] += seq - *next;
	run->lost += seq - *next;
	*next = seq + 1;
	run->received++;
	hist_add(&run->latency, now > st.due ? now - st.due : 0);
}

static const struct client_ops live_ops = {
	.ready = on_ready,
	.publish = on_publish,
	.puback = on_puback,
	.closed = on_closed,
};

static void kept_publish(struct client *cl, uint8_t flags, const uint8_t *topic, size_t topic_len,
			 const uint8_t *payload, size_t len)
{
	(void)cl;
	(void)flags;
	(void)topic;
	(void)topic_len;
	(void)payload;
	(void)len;
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

static void pub_template(struct publisher *pub, const struct load_cfg *cfg)
{
	size_t topic_len = strlen(pub->topic), body, len;
	uint8_t *p;

	body = 2 + topic_len + (cfg->qos ? 2 : 0) + cfg->payload;
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
	p += topic_len + (cfg->qos ? 2 : 0);
	pub->head_len = p - pub->frame;
	pub->frame_len = pub->head_len + cfg->payload;
}

static void pub_append(struct publisher *pub, uint64_t due)
{
	const struct load_cfg *cfg = run->cfg;
	uint8_t *p = client_reserve(pub->cl, pub->frame_len);
	struct stamp st = {
		.who = (run->number & 0xff) << 24 | pub->cl->index,
		.seq = pub->seq,
		.due = due,
	};

	memcpy(p, pub->frame, pub->head_len);
	if (cfg->qos) {
		uint16_t pid = htobe16(pub->seq % 65535 + 1);

		memcpy(p + pub->head_len - 2, &pid, 2);
	}
	memcpy(p + pub->head_len, &st, sizeof(st));
	memset(p + pub->head_len + sizeof(st), 'a' + st.seq % 26, cfg->payload - sizeof(st));
	client_commit(pub->cl, pub->frame_len);
	pub->seq++;
	run->sent++;
}

static void pub_update(struct publisher *pub)
{
	const struct load_cfg *cfg = run->cfg;
	unsigned int index = pub->cl->index, s;
	uint64_t done = UINT64_MAX;

	if (cfg->map == MAP_PAIRS) {
		done = run->next[index];
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

static bool pub_may_send(const struct publisher *pub, uint64_t at)
{
	const struct load_cfg *cfg = run->cfg;

	if (cfg->count ? pub->seq >= cfg->count : at >= run->stop)
		return false;
	return !cfg->qos || pub->seq - pub->pubacks < 60000;
}

static void pub_closed_loop(struct publisher *pub, uint64_t now)
{
	unsigned int batch = run->cfg->batch;

	for (;;) {
		if (pub->seq != pub->done && pub->seq - pub->done + batch > run->window)
			return;
		while (pub_may_send(pub, now) && pub->seq - pub->done < run->window &&
		       client_backlog(pub->cl) < BACKLOG_MAX)
			pub_append(pub, now);
		if (!client_backlog(pub->cl))
			return;
		client_flush(pub->cl, epfd);
		if (client_backlog(pub->cl) || pub->cl->fd < 0)
			return;
	}
}

static uint64_t pub_due(const struct publisher *pub)
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

static uint64_t pub_open_loop(struct publisher *pub, uint64_t now)
{
	uint64_t due;

	for (;;) {
		due = pub_due(pub);
		/* What fell due before the end is sent, however late it is. */
		if (!pub_may_send(pub, due))
			break;
		if (due > now) {
			client_flush(pub->cl, epfd);
			return due;
		}
		pub_append(pub, due);
	}
	client_flush(pub->cl, epfd);
	return UINT64_MAX;
}

static void loop_once(uint64_t until)
{
	struct epoll_event ev[256];
	uint64_t now = now_ns(), wait = until > now ? until - now : 0;
	struct timespec ts;
	int n, i;

	if (wait > NSEC / 2)
		wait = NSEC / 2;
	ts.tv_sec = 0;
	ts.tv_nsec = wait;
	n = epoll_pwait2(epfd, ev, 256, &ts, NULL);
	if (n < 0 && errno != EINTR) {
		perror("mqload: epoll_pwait2");
		exit(1);
	}
	for (i = 0; i < n; i++) {
		if (ev[i].data.ptr == run->agent)
			agent_receive(run->agent, run->received);
		else
			client_event(ev[i].data.ptr, epfd, ev[i].events);
	}
}

static struct client *sub_client(struct run *r, unsigned int i)
{
	return &r->clients[i];
}

static struct client *pub_client(struct run *r, unsigned int i)
{
	return &r->clients[r->cfg->subscribers + r->cfg->stalled + i];
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
		if (cfg->map == MAP_WILD)
			snprintf(r->filters[i], sizeof(*r->filters), "%s/%u/+", cfg->prefix,
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
		snprintf(cl->id, sizeof(cl->id), "mql%x.%up%u", (unsigned int)(r->start & 0xffffff),
			 r->number, i);
		snprintf(pub->topic, sizeof(pub->topic), "%s/%u/%u", cfg->prefix, r->number,
			 cfg->map == MAP_FANOUT ? 0 : i);
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
		while (r->begun < r->clients_count && r->pending < r->cfg->parallel) {
			int err = client_connect(&r->clients[r->begun], epfd, r->to, r->begun);

			if (err) {
				fprintf(stderr, "mqload: connect: %s\n", strerror(-err));
				return false;
			}
			r->begun++;
			r->pending++;
		}
		loop_once(now_ns() + NSEC);
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
	if (cfg->map != MAP_PAIRS)
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

/* Who is behind, and what the caller wants to look at while all connections are still open. */
static void run_stalled(const struct run *r)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int s, p, shown = 0;

	fprintf(stderr, "mqload: no progress for %u s\n", cfg->stall_s);
	for (s = 0; s < cfg->subscribers; s++) {
		for (p = 0; p < r->streams; p++) {
			const struct publisher *pub = &r->pubs[cfg->map == MAP_PAIRS ? s : p];
			uint64_t next = r->next[s * r->streams + p];
			struct sockaddr_in in = { 0 };
			socklen_t len = sizeof(in);

			if (next == pub->seq || shown++ >= 10)
				continue;
			getsockname(r->clients[s].fd, (struct sockaddr *)&in, &len);
			fprintf(stderr, "mqload: %s (port %u) has %llu of %llu from %s\n",
				r->clients[s].id, be16toh(in.sin_port), (unsigned long long)next,
				(unsigned long long)pub->seq, pub->cl->id);
		}
	}
	if (cfg->on_stall && system(cfg->on_stall))
		fprintf(stderr, "mqload: %s failed\n", cfg->on_stall);
}

static void run_publish(struct run *r)
{
	const struct load_cfg *cfg = r->cfg;

	r->progress = now_ns();
	while (!interrupted && !r->failed) {
		uint64_t now = now_ns(), due = UINT64_MAX;
		unsigned int i;

		for (i = 0; i < cfg->publishers; i++) {
			struct publisher *pub = &r->pubs[i];

			pub_update(pub);
			if (r->window) {
				pub_closed_loop(pub, now);
			} else {
				uint64_t d = pub_open_loop(pub, now);

				if (d < due)
					due = d;
			}
		}
		if (run_drained(r, now) && (run_snapshots(r, now) || cfg->abandon))
			return;
		run_snapshots(r, now);
		if (now > r->progress + r->cfg->stall_s * NSEC && due == UINT64_MAX) {
			run_stalled(r);
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

	while (!interrupted && !r->failed && now_ns() < r->stop) {
		loop_once(r->stop);
		if (!half || now_ns() - last < half)
			continue;
		last = now_ns();
		for (i = 0; i < r->clients_count; i++) {
			client_ping(&r->clients[i]);
			client_flush(&r->clients[i], epfd);
		}
	}
}

/* Lets the subscribers that did not read catch up; whole and intact packets are all they get. */
static void run_resume(struct run *r)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int i;

	for (i = 0; i < cfg->stalled; i++)
		client_pause(sub_client(r, cfg->subscribers + i), epfd, false);
	r->progress = now_ns();
	while (!interrupted && !r->failed && now_ns() < r->progress + 2 * NSEC)
		loop_once(r->progress + 2 * NSEC);
}

static void run_tail(struct run *r)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int s, p;

	if (cfg->abandon)
		return;
	for (s = 0; s < cfg->subscribers; s++) {
		for (p = 0; p < r->streams; p++) {
			unsigned int from = cfg->map == MAP_PAIRS ? s : p;

			r->lost += r->pubs[from].seq - r->next[s * r->streams + p];
		}
	}
	for (p = 0; cfg->qos && p < cfg->publishers; p++)
		r->lost += r->pubs[p].seq - r->pubs[p].pubacks;
}

static void print_agent(const struct run *r)
{
	const struct cpu_snap *a, *b;
	double clock, busy, ticks, n;

	if (!r->agent || r->agent->have < 2)
		return;
	a = &r->agent->snap[0];
	b = &r->agent->snap[1];
	n = (double)(r->agent->mark[1] - r->agent->mark[0]);
	clock = (double)(b->clock - a->clock);
	ticks = (double)(b->ticks - a->ticks);
	/* Idle time is exact with a tickless kernel, busy ticks are samples: prefer the former. */
	busy = clock - (double)(b->idle - a->idle);
	printf(",\"guest\":{\"clock_ns\":%.0f,\"busy_ns\":%.0f,\"ticks_ns\":%.0f,", clock, busy,
	       ticks);
	printf("\"deliveries\":%.0f,\"busy_per_delivery_ns\":%.1f,\"ticks_per_delivery_ns\":%.1f}",
	       n, n > 0 ? busy / n : 0, n > 0 ? ticks / n : 0);
}

static bool run_report(struct run *r, uint64_t end)
{
	const struct load_cfg *cfg = r->cfg;
	double secs = (double)(end - r->start) / 1e9;
	bool ok = !r->failed && !r->disorder && !r->duplicates && !r->foreign &&
		  (!r->lost || cfg->allow_loss) && !interrupted && r->ready == r->clients_count;

	printf("{\"name\":\"%s\",\"ok\":%s,\"publishers\":%u,\"subscribers\":%u,\"stalled\":%u,",
	       cfg->name, ok ? "true" : "false", cfg->publishers, cfg->subscribers, cfg->stalled);
	printf("\"qos\":%d,\"payload\":%zu,\"window\":%u,\"rate\":%g,", cfg->qos, cfg->payload,
	       r->window, cfg->rate);
	printf("\"connected\":%u,\"failed\":%u,\"sent\":%llu,\"received\":%llu,", r->ready,
	       r->failed, (unsigned long long)r->sent, (unsigned long long)r->received);
	printf("\"lost\":%llu,\"disorder\":%llu,\"duplicates\":%llu,\"foreign\":%llu,",
	       (unsigned long long)r->lost, (unsigned long long)r->disorder,
	       (unsigned long long)r->duplicates, (unsigned long long)r->foreign);
	printf("\"stalled_received\":%llu,\"seconds\":%.3f,\"deliveries_per_s\":%.0f,",
	       (unsigned long long)r->stalled_received, secs,
	       secs > 0 ? (double)r->received / secs : 0);
	printf("\"latency_us\":{\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
	       (double)hist_quantile(&r->latency, 0.5) / 1e3,
	       (double)hist_quantile(&r->latency, 0.99) / 1e3,
	       (double)hist_quantile(&r->latency, 0.999) / 1e3, (double)r->latency.max / 1e3);
	print_agent(r);
	printf("}\n");
	fflush(stdout);
	fprintf(stderr,
		"%s: %u -> %u, %llu sent, %llu received, %llu lost, %llu out of order, %llu twice, %llu foreign, %u connections failed, %.1f s, p50 %.0f us, p99 %.0f us: %s\n",
		cfg->name, cfg->publishers, cfg->subscribers, (unsigned long long)r->sent,
		(unsigned long long)r->received, (unsigned long long)r->lost,
		(unsigned long long)r->disorder, (unsigned long long)r->duplicates,
		(unsigned long long)r->foreign, r->failed, secs,
		(double)hist_quantile(&r->latency, 0.5) / 1e3,
		(double)hist_quantile(&r->latency, 0.99) / 1e3, ok ? "ok" : "FAILED");
	return ok;
}

static void run_free(struct run *r, enum client_end how)
{
	unsigned int i;

	for (i = 0; i < r->clients_count; i++)
		client_end(&r->clients[i], how);
	for (i = 0; r->pubs && i < r->cfg->publishers; i++)
		free(r->pubs[i].frame);
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
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = agent };

	if (epfd >= 0)
		return;
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0 || (agent && epoll_ctl(epfd, EPOLL_CTL_ADD, agent->fd, &ev))) {
		perror("mqload: epoll");
		exit(1);
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
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
		r->stop = r->start + (uint64_t)(cfg->seconds * 1e9);
		if (agent)
			agent_begin(agent);
		if (cfg->publishers)
			run_publish(r);
		else
			run_hold(r);
	}
	end = now_ns();
	if (ok && cfg->stalled)
		run_resume(r);
	run_tail(r);
	ok = run_report(r, end);
	if (cfg->keep)
		run_keep(r);
	else
		run_free(r, cfg->end);
	run = NULL;
	return ok ? 0 : 1;
}
