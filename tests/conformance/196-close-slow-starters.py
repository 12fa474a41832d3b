#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""On every kind of listener, who does not come to CONNECT in time is closed, alone."""

import os
import select
import ssl
import tempfile
import time

from lib.case import *
from lib.client import connect_to
from lib.control import control
from lib.tls import Authority, kind
from lib.websocket import Socket, WsClient, frame, request

# long enough for a handshake in a guest
TIME = int(2 * SCALE)
DIR = tempfile.mkdtemp(prefix='mqttd-slow-')
UNIX, WS, TLS = DIR + '/mqtt.sock', ('127.0.0.1', 8080), ('127.0.0.1', 8883)
ca = Authority()
# a CONNECT of 5.0 with properties without an end, and a request with such a field
LONG = b'\x10\xff\x7f\x00\x04MQTT\x05\x02\x00\x3c\xf0\x7f' + b'\x26\x00\x01a\x00\x01b' * 1000
HELLO = b'\x16\x03\x01\x3f\x00\x01\x00\x3e\xfc\x03\x03' + bytes(4000)


class Slow:
    """A connection that sends a byte now and then, or nothing."""

    def __init__(self, address, begin=b'', drip=b'', wrap=lambda data: data, websocket=False):
        self.began = time.monotonic()
        self.sock = connect_to(address)
        self.out = Socket(self.sock).sock if websocket else self.sock
        self.wrap = wrap
        self.out.sendall(begin)
        self.drip = iter(drip)

    def fileno(self):
        return self.sock.fileno()

    def go_on(self):
        for byte in self.drip:
            try:
                self.sock.sendall(self.wrap(bytes([byte])))
            except (BrokenPipeError, ConnectionResetError):
                pass
            break

    def closed(self):
        """To be called when it is readable."""
        try:
            return not self.sock.recv(4096)
        except ConnectionResetError:
            return True


def test(b):
    good = [b.client(), b.client(address=UNIX), b.client(kind=WsClient, address=WS),
            b.client(kind=kind(ca), address=TLS)]
    before = control(b, cmd='limits')['limits']['connect_timeouts']
    slow = []
    for address in (b.address, UNIX):
        slow += [Slow(address), Slow(address, b'\x10'), Slow(address, LONG[:20]),
                 Slow(address, b'', LONG)]
    slow += [Slow(WS), Slow(WS, b'GET / HT'), Slow(WS, request()[:-2]),
             Slow(WS, b'GET / HTTP/1.1\r\n', b'X: ' + b'x' * 8000),
             Slow(WS, websocket=True), Slow(WS, frame(LONG[:20]), websocket=True),
             Slow(WS, frame(LONG[:20])[:9], websocket=True),
             Slow(WS, b'', LONG, frame, websocket=True)]
    # a ClientHello that does not end
    slow += [Slow(TLS), Slow(TLS, b'\x16'), Slow(TLS, HELLO[:9]), Slow(TLS, b'', HELLO)]
    other = b.raw(kind=kind(ca), address=TLS)
    count = len(slow)
    rounds = 0
    while slow:
        for client in select.select(slow, [], [], 0.02)[0]:
            if client.closed():
                took = time.monotonic() - client.began
                check(took > 0.9 * TIME, 'closed after %.2f s' % took)
                slow.remove(client)
        for client in slow:
            client.go_on()
        for client in good:
            client.ping()
        # while none of them has been given up yet
        rounds += len(slow) == count
        check(not slow or time.monotonic() - slow[0].began < TIMEOUT,
              '%d are still connected' % len(slow))
    try:
        other.expect_close()
    except ssl.SSLError as error:
        # who is late is not told
        equal(error.reason, 'UNEXPECTED_EOF_WHILE_READING')
    check(rounds, 'others had to wait')
    equal(control(b, cmd='limits')['limits']['connect_timeouts'] - before, count + 1)
    b.terminate()
    os.rmdir(DIR)


run(test, connect_timeout=TIME,
    then=['listener 0 ' + UNIX, 'listener 8080 127.0.0.1', 'protocol websockets',
          'listener 8883 127.0.0.1'] +
    ['%s %s' % item for item in ca.server().items()])
