// SPDX-License-Identifier: GPL-2.0
#include "listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "conf.h"
#include "list.h"
#include "log.h"
#include "loop.h"
#include "peer.h"
#include "stats.h"
#include "timer.h"
#include "unix_socket.h"
#include "util.h"

#define LISTEN_BACKLOG	4096
#define RETRY_MS	100
/*
 * A broker that was killed holds its ports until the kernel has taken its
 * io_uring apart, some milliseconds; this is for a machine under load.
 */
#define BIND_WAIT_MS	5000
#define BIND_RETRY_MS	20

/**
 * struct listener - a listening socket
 * @node: in the list of all
 * @op: multishot accept
 * @retry: accepts again after a failure
 * @conf: what it is configured to be
 * @fd: the socket
 */
struct listener {
	struct list_head node;
	struct op op;
	struct timer retry;
	struct conf_listener *conf;
	int fd;
};

static LIST_HEAD(listeners);

static void listener_retry(struct timer *timer)
{
	struct listener *l = container_of(timer, struct listener, retry);

	loop_accept(&l->op, l->fd);
}

/* Why no more clients are taken, NULL if some are. */
static const char *listener_full(const struct listener *l)
{
	if (config.global_max_connections >= 0 &&
	    clients_count() >= config.global_max_connections)
		return "global_max_connections";
	if (l->conf->max_connections >= 0 &&
	    l->conf->connections >= l->conf->max_connections)
		return "max_connections";
	return NULL;
}

/* Returns false for a connection that its address has no right to. */
static bool listener_admit(int fd, struct peer **peer)
{
	switch (peer_accepted(fd, loop_now(), peer)) {
	case PEER_TOO_MANY:
		stats.connections_per_address_refused++;
		return false;
	case PEER_TOO_FAST:
		stats.connect_rate_refused++;
		return false;
	default:
		return true;
	}
}

static void listener_new_client(struct listener *l, int fd)
{
	struct peer *peer;
	const char *full;

	/* not worth a line of the log each */
	if (!listener_admit(fd, &peer)) {
		close(fd);
		return;
	}
	full = listener_full(l);
	if (full) {
		stats.connections_refused++;
		log_info("connection refused: %s reached", full);
	} else {
		stats.connections++;
	}
	client_new(fd, l->conf, peer, full);
}

static void listener_accepted(struct op *op, int res, uint32_t flags)
{
	struct listener *l = container_of(op, struct listener, op);

	if (res >= 0)
		listener_new_client(l, res);
	else if (res == -ECANCELED)
		return;
	else if (res != -ECONNABORTED && res != -EINTR && res != -EAGAIN)
		log_warn("accept: %s", strerror(-res));
	if (loop_more(flags))
		return;
	/* Out of descriptors, for one: wait for some to be closed. */
	if (res < 0)
		timer_arm(&l->retry, loop_now() + RETRY_MS);
	else
		loop_accept(&l->op, l->fd);
}

static int set_option(int fd, int level, int option)
{
	int one = 1;

	return setsockopt(fd, level, option, &one, sizeof(one));
}

static int bind_interface(int fd, const char *name)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, strlen(name));
}

static int listener_socket(const struct addrinfo *ai, const char *interface)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC,
			ai->ai_protocol);
	int err;

	if (fd < 0)
		return -errno;
	if (set_option(fd, SOL_SOCKET, SO_REUSEADDR) ||
	    (ai->ai_family == AF_INET6 &&
	     set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY)) ||
	    /* accepted sockets inherit it */
	    (config.set_tcp_nodelay &&
	     set_option(fd, IPPROTO_TCP, TCP_NODELAY)) ||
	    (interface && bind_interface(fd, interface)) ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) ||
	    listen(fd, LISTEN_BACKLOG)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* Returns false when the broker is told to stop meanwhile. */
static bool wait_ms(unsigned int ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000l };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	return sigtimedwait(&set, NULL, &ts) < 0;
}

