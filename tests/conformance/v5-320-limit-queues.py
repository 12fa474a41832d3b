#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.1-5
"""The limits of queues and retained messages hold for 5.0, and are counted."""

import json
import socket as sockets

from lib.case5 import *

SIZE = 1000
KEPT = [(SESSION_EXPIRY, 60)]


def ask(b, command, **more):
    """What the daemon tells mqttctl."""
    with sockets.socket(sockets.AF_UNIX) as sock:
        sock.connect(b.dir + '/control.sock')
        sock.sendall(json.dumps({'cmd': command, **more}).encode() + b'\n')
        return json.loads(sock.makefile().readline())


def queues(b, pub):
    """Five messages or so many bytes, whichever comes first; nobody is refused."""
    for name in ('few', 'long'):
        client = b.client5(name, props=KEPT)
        client.subscribe((name, 1))
        client.disconnect()
    before = ask(b, 'status')['publish_dropped']
    for n in range(12):
        pub.publish('few', '%d' % n, 1 + n % 2, code=0, props=[(CONTENT_TYPE, 'x')])
        pub.publish('long', bytes(SIZE), 1, code=0)
    for name, kept in (('few', 5), ('long', 3)):
        told = ask(b, 'client', id=name)['clients'][0]
        equal((told['queued'], told['dropped']), (kept, 12 - kept))
        client = b.client5(name, 1, clean=False, props=KEPT)
        for n in range(kept):
            got = client.expect_publish(name, None, 1)
            if name == 'few':
                equal(got.payload, b'%d' % n)
        client.sync()
        check(not client.pending, 'more than the limit')
    equal(ask(b, 'status')['publish_dropped'] - before, 7 + 9)


def retained(b, pub):
    """Acknowledged and delivered, but not retained."""
    live = b.client5()
    live.subscribe('r/#')
    for n in range(6):
        pub.publish('r/%d' % n, 'x', 1, True, code=0)
        live.expect_publish('r/%d' % n, 'x')
    pub.publish('r/1', bytes(200), 1, True, code=0)
    live.expect_publish('r/1', bytes(200))
    status = ask(b, 'status')
    equal((status['retained_dropped'], status['retained_bytes']), (3, 3))
    late = b.client5()
    late.subscribe('r/#')
    late.sync()
    equal(sorted(m.topic for m in late.pending), ['r/0', 'r/2', 'r/3'])


def test(b):
    pub = b.client5()
    queues(b, pub)
    retained(b, pub)


run(test, max_queued_messages=5, max_queued_bytes=2 * SIZE + 1,
    max_inflight_messages=20, retained_messages_max=4, retained_bytes_max=100)
