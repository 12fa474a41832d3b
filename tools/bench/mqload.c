// SPDX-License-Identifier: GPL-2.0
/*
 * mqload - MQTT load generator and checker
 *
 * Workloads are separated by "--" on the command line and run one after the other in one
 * process; each takes over the options of the one before.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "agent.h"
#include "clock.h"
#include "load.h"

enum {
	OPT_STALLED = 256,
	OPT_TOPICS,
	OPT_TICK,
	OPT_ALLOW_LOSS,
	OPT_ABANDON,
	OPT_KEEP,
	OPT_CLOSE,
	OPT_STALL,
	OPT_PARALLEL,
	OPT_AGENT,
	OPT_SOURCES,
	OPT_RCVBUF,
	OPT_NAME,
	OPT_PREFIX,
	OPT_CLOSE_KEPT,
	OPT_REPEAT,
	OPT_ON_STALL,
	OPT_STORED,
	OPT_TLS,
	OPT_WARMUP,
	OPT_CONNECT_RATE,
	OPT_INSNS,
	OPT_IDLE,
	OPT_GUEST_TIME,
};

static const struct option options[] = {
	{ "host", required_argument, NULL, 'h' },
	{ "port", required_argument, NULL, 'p' },
	{ "mode", required_argument, NULL, 'm' },
	{ "publishers", required_argument, NULL, 'P' },
	{ "subscribers", required_argument, NULL, 'S' },
	{ "size", required_argument, NULL, 's' },
	{ "qos", required_argument, NULL, 'q' },
	{ "count", required_argument, NULL, 'n' },
	{ "duration", required_argument, NULL, 'd' },
	{ "window", required_argument, NULL, 'w' },
	{ "window-all", required_argument, NULL, 'W' },
	{ "batch", required_argument, NULL, 'b' },
	{ "rate", required_argument, NULL, 'r' },
	{ "keepalive", required_argument, NULL, 'k' },
	{ "stalled", required_argument, NULL, OPT_STALLED },
	{ "topics", required_argument, NULL, OPT_TOPICS },
	{ "tick", required_argument, NULL, OPT_TICK },
	{ "allow-loss", no_argument, NULL, OPT_ALLOW_LOSS },
	{ "abandon", no_argument, NULL, OPT_ABANDON },
	{ "idle", required_argument, NULL, OPT_IDLE },
	{ "keep", no_argument, NULL, OPT_KEEP },
	{ "close", required_argument, NULL, OPT_CLOSE },
	{ "stall", required_argument, NULL, OPT_STALL },
	{ "parallel", required_argument, NULL, OPT_PARALLEL },
	{ "agent", required_argument, NULL, OPT_AGENT },
	{ "sources", required_argument, NULL, OPT_SOURCES },
	{ "rcvbuf", required_argument, NULL, OPT_RCVBUF },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "prefix", required_argument, NULL, OPT_PREFIX },
	{ "close-kept", no_argument, NULL, OPT_CLOSE_KEPT },
	{ "repeat", required_argument, NULL, OPT_REPEAT },
	{ "on-stall", required_argument, NULL, OPT_ON_STALL },
	{ "stored", no_argument, NULL, OPT_STORED },
	{ "protocol-version", required_argument, NULL, 'V' },
	{ "cafile", required_argument, NULL, OPT_TLS },
	{ "warmup", required_argument, NULL, OPT_WARMUP },
	{ "connect-rate", required_argument, NULL, OPT_CONNECT_RATE },
	{ "insns", required_argument, NULL, OPT_INSNS },
	{ "guest-time", no_argument, NULL, OPT_GUEST_TIME },
	{ "help", no_argument, NULL, '?' },
	{ }
};

static const char usage_text[] =
"usage: mqload [OPTION]... [-- [OPTION]...]...\n"
"       mqload agent PORT\n"
"\n"
"  -h HOST  -p PORT       broker (127.0.0.1, 1883)\n"
"  --cafile FILE          TLS 1.3; authorities that the broker's certificate is checked with\n"
"  -V 311|5|mixed         MQTT 3.1.1, 5.0, or clients of both in turn (311)\n"
"  -m fanout|pairs        all on one topic; i -> i on N topics\n"
"  -m wild|shared         N topics, every subscriber on all; the same as a shared subscription\n"
"  -P N  -S N             publishers, subscribers; -P 0 holds idle subscribers for -d seconds\n"
"  -s BYTES  -q 0|1       payload (64, at least 16), QoS\n"
"  -n COUNT | -d SECONDS  messages per publisher, or how long to publish\n"
"  -w N | -W N            closed loop: messages outstanding per publisher, or in total\n"
"  -b N                   publish again only when N messages fit into the window (1)\n"
"  -r N [--tick MS]       open loop: N publishes a second and publisher, sent every MS\n"
"  --warmup SECONDS       messages of the first seconds do not count for the latency\n"
"  -k SECONDS             keep alive\n"
"  --stored               the broker keeps the sessions of subscribers (clean session 0)\n"
"  --stalled N            further subscribers that do not read until the load has ended\n"
"  --topics N             a publisher uses so many in turn, with -m wild|shared (up to 10000000)\n"
"  --idle SECONDS         leave them idle for so long before publishing\n"
"  --keep                 leave the connections open for the workloads that follow\n"
"  --close-kept           end those connections first\n"
"  --close disconnect|fin|rst   how connections end\n"
"  --abandon              end without waiting for what is outstanding\n"
"  --allow-loss           loss does not fail the run\n"
"  --stall SECONDS        no progress for so long is loss (30)\n"
"  --on-stall COMMAND     run it then, with the connections still open\n"
"  --parallel N           connections set up at a time (100)\n"
"  --connect-rate N       connections begun a second\n"
"  --sources ADDR/N       spread connections over N local addresses from ADDR on\n"
"  --rcvbuf BYTES         SO_RCVBUF of the connections\n"
"  --agent HOST:PORT      measure the broker's machine with the agent there\n"
"  --insns FILE           instructions of the guest's CPUs, as QEMU's plugin counts them there\n"
"  --guest-time           they are the clock: a rate, a duration, and the latency are the guest's,\n"
"                         which must run in instruction time on one CPU and never be idle; it\n"
"                         stands still while this or another such generator has something to do\n"
"  --name NAME  --prefix TOPIC  --repeat N (of this workload)\n"
"\n"
"SIGUSR1 ends at once what goes on for a number of seconds (-d, --idle).\n"
"Each workload prints a line of JSON. Exit status: 0 all well, 1 loss, disorder, duplicates\n"
"or connections lost, 2 usage.\n";

static void usage_error(const char *what, const char *arg)
{
	fprintf(stderr, "mqload: %s: %s\n", what, arg);
	exit(2);
}

static double number(const char *arg, double min, double max)
{
	char *end;
	double v = strtod(arg, &end);

	if (end == arg || *end || v < min || v > max)
		usage_error("bad number", arg);
	return v;
}

static void resolve(const char *host, const char *port, struct sockaddr_storage *to,
		    socklen_t *len)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *res;

	if (getaddrinfo(host, port, &hints, &res))
		usage_error("cannot resolve", host);
	memcpy(to, res->ai_addr, res->ai_addrlen);
	*len = res->ai_addrlen;
	freeaddrinfo(res);
}

static enum load_map parse_map(const char *arg)
{
	if (!strcmp(arg, "fanout") || !strcmp(arg, "fanin"))
		return MAP_FANOUT;
	if (!strcmp(arg, "pairs"))
		return MAP_PAIRS;
	if (!strcmp(arg, "wild"))
		return MAP_WILD;
	if (!strcmp(arg, "shared"))
		return MAP_SHARED;
	usage_error("bad mode", arg);
	return MAP_FANOUT;
}

static uint8_t parse_level(const char *arg)
{
	if (!strcmp(arg, "311") || !strcmp(arg, "mqttv311"))
		return 4;
	if (!strcmp(arg, "5") || !strcmp(arg, "mqttv5"))
		return 5;
	if (strcmp(arg, "mixed"))
		usage_error("bad protocol version", arg);
	return 0;
}

static enum client_end parse_end(const char *arg)
{
	if (!strcmp(arg, "disconnect"))
		return END_DISCONNECT;
	if (!strcmp(arg, "fin"))
		return END_FIN;
	if (!strcmp(arg, "rst"))
		return END_RST;
	usage_error("bad way to close", arg);
	return END_FIN;
}

static void parse_sources(char *arg, struct target *to)
{
	char *slash = strchr(arg, '/');

	if (!slash)
		usage_error("want ADDR/N", arg);
	*slash = 0;
	to->src_count = number(slash + 1, 1, 65536);
	resolve(arg, "0", &to->src, &to->src_len);
	*slash = '/';
}

static void open_agent(char *arg, struct agent *agent)
{
	struct sockaddr_storage dst;
	char *colon = strrchr(arg, ':');
	socklen_t len;

	if (!colon)
		usage_error("want HOST:PORT", arg);
	*colon = 0;
	resolve(arg, colon + 1, &dst, &len);
	*colon = ':';
	agent_open(agent, &dst, len);
}

struct job {
	struct load_cfg cfg;
	struct target to;
	const char *host;
	const char *port;
	char *agent;
	const char *insns;
	bool guest_time;
	unsigned int repeat;
	bool close_kept;
};

/* Options that set one number; the range is part of the usage. */
struct number_option {
	int opt;
	size_t offset;		/* in struct job */
	enum { UNSIGNED, U64, SIZE, INT, DOUBLE } type;
	double min, max;
};

