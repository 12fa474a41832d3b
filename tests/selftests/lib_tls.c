// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "lib_sock.h"
#include "lib_tls.h"
#include "lib_world.h"

#ifndef SOL_TLS
#define SOL_TLS	282
#endif

struct tls_kind tls_kind_default(void)
{
	return (struct tls_kind){ TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_128 };
}

void tls_ulp(int fd)
{
	if (setsockopt(fd, SOL_TCP, TCP_ULP, "tls", sizeof("tls")))
		die("TCP_ULP: %m");
}

void tls_key(int fd, struct tls_kind kind, int direction, int from_client)
{
	union {
		struct tls_crypto_info info;
		struct tls12_crypto_info_aes_gcm_128 gcm;
		struct tls12_crypto_info_chacha20_poly1305 chacha;
	} crypto = { .info = { .version = kind.version, .cipher_type = kind.cipher } };
	socklen_t len = sizeof(crypto.gcm);
	int fill = from_client ? 0x51 : 0x23;

	if (kind.cipher == TLS_CIPHER_CHACHA20_POLY1305) {
		memset(crypto.chacha.iv, fill, sizeof(crypto.chacha.iv));
		memset(crypto.chacha.key, fill + 1, sizeof(crypto.chacha.key));
		len = sizeof(crypto.chacha);
	} else {
		memset(crypto.gcm.salt, fill, sizeof(crypto.gcm.salt));
		memset(crypto.gcm.iv, fill + 1, sizeof(crypto.gcm.iv));
		memset(crypto.gcm.key, fill + 2, sizeof(crypto.gcm.key));
	}
	if (setsockopt(fd, SOL_TLS, direction, &crypto, len))
		die("kTLS of version %#x with cipher %u: %m", kind.version, kind.cipher);
}

void tls_start_server(struct tcp *t, struct tls_kind kind)
{
	tls_ulp(t->s);
	tls_key(t->s, kind, TLS_TX, 0);
	tls_key(t->s, kind, TLS_RX, 1);
}

void tls_start(struct tcp *t, struct tls_kind kind)
{
	tls_start_server(t, kind);
	tls_ulp(t->c);
	tls_key(t->c, kind, TLS_TX, 1);
	tls_key(t->c, kind, TLS_RX, 0);
}

void tls_send_record(int fd, uint8_t type, const void *p, size_t len)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(1)];
	} control = {};
	struct iovec iov = { (void *)p, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	control.hdr.cmsg_level = SOL_TLS;
	control.hdr.cmsg_type = TLS_SET_RECORD_TYPE;
	control.hdr.cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(&control.hdr) = type;
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) != (ssize_t)len)
		die("sendmsg of a record of type %u: %m", type);
}

ssize_t tls_recv_record(int fd, void *p, size_t len, uint8_t *type)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(1)];
	} control = {};
	struct iovec iov = { p, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	/* The TLS of 6.1 may say POLLIN and have no whole record. */
	do {
		sock_wait(fd, POLLIN);
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
	} while (n < 0 && errno == EAGAIN);
	if (n < 0)
		return -errno;
	*type = 0;
	if (msg.msg_controllen && control.hdr.cmsg_level == SOL_TLS &&
	    control.hdr.cmsg_type == TLS_GET_RECORD_TYPE)
		*type = *CMSG_DATA(&control.hdr);
	return n;
}
