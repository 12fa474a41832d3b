// SPDX-License-Identifier: GPL-2.0
/* What a workload says about itself. */
#include <endian.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "run.h"

/**
 * report_stalled() - who is behind, and what the caller wants to look at
 * @r: the workload, with all connections still open
 */
void report_stalled(const struct run *r)
{
	const struct load_cfg *cfg = r->cfg;
	unsigned int s, p, shown = 0;

	fprintf(stderr, "mqload: no progress for %u s\n", cfg->stall_s);
	for (s = 0; cfg->map != MAP_SHARED && s < cfg->subscribers; s++) {
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

static void print_agent(const struct run *r)
{
	const struct cpu_snap *a, *b;
	double clock, busy, ticks, n;
	unsigned int i;

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
	printf("\"deliveries\":%.0f,\"busy_per_delivery_ns\":%.1f,\"ticks_per_delivery_ns\":%.1f",
	       n, n > 0 ? busy / n : 0, n > 0 ? ticks / n : 0);
	for (i = 0; i < INSNS_CPUS && b->insns[i]; i++)
		printf("%s%llu", i ? "," : ",\"insns\":[",
		       (unsigned long long)(b->insns[i] - a->insns[i]));
	printf("%s}", i ? "]" : "");
}

/**
 * report_run() - print the line of JSON, and one for people
 * @r: the workload
 * @end: when it ended
 * @complete: it was not cut short
 *
 * Return: whether all is well.
 */
bool report_run(const struct run *r, uint64_t end, bool complete)
{
	const struct load_cfg *cfg = r->cfg;
	double secs = (double)(end - r->start) / 1e9;
	bool ok = !r->failed && !r->disorder && !r->duplicates && !r->foreign &&
		  (!r->lost || cfg->allow_loss) && complete && r->ready == r->clients_count;

	printf("{\"name\":\"%s\",\"ok\":%s,\"publishers\":%u,\"subscribers\":%u,\"stalled\":%u,",
	       cfg->name, ok ? "true" : "false", cfg->publishers, cfg->subscribers, cfg->stalled);
	printf("\"level\":\"%s\",\"tls\":%s,",
	       !cfg->level ? "mixed" : cfg->level == 5 ? "5" : "311",
	       r->to->tls.cafile ? "true" : "false");
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