#define NUMBER(opt, type, field, min, max) { opt, offsetof(struct job, field), type, min, max }

static const struct number_option number_options[] = {
	NUMBER('P', UNSIGNED, cfg.publishers, 0, 1 << 20),
	NUMBER('S', UNSIGNED, cfg.subscribers, 0, 1 << 20),
	NUMBER('s', SIZE, cfg.payload, LOAD_PAYLOAD_MIN, 1 << 28),
	NUMBER('q', INT, cfg.qos, 0, 1),
	NUMBER('n', U64, cfg.count, 0, 4e9),
	NUMBER('d', DOUBLE, cfg.seconds, 0, 1e6),
	NUMBER(OPT_IDLE, DOUBLE, cfg.idle_s, 0, 1e6),
	NUMBER('w', UNSIGNED, cfg.window, 1, 1e9),
	NUMBER('W', UNSIGNED, cfg.window_all, 1, 1e9),
	NUMBER('b', UNSIGNED, cfg.batch, 1, 1e9),
	NUMBER('r', DOUBLE, cfg.rate, 0.001, 1e9),
	NUMBER('k', UNSIGNED, to.keepalive, 0, 65535),
	NUMBER(OPT_STALLED, UNSIGNED, cfg.stalled, 0, 1 << 20),
	NUMBER(OPT_TOPICS, UNSIGNED, cfg.topics, 1, 10000000),
	NUMBER(OPT_TICK, UNSIGNED, cfg.tick_ms, 0, 1e6),
	NUMBER(OPT_STALL, UNSIGNED, cfg.stall_s, 1, 1e6),
	NUMBER(OPT_PARALLEL, UNSIGNED, cfg.parallel, 1, 1 << 20),
	NUMBER(OPT_RCVBUF, INT, to.rcvbuf, 1, 1 << 30),
	NUMBER(OPT_WARMUP, DOUBLE, cfg.warmup, 0, 1e6),
	NUMBER(OPT_CONNECT_RATE, DOUBLE, cfg.connect_rate, 0, 1e9),
	NUMBER(OPT_REPEAT, UNSIGNED, repeat, 1, 1e6),
};

