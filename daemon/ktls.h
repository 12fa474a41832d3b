/* SPDX-License-Identifier: GPL-2.0 */
/* TLS in the kernel: sockets that encrypt and decrypt by themselves. */
#ifndef MQTTD_KTLS_H
#define MQTTD_KTLS_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Types of record, RFC 8446, 5.1. */
#define TLS_RECORD_ALERT	21
#define TLS_RECORD_HANDSHAKE	22
#define TLS_RECORD_DATA		23

struct msghdr;

/**
 * ktls_probe() - find out what this kernel can do
 *
 * Loads the modules that it takes, as long as there is the privilege to.
 *
 * Return: true when some cipher works in both directions.
 */
bool ktls_probe(void);

/**
 * ktls_prepare() - make a connection ready for the kernel's TLS
 * @fd: socket, on which nothing changes yet
 *
 * Return: 0 or -errno; -ENOTCONN when the other side has gone already.
 */
int ktls_prepare(int fd);

/**
 * ktls_switch() - have the kernel encrypt and decrypt from here on
 * @fd: prepared socket
 * @session: session on it, its handshake done
 *
 * Return: 0; 1 when the session can only go on as it is; -errno when the
 * connection cannot go on at all.
 */
int ktls_switch(int fd, gnutls_session_t session);

/**
 * ktls_recv() - receive what may not be data
 * @fd: socket
 * @buf: for the bytes
 * @size: their number at most
 * @type: set to the type of the record
 *
 * Return: their number, 0 at the end, or -errno; never waits.
 */
ssize_t ktls_recv(int fd, void *buf, size_t size, uint8_t *type);

/**
 * ktls_alert_msg() - make up the message that sends an alert
 * @msg: message with one piece, and room for a control message with a byte
 */
void ktls_alert_msg(struct msghdr *msg);

#endif /* MQTTD_KTLS_H */
