// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "auth.h"
#include "client.h"
#include "client_input.h"
#include "conf.h"
#include "control.h"
#include "datapath.h"
#include "deliver.h"
#include "fan_out.h"
#include "inflight.h"
#include "listener.h"
#include "log.h"
#include "loop.h"
#include "message.h"
#include "notify.h"
#include "outq.h"
#include "peer.h"
#include "privs.h"
#include "reload.h"
#include "retain.h"
#include "rights.h"
#include "route.h"
#include "session.h"
#include "store.h"
#include "subs.h"
#include "sys.h"
#include "syscall_filter.h"
#include "timer.h"
#include "tls.h"
#include "util.h"
#include "version.h"

/* If there is such a user. */
#define DEFAULT_USER	"mqttd"

enum {
	EXIT_RUNTIME	= 1,
	EXIT_USAGE	= 2,
	EXIT_CONFIG	= 3,
};

struct options {
	const char *file;
	int port;
	bool verbose;
	bool test;
};

static int signal_fd = -1;
static struct op signal_op;
static struct signalfd_siginfo signal_info;

static void usage(FILE *out)
{
	fputs("usage: mqttd [-c FILE] [-p PORT] [-t] [-v]\n"
	      "       mqttd -V | -h\n"
	      "  -c FILE  read the configuration (mosquitto.conf syntax)\n"
	      "  -p PORT  listen on this port\n"
	      "  -t       check the configuration and exit\n"
	      "  -v       log everything\n"
	      "  -V       print the version\n"
	      "  -h       print this\n", out);
}

static void parse_options(int argc, char **argv, struct options *o)
{
	char *end;
	long v;
	int c;

	while ((c = getopt(argc, argv, "c:p:tvVh")) != -1) {
		switch (c) {
		case 'c':
			o->file = optarg;
			break;
		case 'p':
			v = strtol(optarg, &end, 10);
			if (*end || v < 1 || v > 65535) {
				fprintf(stderr, "mqttd: -p: bad port \"%s\"\n",
					optarg);
				exit(EXIT_USAGE);
			}
			o->port = (int)v;
			break;
		case 't':
			o->test = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'V':
			puts("mqttd " MQTTD_VERSION);
			exit(EXIT_SUCCESS);
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind < argc) {
		usage(stderr);
		exit(EXIT_USAGE);
	}
}

static void signal_ready(struct op *op, int res, uint32_t flags)
{
	char error[512];

	(void)flags;
	if (res != sizeof(signal_info)) {
		log_err("signalfd: %s", strerror(res < 0 ? -res : EIO));
		loop_stop();
		return;
	}
	if (signal_info.ssi_signo == SIGHUP) {
		log_reopen();
		log_notice("log reopened");
		reload(error, sizeof(error));
		loop_read(op, signal_fd, &signal_info, sizeof(signal_info));
		return;
	}
	log_notice("signal %u: stopping", signal_info.ssi_signo);
	loop_stop();
}

static int signals_start(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (signal_fd < 0)
		return -errno;
	signal_op.fn = signal_ready;
	loop_read(&signal_op, signal_fd, &signal_info, sizeof(signal_info));
	return 0;
}

/* Every client is a descriptor. */
static void raise_nofile(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		return;
	lim.rlim_cur = lim.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim))
		log_warn("cannot raise the descriptor limit: %s",
			 strerror(errno));
}

/*
 * The kernel clears a huge page in one go, with everybody else on that CPU
 * waiting; and it makes them by itself of memory that has been there for long.
 */
static void refuse_huge_pages(void)
{
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		log_warn("PR_SET_THP_DISABLE: %s", strerror(errno));
}

static int write_pid_file(void)
{
	FILE *f;

	if (!config.pid_file)
		return 0;
	f = fopen(config.pid_file, "we");
	if (!f) {
		log_err("%s: %s", config.pid_file, strerror(errno));
		return -1;
	}
	fprintf(f, "%d\n", (int)getpid());
	if (fclose(f)) {
		log_err("%s: %s", config.pid_file, strerror(errno));
		return -1;
	}
	return 0;
}