static bool parse_number(struct job *job, int opt)
{
	unsigned int i;

	for (i = 0; i < sizeof(number_options) / sizeof(number_options[0]); i++) {
		const struct number_option *o = &number_options[i];
		char *field = (char *)job + o->offset;
		double v;

		if (o->opt != opt)
			continue;
		v = number(optarg, o->min, o->max);
		if (o->type == DOUBLE)
			*(double *)field = v;
		else if (o->type == U64)
			*(uint64_t *)field = v;
		else if (o->type == SIZE)
			*(size_t *)field = v;
		else if (o->type == INT)
			*(int *)field = v;
		else
			*(unsigned int *)field = v;
		return true;
	}
	return false;
}

/* A later way to pace the load replaces an earlier one, as for the workload before. */
static void settle_pace(struct load_cfg *cfg, int opt)
{
	if (opt == 'd')
		cfg->count = 0;
	if (opt == 'r')
		cfg->window = 0;
	if (opt == 'r' || opt == 'w')
		cfg->window_all = 0;
}

static void parse_one(struct job *job, int opt)
{
	struct load_cfg *cfg = &job->cfg;

	if (parse_number(job, opt)) {
		settle_pace(cfg, opt);
		return;
	}
	switch (opt) {
	case 'h':
		job->host = optarg;
		break;
	case 'p':
		job->port = optarg;
		break;
	case 'm':
		cfg->map = parse_map(optarg);
		break;
	case 'V':
		cfg->level = parse_level(optarg);
		break;
	case OPT_TLS:
		job->to.tls.cafile = optarg;
		break;
	case OPT_INSNS:
		job->insns = optarg;
		break;
	case OPT_GUEST_TIME:
		job->guest_time = true;
		break;
	case OPT_ALLOW_LOSS:
		cfg->allow_loss = true;
		break;
	case OPT_ABANDON:
		cfg->abandon = true;
		break;
	case OPT_KEEP:
		cfg->keep = true;
		break;
	case OPT_STORED:
		job->to.stored = true;
		break;
	case OPT_CLOSE_KEPT:
		job->close_kept = true;
		break;
	case OPT_CLOSE:
		cfg->end = parse_end(optarg);
		break;
	case OPT_AGENT:
		job->agent = optarg;
		break;
	case OPT_SOURCES:
		parse_sources(optarg, &job->to);
		break;
	case OPT_NAME:
		cfg->name = optarg;
		break;
	case OPT_ON_STALL:
		cfg->on_stall = optarg;
		break;
	case OPT_PREFIX:
		cfg->prefix = optarg;
		break;
	default:
		fputs(usage_text, opt == '?' && !optopt ? stdout : stderr);
		exit(opt == '?' && !optopt ? 0 : 2);
	}
}

