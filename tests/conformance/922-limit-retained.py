#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-5
"""retained_messages_max and retained_bytes_max; what is full still delivers."""

from lib.case import *


def kept(b):
    """What a new subscriber is given."""
    sub = b.client()
    sub.subscribe('r/#')
    sub.sync()
    got = {m.topic: m.payload for m in sub.pending}
    sub.pending.clear()
    sub.disconnect()
    return got


def test(b):
    pub, live = b.client(), b.client()
    live.subscribe('r/#')
    for n in range(8):
        pub.publish('r/%d' % n, 'x%d' % n, 1, retain=True)
    for n in range(8):
        live.expect_publish('r/%d' % n, 'x%d' % n)
    equal(kept(b), {'r/%d' % n: b'x%d' % n for n in range(5)})
    # one may replace its like
    pub.publish('r/0', 'new', 1, retain=True)
    equal(kept(b)['r/0'], b'new')
    # too many bytes: then there is none, rather than a stale one
    pub.publish('r/1', bytes(200), 1, retain=True)
    equal(sorted(kept(b)), ['r/0', 'r/2', 'r/3', 'r/4'])
    # and there is room again
    pub.publish('r/7', 'x7', 0, retain=True)
    pub.sync()
    equal(sorted(kept(b)), ['r/0', 'r/2', 'r/3', 'r/4', 'r/7'])
    pub.publish('r/2', '', 1, retain=True)
    pub.publish('r/8', bytes(90), 1, retain=True)
    equal(len(kept(b)['r/8']), 90)


run(test, retained_messages_max=5, retained_bytes_max=100)
