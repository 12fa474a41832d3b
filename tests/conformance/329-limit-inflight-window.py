#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.2-1
"""No more than max_inflight_messages are unacknowledged."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    for n in range(10):
        pub.publish('t', 'n%d' % n, 1 + n % 2)
    window, seen = [], 0
    while seen < 10 or window:
        while seen < 10 and len(window) < 3:
            window.append(sub.expect_publish('t', 'n%d' % seen,
                                             1 + seen % 2, ack=False))
            seen += 1
        sub.expect_silence()
        sub.ack(window.pop(0))


run(test, max_inflight_messages=3)
