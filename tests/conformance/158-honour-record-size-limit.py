#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Clients that limit the size of records (record_size_limit, RFC 8449) get no longer ones."""

import functools

from lib.case import *
from lib.gnutls import GnutlsClient
from lib.tls import Authority, SERVED, kind, shown

ca = Authority()
BIG = bytes(range(97, 123)) * 300
SMALL = 200
# What encryption with AES-GCM adds: a tag, and in 1.2 a part of the nonce.
ADDED = {2: 8 + 16, 3: 16}
# The least of RFC 8449, what GnuTLS takes for the least, and one that is no power of two.
LIMITS = (64, 512, 777)


def check_records(client, version, limit, least):
    sizes = client.sock.encrypted()
    # of TLS 1.3 the type of a record is encrypted, too, and counts
    longest = limit + ADDED[version] + (version == 3)
    check(max(sizes) <= longest, 'limit %d: a record of %d bytes' % (limit, max(sizes)))
    check(len(sizes) >= least, '%d records, want %d' % (len(sizes), least))
    return max(sizes) == longest


def exchange(b, sender, version, limit):
    priority = 'NORMAL:-VERS-ALL:+VERS-TLS1.%d:%%ALLOW_SMALL_RECORDS' % version
    name = '%d-%d' % (version, limit)
    client = b.client(name, kind=functools.partial(GnutlsClient, priority=priority, limit=limit))
    equal(shown(b, client), 'tls 1.%d %s' % (version, SERVED))
    # of 1.3 also the certificate
    if client.sock.records:
        check_records(client, version, limit, 0)
    client.subscribe((name, 1))
    for qos in (0, 1):
        sender.publish(name, 'first', qos)
        client.expect_publish(name, 'first', qos)
        client.sock.encrypted()
        # one that has to be cut, and many that would fit into one record
        sender.publish(name, BIG, qos)
        client.expect_publish(name, BIG, qos)
        check(check_records(client, version, limit, len(BIG) // limit), 'none is of full length')
        sender.send(*(publish(name, b'%d' % n, qos, n + 1 if qos else None) for n in range(SMALL)))
        for n in range(SMALL):
            client.expect_publish(name, b'%d' % n, qos)
        check_records(client, version, limit, SMALL * 8 // limit)
        for n in range(SMALL * qos):
            sender.wait(PUBACK, n + 1)
    # the other way records may be longer
    client.publish('up', BIG, 1)
    sender.expect_publish('up', BIG, 1)
    client.ping()
    client.disconnect()


def test(b):
    sender = b.client(kind=kind(ca))
    sender.subscribe(('up', 1))
    for version in (2, 3):
        for limit in LIMITS:
            exchange(b, sender, version, limit)


run(test, **ca.server())
