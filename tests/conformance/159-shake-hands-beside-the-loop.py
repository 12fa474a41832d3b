#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Handshakes, good ones and garbage, wait for nothing that serves others, and others for none.

All threads but that of the event loop are stopped: what is answered now needs none of them.
"""

import ssl
import threading

from lib.case import *
from lib.threads import Stopped
from lib.tls import Authority, TlsClient, context, kind, status

TLS, TLS_WS = ('127.0.0.1', 8883), ('127.0.0.1', 8884)
HANDSHAKES, GARBAGE = 8, 100
ca = Authority()
server = ['%s %s' % item for item in ca.server().items()]
HELLO = b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'


class Handshake(threading.Thread):
    """A client that connects to a port with TLS, and publishes."""

    def __init__(self, number):
        super().__init__(daemon=True)
        self.number = number
        self.connected = threading.Event()
        self.error = None
        self.start()

    def run(self):
        try:
            client = TlsClient(TLS, 'tls%d' % self.number, context(ca))
            client.connect()
            client.publish('tls', str(self.number), 1)
            self.connected.set()
            client.close()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error


def garbage(b, number):
    """A connection that sends what is no handshake, or only the beginning of one."""
    client = b.raw(address=TLS_WS if number & 1 else TLS)
    client.send([bytes(600), HELLO + bytes(506), HELLO, b'GET / HTTP/1.1\r\n\r\n'][number // 2 % 4])
    return client, number // 2 % 4 != 2


def test(b):
    sub, pub = b.client(), b.client(kind=kind(ca), address=TLS)
    sub.subscribe(('t/#', 2), ('tls', 1))
    before = status(b, 'tls_failures')
    with Stopped(b.process.pid) as stopped:
        check(stopped.count, 'no threads')
        handshakes = [Handshake(n) for n in range(HANDSHAKES)]
        floods = [garbage(b, n) for n in range(GARBAGE)]
        for n in range(GARBAGE):
            pub.publish('t/%d' % n, 'served', n % 3)
            sub.expect_publish('t/%d' % n, 'served', n % 3)
            new = b.client()
            new.ping()
            new.disconnect()
        check(not any(h.connected.is_set() for h in handshakes), 'a handshake without a thread')
        equal(status(b, 'tls_failures'), before)
    for handshake in handshakes:
        handshake.join(TIMEOUT)
        if handshake.error:
            raise handshake.error
        check(handshake.connected.is_set(), 'a handshake takes too long')
    numbers = sorted(int(sub.expect_publish('tls', None, 1).payload) for _ in handshakes)
    equal(numbers, list(range(HANDSHAKES)))
    for client, bad in floods:
        if bad:
            client.expect_eof()
        else:
            client.close()
    pub.ping()


run(test, then=['listener 8883 127.0.0.1', *server, 'listener 8884 127.0.0.1',
                'protocol websockets', *server])
