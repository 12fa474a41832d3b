#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TLS 1.2 and 1.3 carry packets of any size and in any pieces, with every cipher."""

import ssl

from lib.case import *
from lib.tls import Authority, SERVED, kind, shown, status

ca = Authority()
RSA = ('127.0.0.1', 1884)
rsa = ca.server('rsa', rsa=True)
BIG = bytes(range(256)) * 1024
CIPHERS = ('ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384',
           'ECDHE-ECDSA-CHACHA20-POLY1305')


def exchange(client, other):
    for qos in range(3):
        client.publish('a/%d' % qos, 'over tls', qos)
        other.expect_publish('a/%d' % qos, 'over tls', qos)
        other.publish('b/%d' % qos, 'the other way', qos)
        client.expect_publish('b/%d' % qos, 'the other way', qos)
    client.publish('a/big', BIG, 1)
    other.expect_publish('a/big', BIG, 1)
    other.publish('b/big', BIG, 1)
    client.expect_publish('b/big', BIG, 1)


def pieces(client):
    return (connect(client.client_id), subscribe(1, ('c', 0)), publish('c', 'own', 1, 2), pingreq())


def answered(client):
    client.expect_connack(0, 0)
    client.wait(SUBACK, 1)
    client.wait(PUBACK, 2)
    client.wait(PINGRESP)
    client.expect_publish('c', 'own')
    client.disconnect()


def test(b):
    before = status(b, 'tls_handshakes')
    other = b.client(kind=kind(ca))
    other.subscribe(('a/#', 2))
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        client = b.client(kind=kind(ca, version=version))
        name = version.name[-1]
        equal(shown(b, client), 'tls 1.%s %s' % (name, SERVED))
        client.subscribe(('b/#', 2))
        exchange(client, other)

        # all in one write, and each byte in a record of its own
        client = b.raw(kind=kind(ca, version=version))
        client.send(*pieces(client))
        answered(client)
        client = b.raw(kind=kind(ca, version=version))
        client.send_bytewise(b''.join(pieces(client)))
        answered(client)
    for cipher in CIPHERS:
        client = b.client(kind=kind(ca, version=ssl.TLSVersion.TLSv1_2, ciphers=cipher))
        equal(client.sock.cipher()[0], cipher)
        client.subscribe(('b/#', 2))
        exchange(client, other)
        client.disconnect()
        cipher = cipher.replace('ECDSA', 'RSA')
        client = b.client(kind=kind(ca, version=ssl.TLSVersion.TLSv1_2, ciphers=cipher),
                          address=RSA)
        equal(client.sock.cipher()[0], cipher)
        client.ping()
    equal(status(b, 'tls_handshakes') - before, 13)
    equal(status(b, 'tls_kernel' if SERVED == 'ktls' else 'tls_daemon') - before, 13)


run(test, **ca.server(), then=['listener 1884 127.0.0.1', 'certfile ' + rsa['certfile'],
                               'keyfile ' + rsa['keyfile']])
