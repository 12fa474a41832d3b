#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""max_publish_rate and max_publish_bytes: who publishes faster waits, and alone."""

import time

from lib.case import *
from lib.control import control
from lib.websocket import WsClient

WS = ('127.0.0.1', 8080)
RATE, BYTES = 100, 40000


def waits(b):
    """Times that somebody waited, of those who are attached in the kernel."""
    return (control(b, cmd='limits')['limits']['publish_rate_waits'] +
            (counters()['rate_waits'] if KERNEL else 0))


def flood(b, sub, pub, qos, count):
    """Far more than may come at once: all arrive, in order, and in time."""
    before = waits(b)
    start = time.monotonic()
    pub.send(*(publish('t', b'%d' % i, qos, i + 1 if qos else None) for i in range(count)))
    other = b.client()
    for i in range(RATE // 2):
        other.publish('other', b'%d' % i)
    for i in range(RATE // 2):
        sub['other'].expect_publish('other', b'%d' % i)
    other.disconnect()
    for i in range(count):
        sub['t'].expect_publish('t', b'%d' % i, qos)
        if qos:
            pub.expect(PUBACK, i + 1)
    check(time.monotonic() - start > 0.9 * (count - RATE) / RATE, 'faster than the limit')
    check(waits(b) > before, 'it never waited')


def test(b):
    sub = {name: b.client() for name in ('t', 'other', 'large')}
    for name, client in sub.items():
        client.subscribe((name, 1))
    for qos, options in ((0, {'keepalive': 2}), (1, {}), (0, {'kind': WsClient, 'address': WS})):
        pub = b.client(**options)
        flood(b, sub, pub, qos, 2 * RATE)
        pub.send(publish('t', b'last'), pingreq())
        sub['t'].expect_publish('t', b'last')
        pub.expect(PINGRESP)
    # bytes: what is above them is paid for by the next message
    pub = b.client()
    start = time.monotonic()
    pub.send(publish('large', bytes(2 * BYTES)), publish('large', b'next'))
    sub['large'].expect_publish('large', bytes(2 * BYTES))
    sub['large'].expect_publish('large', b'next')
    check(time.monotonic() - start > 0.9, 'faster than the limit')
    # who goes away meanwhile is gone
    gone = b.client('gone')
    gone.send(*(publish('t', b'x') for i in range(10 * RATE)))
    b.client('gone').ping()
    gone.expect_close()


run(test, max_publish_rate=RATE, max_publish_bytes=BYTES,
    then=['listener 8080 127.0.0.1', 'protocol websockets'])
