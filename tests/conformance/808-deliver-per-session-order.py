#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6 MQTT-3.1.2-5
"""Order holds across a disconnection in the middle of a QoS 1 stream."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 1))
    got = []
    for n in range(120):
        pub.publish('t', str(n), 1)
        if n % 10 == 9:
            for _ in range(5):
                got.append(int(sub.expect_publish('t', None, 1,
                                                  dup=None).payload))
            sub.sync()
            sub.close()
            sub = b.client('s', clean=False, session_present=1)
    while len(set(got)) < 120:
        got.append(int(sub.expect_publish('t', None, 1, dup=None).payload))
    # first arrivals are in order, nothing is missing
    equal(list(dict.fromkeys(got)), list(range(120)))


run(test)
