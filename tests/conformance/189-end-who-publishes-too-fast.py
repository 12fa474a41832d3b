#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""publish_limit_action disconnect: with 0x96 on 5.0, and others are not concerned."""

from lib.case5 import *
from lib.control import control

RATE = 50


def delivered(sub):
    """What went through of a flood: all of its beginning."""
    sub.sync()
    sub.ping()
    got = [int(p.payload) for p in sub.pending]
    sub.pending.clear()
    equal(got, list(range(len(got))))
    check(RATE <= len(got) < 50 * RATE, '%d messages went through' % len(got))


def test(b):
    sub = b.client5()
    sub.subscribe(('t', 0))
    ended = 0
    for qos in (0, 1):
        pub = b.client5()
        pub.send_or_closed(b''.join(
            publish('t', b'%d' % i, qos, i + 1 if qos else None) for i in range(100 * RATE)))
        pub.expect_disconnect(0x96, skip=(PUBACK,))
        delivered(sub)
        old = b.client()
        old.send_or_closed(b''.join(
            v4.publish('t', b'%d' % i, qos, i + 1 if qos else None) for i in range(100 * RATE)))
        old.expect_close(skip=(PUBACK,))
        delivered(sub)
        ended += 2
        equal(control(b, cmd='limits')['limits']['publish_rate_disconnects'], ended)
    slow = b.client5()
    for _ in range(RATE // 2):
        slow.publish('t', b'x')
    slow.ping()


run(test, max_publish_rate=RATE, publish_limit_action='disconnect')
