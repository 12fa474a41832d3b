// SPDX-License-Identifier: GPL-2.0
#include "ktls.h"

#include <errno.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "list.h"
#include "log.h"

#ifndef SOL_TLS
#define SOL_TLS	282
#endif

/**
 * struct cipher - a cipher that the kernel may have
 * @type: the kernel's number for it
 * @algorithm: GnuTLS's
 * @size: of the kernel's struct for its keys
 * @salt: bytes of the implicit nonce that it calls salt
 * @iv: bytes that it calls iv
 * @key: bytes of the key
 */
struct cipher {
	uint16_t type;
	gnutls_cipher_algorithm_t algorithm;
	socklen_t size;
	uint8_t salt;
	uint8_t iv;
	uint8_t key;
};

static const struct cipher ciphers[] = {
	{ TLS_CIPHER_AES_GCM_128, GNUTLS_CIPHER_AES_128_GCM,
	  sizeof(struct tls12_crypto_info_aes_gcm_128), 4, 8, 16 },
	{ TLS_CIPHER_AES_GCM_256, GNUTLS_CIPHER_AES_256_GCM,
	  sizeof(struct tls12_crypto_info_aes_gcm_256), 4, 8, 32 },
	{ TLS_CIPHER_AES_CCM_128, GNUTLS_CIPHER_AES_128_CCM,
	  sizeof(struct tls12_crypto_info_aes_ccm_128), 4, 8, 16 },
	{ TLS_CIPHER_CHACHA20_POLY1305, GNUTLS_CIPHER_CHACHA20_POLY1305,
	  sizeof(struct tls12_crypto_info_chacha20_poly1305), 0, 12, 32 },
};

/*
 * All the kernel's structs have the same members in the same order, of
 * different sizes: info, iv, key, salt, rec_seq.
 */
union crypto_info {
	struct tls_crypto_info info;
	struct tls12_crypto_info_aes_gcm_256 gcm;
	struct tls12_crypto_info_chacha20_poly1305 chacha;
	uint8_t bytes[64];
};

#define REC_SEQ_SIZE	8

/* Bit n for ciphers[n], by version: 1.2 and 1.3. */
static unsigned int usable[2];

static void make_info(union crypto_info *info, const struct cipher *cipher,
		      bool tls13)
{
	memset(info, 0, sizeof(*info));
	info->info.version = tls13 ? TLS_1_3_VERSION : TLS_1_2_VERSION;
	info->info.cipher_type = cipher->type;
}

int ktls_prepare(int fd)
{
	return setsockopt(fd, SOL_TCP, TCP_ULP, "tls", sizeof("tls")) ?
	       -errno : 0;
}

/* Two ends of a connection to ourselves. */
static int make_pair(int fds[2])
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	fds[0] = -1;
	fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && fds[1] >= 0 &&
	    !bind(fd, (struct sockaddr *)&sin, sizeof(sin)) &&
	    !listen(fd, 1) &&
	    !getsockname(fd, (struct sockaddr *)&sin, &len) &&
	    !connect(fds[1], (struct sockaddr *)&sin, sizeof(sin)))
		fds[0] = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	if (fds[0] >= 0)
		return 0;
	if (fds[1] >= 0)
		close(fds[1]);
	return -1;
}

static bool probe_cipher(const struct cipher *cipher, bool tls13)
{
	union crypto_info info;
	bool good;
	int fds[2];

	if (make_pair(fds))
		return false;
	make_info(&info, cipher, tls13);
	good = !ktls_prepare(fds[0]) &&
	       !setsockopt(fds[0], SOL_TLS, TLS_TX, &info, cipher->size) &&
	       !setsockopt(fds[0], SOL_TLS, TLS_RX, &info, cipher->size);
	close(fds[0]);
	close(fds[1]);
	return good;
}

bool ktls_probe(void)
{
	unsigned int version;
	size_t i;

	for (version = 0; version < 2; version++) {
		usable[version] = 0;
		for (i = 0; i < ARRAY_SIZE(ciphers); i++) {
			if (probe_cipher(&ciphers[i], version))
				usable[version] |= 1u << i;
		}
	}
	return usable[0] || usable[1];
}

static int set_keys(int fd, gnutls_session_t session, bool receive,
		    const struct cipher *cipher, bool tls13)
{
	gnutls_datum_t mac, iv, key;
	unsigned char seq[REC_SEQ_SIZE];
	union crypto_info info;
	uint8_t *p = info.bytes + sizeof(info.info);
	bool explicit_iv = cipher->salt && !tls13;
	int rc = 0;

	if (gnutls_record_get_state(session, receive, &mac, &iv, &key, seq) ||
	    key.size != cipher->key ||
	    iv.size != (explicit_iv ? cipher->salt :
			(unsigned int)cipher->salt + cipher->iv))
		return -EINVAL;
	make_info(&info, cipher, tls13);
	/* the nonce in the record is its number for GnuTLS, too */
	memcpy(p, explicit_iv ? seq : iv.data + cipher->salt, cipher->iv);
	p += cipher->iv;
	memcpy(p, key.data, cipher->key);
	p += cipher->key;
	memcpy(p, iv.data, cipher->salt);
	p += cipher->salt;
	memcpy(p, seq, REC_SEQ_SIZE);
	if (setsockopt(fd, SOL_TLS, receive ? TLS_RX : TLS_TX, &info,
		       cipher->size))
		rc = -errno;
	explicit_bzero(&info, sizeof(info));
	return rc;
}

int ktls_switch(int fd, gnutls_session_t session)
{
	bool tls13 = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3;
	gnutls_cipher_algorithm_t algorithm = gnutls_cipher_get(session);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ciphers); i++) {
		if (ciphers[i].algorithm == algorithm &&
		    usable[tls13] & 1u << i)
			break;
	}
	/* what was decrypted already cannot be given back to the socket */
	if (i == ARRAY_SIZE(ciphers) || gnutls_record_check_pending(session))
		return 1;
	if (set_keys(fd, session, false, &ciphers[i], tls13))
		return 1;
	return set_keys(fd, session, true, &ciphers[i], tls13);
}

ssize_t ktls_recv(int fd, void *buf, size_t size, uint8_t *type)
{
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	union {
		struct cmsghdr header;
		uint8_t room[CMSG_SPACE(sizeof(uint8_t))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);
	struct cmsghdr *cmsg;

	if (n < 0)
		return -errno;
	*type = TLS_RECORD_DATA;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_level == SOL_TLS &&
	    cmsg->cmsg_type == TLS_GET_RECORD_TYPE)
		*type = *CMSG_DATA(cmsg);
	return n;
}

void ktls_alert_msg(struct msghdr *msg)
{
	struct cmsghdr *cmsg = msg->msg_control;

	cmsg->cmsg_level = SOL_TLS;
	cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
	cmsg->cmsg_len = CMSG_LEN(sizeof(uint8_t));
	*CMSG_DATA(cmsg) = TLS_RECORD_ALERT;
	msg->msg_controllen = cmsg->cmsg_len;
}
