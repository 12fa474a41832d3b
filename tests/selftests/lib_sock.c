// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib_sock.h"
#include "lib_tls.h"
#include "lib_world.h"

static void set_buf(int fd, int option, int value)
{
	if (value && setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value)))
		die("setsockopt: %m");
}

static void set_nodelay(int fd)
{
	int one = 1;

	if (setsockopt(fd, SOL_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("TCP_NODELAY: %m");
}

void tcp_open(struct tcp *t, const struct tcp_options *o)
{
	static const struct tcp_options none;
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} addr = {};
	socklen_t len = sizeof(addr.v4);
	int listener;

	if (!o)
		o = &none;
	addr.sa.sa_family = o->family ?: AF_INET;
	if (addr.sa.sa_family == AF_INET6) {
		addr.v6.sin6_addr = in6addr_loopback;
		len = sizeof(addr.v6);
	} else {
		addr.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	listener = socket(addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	t->c = socket(addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || t->c < 0)
		die("socket: %m");
	set_buf(listener, SO_RCVBUF, o->server_rcvbuf);
	set_buf(listener, SO_SNDBUF, o->server_sndbuf);
	set_buf(t->c, SO_RCVBUF, o->client_rcvbuf);
	set_buf(t->c, SO_SNDBUF, o->client_sndbuf);
	if (bind(listener, &addr.sa, len) || listen(listener, 1) ||
	    getsockname(listener, &addr.sa, &len))
		die("listen: %m");
	if (connect(t->c, &addr.sa, len))
		die("connect: %m");
	t->s = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (t->s < 0)
		die("accept: %m");
	close(listener);
	set_nodelay(t->c);
	set_nodelay(t->s);
	if (o->tls)
		tls_start(t, tls_kind_default());
}

void tcp_close(struct tcp *t)
{
	if (t->c >= 0)
		close(t->c);
	if (t->s >= 0)
		close(t->s);
	t->c = -1;
	t->s = -1;
}

void sock_nonblock(int fd)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		die("O_NONBLOCK: %m");
}

void sock_reset(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		die("SO_LINGER: %m");
	close(fd);
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

short sock_wait(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&p, 1, PATIENCE);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		die("poll: %m");
	if (!n)
		die("descriptor %d: no event %#x in time", fd, events);
	return p.revents;
}

short sock_now(int fd)
{
	struct pollfd p = {
		.fd = fd,
		.events = POLLIN | POLLOUT | POLLRDHUP | POLLPRI,
	};

	if (poll(&p, 1, 0) < 0)
		die("poll: %m");
	return p.revents;
}

void sock_send(int fd, const void *p, size_t len)
{
	sock_send_pieces(fd, p, len, len);
}

void sock_send_pieces(int fd, const void *p, size_t len, size_t max)
{
	const char *c = p;

	while (len) {
		size_t n = max < len ? 1 + random_below(max) : len;
		ssize_t sent;

		if (n > len)
			n = len;
		sent = send(fd, c, n, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN) {
			sock_wait(fd, POLLOUT);
			continue;
		}
		if (sent <= 0)
			die("send on %d: %m", fd);
		c += sent;
		len -= sent;
	}
}

void sock_recv(int fd, void *p, size_t len)
{
	char *c = p;

	while (len) {
		ssize_t got;

		sock_wait(fd, POLLIN);
		got = recv(fd, c, len, MSG_DONTWAIT);
		if (got < 0 && errno == EAGAIN)
			continue;
		if (got < 0)
			die("recv on %d: %m", fd);
		if (!got)
			die("recv on %d: end, %zu bytes are missing", fd, len);
		c += got;
		len -= got;
	}
}

void sock_expect(int fd, const void *p, size_t len)
{
	uint8_t *got = malloc(len + 1);
	size_t i;

	if (!got)
		die("no memory");
	sock_recv(fd, got, len);
	for (i = 0; i < len; i++)
		if (got[i] != ((const uint8_t *)p)[i])
			die("descriptor %d: byte %zu of %zu is %#x instead of %#x", fd, i, len,
			    got[i], ((const uint8_t *)p)[i]);
	free(got);
}

void sock_expect_eof(int fd)
{
	char c;
	ssize_t got;

	sock_wait(fd, POLLIN);
	got = recv(fd, &c, 1, MSG_DONTWAIT);
	if (got < 0)
		die("descriptor %d: %m instead of the end", fd);
	if (got)
		die("descriptor %d: byte %#x instead of the end", fd, c);
}

int sock_recv_errno(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) < 0 ? errno : 0;
}

int sock_peek_errno(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK) < 0 ? errno : 0;
}

void buf_recv(struct buf *b, int fd)
{
	uint8_t room[4096];
	ssize_t n = recv(fd, room, sizeof(room), MSG_DONTWAIT);

	if (n > 0)
		buf_add(b, room, n);
}

uint32_t random_below(uint32_t n)
{
	static uint64_t state;

	if (!state) {
		const char *seed = getenv("SEED");

		state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 16 ^ getpid();
		state = state ?: 1;
		printf("# SEED=%llu\n", (unsigned long long)state);
		fflush(stdout);
	}
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return n ? (state >> 33) % n : 0;
}

static bool stream_done(const struct stream *s)
{
	return s->out_pos == s->out.len && s->in.len >= s->in_want;
}

static void stream_write(struct stream *s)
{
	size_t n = s->out.len - s->out_pos;
	ssize_t sent;

	if (s->piece && n > s->piece)
		n = 1 + random_below(s->piece);
	sent = send(s->fd, s->out.p + s->out_pos, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN)
		die("send on %d after %zu bytes: %m", s->fd, s->out_pos);
	if (sent > 0)
		s->out_pos += sent;
}

static void stream_read(struct stream *s)
{
	static uint8_t room[1 << 18];
	size_t n = s->read_max && s->read_max < sizeof(room) ? s->read_max : sizeof(room);
	ssize_t got = recv(s->fd, room, n, MSG_DONTWAIT);

	if (got < 0 && errno == EAGAIN)
		return;
	if (got < 0)
		die("recv on %d after %zu bytes: %m", s->fd, s->in.len);
	if (!got)
		die("descriptor %d: end after %zu of %zu bytes", s->fd, s->in.len, s->in_want);
	buf_add(&s->in, room, got);
}

void pump(struct stream *s, unsigned int n)
{
	struct pollfd *p = calloc(n, sizeof(*p));
	unsigned int i, left;
	int ready;

	if (!p)
		die("no memory");
	for (;;) {
		for (i = 0, left = 0; i < n; i++) {
			p[i].fd = stream_done(&s[i]) ? -1 : s[i].fd;
			p[i].events = (s[i].out_pos < s[i].out.len ? POLLOUT : 0) |
				      (s[i].in.len < s[i].in_want ? POLLIN : 0);
			left += p[i].fd >= 0;
		}
		if (!left)
			break;
		ready = poll(p, n, PATIENCE);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0) {
			for (i = 0; i < n; i++)
				if (p[i].fd >= 0)
					printf("# stuck: %u sent %zu of %zu, received %zu of %zu\n",
					       i, s[i].out_pos, s[i].out.len, s[i].in.len,
					       s[i].in_want);
			die("%u streams are stuck", left);
		}
		for (i = 0; i < n; i++) {
			if (p[i].revents & POLLOUT)
				stream_write(&s[i]);
			if (p[i].revents & ~POLLOUT)
				stream_read(&s[i]);
		}
	}
	free(p);
}