static void end_of_turn(void)
{
	fan_outs_run();
	client_inputs_run();
	datapath_end_of_turn();
	store_end_of_turn();
	clients_flush(false);
}

static void broker_init(void)
{
	hash_init();
	subs_init();
	sessions_init();
	retain_init();
	route_init();
}

static void broker_exit(void)
{
	sys_stop();
	fan_outs_finish();
	clients_farewell();
	/* With the data path, the kernel's side of all conns goes at once. */
	datapath_stop();
	tls_stop();
	clients_close_all();
	tls_exit();
	auth_exit();
	peers_exit();
	store_stop();
	sessions_exit();
	rights_exit();
	route_exit();
	retain_exit();
	subs_exit();
	delivery_exit();
	outq_exit();
	messages_exit();
	timers_free();
}

/* Everything that may fail at start, in order; nothing is undone on failure. */
static int broker_start(void)
{
	int rc;

	raise_nofile();
	refuse_huge_pages();
	rc = loop_init();
	if (rc) {
		log_err("io_uring: %s", strerror(-rc));
		return -1;
	}
	rc = signals_start();
	if (rc) {
		log_err("signalfd: %s", strerror(-rc));
		return -1;
	}
	if (store_start())
		return -1;
	if (datapath_start(config.datapath))
		return -1;
	if (auth_start() || rights_start())
		return -1;
	if (tls_start())
		return -1;
	if (listeners_open())
		return -1;
	if (control_open(config.control_socket))
		return -1;
	if (write_pid_file())
		return -1;
	if (privs_drop(config.user ? config.user : DEFAULT_USER, config.user,
		       config.datapath != CONF_DATAPATH_USER))
		return -1;
	rc = config.seccomp ? syscall_filter_start() : 0;
	if (rc) {
		log_err("seccomp: %s", strerror(-rc));
		return -1;
	}
	return 0;
}

static int broker_run(void)
{
	int rc;

	privs_limit(config.datapath != CONF_DATAPATH_USER);
	broker_init();
	if (broker_start())
		return EXIT_RUNTIME;
	log_notice("mqttd " MQTTD_VERSION " started, datapath %s",
		   datapath_name());
	notify_systemd("READY=1");
	sys_start();
	rc = loop_run(end_of_turn);
	if (rc)
		log_err("io_uring: %s", strerror(-rc));
	notify_systemd("STOPPING=1");
	listeners_close();
	control_close();
	broker_exit();
	loop_exit();
	close(signal_fd);
	if (config.pid_file)
		unlink(config.pid_file);
	log_notice("stopped");
	return rc ? EXIT_RUNTIME : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	int rc;

	parse_options(argc, argv, &o);
	conf_init(&config);
	if (o.file && conf_read(&config, o.file)) {
		fprintf(stderr, "%s\n", config.error);
		conf_free(&config);
		return EXIT_CONFIG;
	}
	if (conf_finish(&config, o.port)) {
		fprintf(stderr, "%s\n", config.error);
		conf_free(&config);
		return EXIT_CONFIG;
	}
	if (o.verbose)
		config.log_types = LOG_T_ALL;
	if (o.test) {
		printf("%s: configuration is valid\n",
		       o.file ? o.file : "defaults");
		conf_free(&config);
		return EXIT_SUCCESS;
	}
	log_style(config.log_timestamp ? config.log_timestamp_format : NULL,
		  config.log_facility);
	rc = log_open(config.log_types, config.log_dests, config.log_file);
	if (rc) {
		fprintf(stderr, "mqttd: %s: %s\n", config.log_file,
			strerror(-rc));
		conf_free(&config);
		return EXIT_RUNTIME;
	}
	rc = broker_run();
	log_close();
	conf_free(&config);
	return rc;
}
