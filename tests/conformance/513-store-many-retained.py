#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-6
"""Thousands of retained topics are all replayed, then all cleared."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    count = 3000
    for start in range(0, count, 500):
        pub.send(*(publish('m/%d' % n, str(n), retain=True)
                   for n in range(start, start + 500)))
        pub.sync()
    sub.subscribe('m/+')
    got = {sub.expect_publish(None, None, 0, 1).topic for _ in range(count)}
    equal(len(got), count)
    sub.unsubscribe('m/+')
    pub.send(*(publish('m/%d' % n, b'', retain=True) for n in range(count)))
    pub.sync()
    sub.subscribe('m/#')
    sub.expect_silence()


run(test)