static int listener_try(const struct conf_listener *conf,
			const struct addrinfo *ai)
{
	if (conf->path)
		return unix_listen(conf->path, 0, LISTEN_BACKLOG);
	return listener_socket(ai, conf->bind_interface);
}

/* Before the event loop runs, so waiting here keeps nobody waiting. */
static int listener_wait(const struct conf_listener *conf,
			 const struct addrinfo *ai)
{
	unsigned int left = BIND_WAIT_MS;
	int fd = listener_try(conf, ai);

	if (fd == -EADDRINUSE && conf->path)
		log_warn("listener %s: %s: trying for %u s", conf->path,
			 strerror(EADDRINUSE), BIND_WAIT_MS / 1000);
	else if (fd == -EADDRINUSE)
		log_warn("listener port %u: %s: trying for %u s", conf->port,
			 strerror(EADDRINUSE), BIND_WAIT_MS / 1000);
	while (fd == -EADDRINUSE && left) {
		if (!wait_ms(BIND_RETRY_MS))
			return -EINTR;
		left -= BIND_RETRY_MS;
		fd = listener_try(conf, ai);
	}
	return fd;
}

static void listener_add(struct conf_listener *conf, int fd)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	l->conf = conf;
	l->fd = fd;
	l->op.fn = listener_accepted;
	l->retry.fn = listener_retry;
	list_add_tail(&l->node, &listeners);
	loop_accept(&l->op, fd);
}

static int listener_open_unix(struct conf_listener *conf)
{
	int fd = listener_wait(conf, NULL);
	char user[64];

	if (fd < 0) {
		log_err("listener %s: %s", conf->path, strerror(-fd));
		return -1;
	}
	/* what looks users up is loaded now, before privileges are dropped */
	if (conf->use_peercred_as_username)
		unix_user_name(geteuid(), user, sizeof(user));
	listener_add(conf, fd);
	log_notice("listening on %s", conf->path);
	return 1;
}

/* Returns the number of sockets opened, -1 after an error that matters. */
static int listener_open(struct conf_listener *conf)
{
	struct addrinfo hints = {
		.ai_family = conf->socket_domain,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE,
	};
	const char *address = conf->address ? conf->address : "*";
	struct addrinfo *list, *ai;
	char port[8];
	int opened = 0;
	int rc;

	snprintf(port, sizeof(port), "%u", conf->port);
	rc = getaddrinfo(conf->address, port, &hints, &list);
	if (rc) {
		log_err("listener %s port %s: %s", address, port,
			gai_strerror(rc));
		return -1;
	}
	for (ai = list; ai; ai = ai->ai_next) {
		int fd = listener_wait(conf, ai);

		if (fd >= 0) {
			listener_add(conf, fd);
			log_notice("listening on %s port %s (IPv%d)", address,
				   port, ai->ai_family == AF_INET ? 4 : 6);
			opened++;
			continue;
		}
		/* a machine may well have no IPv6 */
		if (ai->ai_family == AF_INET6 &&
		    (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL))
			continue;
		log_err("listener %s port %s: %s", address, port,
			strerror(-fd));
		opened = -1;
		break;
	}
	freeaddrinfo(list);
	return opened;
}

int listeners_open(void)
{
	struct conf_listener *conf;
	int total = 0;

	list_for_each_entry(conf, &config.listeners, node) {
		int opened = conf->path ? listener_open_unix(conf) :
					  listener_open(conf);

		if (opened < 0)
			return -1;
		total += opened;
	}
	if (!total) {
		log_err("no address to listen on");
		return -1;
	}
	return 0;
}

void listeners_close(void)
{
	struct listener *l, *tmp;

	list_for_each_entry_safe(l, tmp, &listeners, node) {
		timer_cancel(&l->retry);
		list_del_init(&l->node);
		close(l->fd);
		if (l->conf->path)
			unlink(l->conf->path);
		free(l);
	}
}