static void parse_job(struct job *job, int argc, char **argv)
{
	int opt;

	/* What describes one workload only is not taken over by the next. */
	job->repeat = 1;
	job->close_kept = false;
	job->cfg.keep = false;
	job->cfg.abandon = false;
	job->cfg.stalled = 0;
	optind = 0;
	opterr = 1;
	while ((opt = getopt_long(argc, argv, "h:p:V:m:P:S:s:q:n:d:w:W:b:r:k:", options,
				  NULL)) != -1)
		parse_one(job, opt);
	if (optind < argc)
		usage_error("unexpected argument", argv[optind]);
	if (job->cfg.map == MAP_PAIRS && job->cfg.publishers &&
	    job->cfg.publishers != job->cfg.subscribers)
		usage_error("pairs need as many publishers as subscribers", "-P, -S");
	if (job->cfg.publishers && !job->cfg.window && !job->cfg.window_all && job->cfg.rate <= 0)
		usage_error("want a window or a rate", "-w, -W, -r");
	if (!job->cfg.count && job->cfg.seconds <= 0)
		usage_error("want a count or a duration", "-n, -d");
	job->to.tls.host = job->host;
	resolve(job->host, job->port, &job->to.dst, &job->to.dst_len);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 1 << 20, 1 << 20 };
	struct agent agent = { .fd = -1 };
	struct job job = {
		.cfg = {
			.name = "load", .prefix = "bench", .publishers = 1, .subscribers = 1,
			.level = 4, .payload = 64, .window = 100, .batch = 1, .stall_s = 30,
			.parallel = 100, .count = 10000,
		},
		.host = "127.0.0.1",
		.port = "1883",
	};
	int first = 0, last, failed = 0;

	if (argc == 3 && !strcmp(argv[1], "agent"))
		return agent_serve(number(argv[2], 1, 65535));
	if (setrlimit(RLIMIT_NOFILE, &files) && !getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	while (first < argc) {
		struct load_cfg *cfg;
		unsigned int i;
		int rc;

		for (last = first + 1; last < argc && strcmp(argv[last], "--"); last++)
			;
		argv[first] = argv[0];
		parse_job(&job, last - first, argv + first);
		first = last;
		if (job.agent && agent.fd < 0)
			open_agent(job.agent, &agent);
		if (job.insns && !agent.insns && agent_map_insns(&agent, job.insns))
			usage_error("cannot read", job.insns);
		if (job.guest_time && !agent.insns)
			usage_error("want --insns", "--guest-time");
		rc = clock_of_guest(job.guest_time ? agent.insns : NULL);
		if (rc)
			usage_error("--guest-time", strerror(-rc));
		if (job.close_kept)
			load_close_kept(job.cfg.end);
		/* Kept connections refer to it: one copy for good. */
		cfg = malloc(sizeof(*cfg));
		if (!cfg)
			return 1;
		*cfg = job.cfg;
		for (i = 0; i < job.repeat; i++)
			failed |= load_run(cfg, &job.to, agent.fd >= 0 ? &agent : NULL);
	}
	load_close_kept(job.cfg.end);
	return failed;
}
