// SPDX-License-Identifier: GPL-2.0
/* mqttctl: manage and watch mqtt.ko and mqttd. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

struct ctl ctl = {
	.socket = "/run/mqttd/control.sock",
	.wait = 30,
};

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *help;
} commands[] = {
	{ "status", cmd_status, "", "module, limits in use and daemon at a glance" },
	{ "conn", cmd_conn, "[show] [ID]", "attached sockets, or all about one" },
	{ "flow", cmd_flow, "[show] [TOPIC]", "cached routes of exact topics" },
	{ "group", cmd_group, "[show] [ID]", "subscribers by topic filter" },
	{ "stats", cmd_stats, "", "counters of this network namespace" },
	{ "monitor", cmd_monitor, "", "print events as they happen" },
	{ "drain", cmd_drain, "[off]", "close everything so that rmmod works, or undo it" },
	{ "limits", cmd_limits, "[set NAME VALUE...]", "show or change hard limits" },
	{ "client", cmd_client, "[show] [CLIENT_ID]", "clients as the daemon knows them" },
	{ "reload", cmd_reload, "", "let the daemon read its password file again" },
	{ "store", cmd_store, "check|export|import DIR", "durable store on disk" },
	{ "passwd", cmd_passwd, "[-c|-D] [-s] FILE USER", "set, or with -D delete, a user's password" },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static void usage(FILE *f)
{
	fprintf(f, "usage: mqttctl [-j] [-s PATH] [-w SECONDS] COMMAND [ARGUMENTS]\n"
		   "       mqttctl -h | -V\n\ncommands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-8s%-21s%s\n", commands[i].name, commands[i].arguments,
			commands[i].help);
	fprintf(f, "\noptions:\n"
		"  -j, --json           print JSON\n"
		"  -s, --socket PATH    the daemon's control socket (%s)\n"
		"  -w, --wait SECONDS   how long drain waits (%u)\n"
		"  -h, --help           print this\n"
		"  -V, --version        print the version\n", ctl.socket, ctl.wait);
}

int fail(const char *what, const char *fmt, ...)
{
	va_list ap;

	/* What was printed before belongs before this. */
	fflush(stdout);
	fprintf(stderr, "mqttctl: %s: ", what);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_FAILURE;
}

int usage_error(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mqttctl: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry 'mqttctl -h'.\n");
	return EXIT_USAGE;
}

int open_family(const char *what, struct mqtt_nl **nlp)
{
	int err = mqtt_nl_open(nlp);

	if (err == -ENOENT)
		return fail(what, "the module is not loaded (modprobe mqtt)");
	return err ? fail(what, "cannot open netlink: %s", strerror(-err)) : 0;
}

int shift_show(int argc, char **argv, const char **selector)
{
	if (argc && !strcmp(argv[0], "show")) {
		argc--;
		argv++;
	}
	if (argc > 1)
		return usage_error("unexpected argument '%s'", argv[1]);
	*selector = argc ? argv[0] : NULL;
	return 0;
}

bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	/* strtoull() would take signs and spaces. */
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && !*end && *value <= max;
}

/* Everything may have been written except to a full disk or a closed pipe. */
static int close_stdout(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return fail("standard output", "%s", strerror(errno));
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "socket", required_argument, NULL, 's' },
		{ "wait", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	uint64_t number;
	int opt;

	while ((opt = getopt_long(argc, argv, "+js:w:hV", options, NULL)) != -1) {
		switch (opt) {
		case 'j':
			ctl.json = true;
			break;
		case 's':
			ctl.socket = optarg;
			break;
		case 'w':
			if (!parse_number(optarg, 1000000, &number))
				return usage_error("bad number of seconds '%s'", optarg);
			ctl.wait = number;
			break;
		case 'h':
			usage(stdout);
			return close_stdout(EXIT_SUCCESS);
		case 'V':
			printf("mqttctl %s\n", CTL_VERSION);
			return close_stdout(EXIT_SUCCESS);
		default:
			/* getopt_long() has said what is wrong. */
			fprintf(stderr, "Try 'mqttctl -h'.\n");
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[optind], commands[i].name))
			return close_stdout(commands[i].run(argc - optind - 1, argv + optind + 1));
	return usage_error("unknown command '%s'", argv[optind]);
}
