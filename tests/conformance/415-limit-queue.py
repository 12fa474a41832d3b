#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-5
"""Past max_queued_messages the newest are dropped, the oldest kept."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 1))
    sub.disconnect()
    for n in range(50):
        pub.publish('t', 'n%d' % n, 1)
    sub = b.client('s', clean=False, session_present=1)
    got = []
    sub.sync()
    while sub.pending:
        message = sub.read()
        got.append(message.payload)
        sub.ack(message)
        sub.sync()
    check(10 <= len(got) <= 15, 'kept %d' % len(got))
    equal(got, [b'n%d' % n for n in range(len(got))])
    # there is room again
    pub.publish('t', 'after', 1)
    sub.expect_publish('t', 'after', 1)


run(test, max_queued_messages=10, max_inflight_messages=5)
