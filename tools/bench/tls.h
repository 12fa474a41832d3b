/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_TLS_H
#define BENCH_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct tls_target - how connections are secured
 * @cafile: certificates of authorities, PEM; %NULL for a connection without TLS
 * @host: what the server's certificate has to be for
 */
struct tls_target {
	const char *cafile;
	const char *host;
};

struct tls;

struct tls *tls_new(int fd, const struct tls_target *to);
int tls_handshake(struct tls *tls, bool *want_out);
ssize_t tls_send(struct tls *tls, const void *p, size_t len);
ssize_t tls_recv(struct tls *tls, void *p, size_t len);
const char *tls_error(const struct tls *tls);
void tls_free(struct tls *tls, bool bye);

#endif
