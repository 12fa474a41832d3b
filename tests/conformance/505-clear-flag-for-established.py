#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-9
"""Established subscriptions see RETAIN 0, also across many messages."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('r/#', 1))
    for n in range(20):
        retain = n % 3 == 0
        pub.publish('r/a', 'n%d' % n, 0, retain)
        sub.expect_publish('r/a', 'n%d' % n, 0, 0)
    for n in range(20):
        pub.publish('r/a', 'n%d' % n, 1, n % 3 == 0)
        sub.expect_publish('r/a', 'n%d' % n, 1, 0)
    sub.expect_silence()


run(test)
