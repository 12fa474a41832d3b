#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-5 MQTT-4.3.2-1
"""The limit holds for a connected client that does not acknowledge."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for n in range(50):
        pub.publish('t', 'n%d' % n, 1)
    got, window = [], []
    for _ in range(5):
        window.append(sub.expect_publish('t', None, 1, ack=False))
    sub.expect_silence()
    while window:
        message = window.pop(0)
        got.append(message.payload)
        sub.ack(message)
        sub.sync()
        window += sub.pending
        sub.pending.clear()
    check(10 <= len(got) <= 15, 'kept %d' % len(got))
    equal(got, [b'n%d' % n for n in range(len(got))])


run(test, max_queued_messages=10, max_inflight_messages=5)
