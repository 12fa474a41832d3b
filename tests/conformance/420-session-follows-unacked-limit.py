#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1 MQTT-4.3.2-1
"""The in-flight window starts anew with each connection."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 1))
    for n in range(6):
        pub.publish('t', 'n%d' % n, 1)
    for _ in range(3):
        first = [sub.expect_publish('t', 'n%d' % n, 1, dup=None, ack=False)
                 for n in range(2)]
        sub.expect_silence()
        sub.close()
        sub = b.client('s', clean=False, session_present=1)
    for n in range(6):
        sub.expect_publish('t', 'n%d' % n, 1, dup=1 if n < 2 else 0)
    equal(len(first), 2)
    sub.expect_silence()


run(test, max_inflight_messages=2)
