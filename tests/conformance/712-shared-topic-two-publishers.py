#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Two publishers of one topic: each one's messages stay in its order."""

from lib.case import *


def test(b):
    pubs = [b.client(), b.client()]
    sub = b.client()
    sub.subscribe('t')
    for start in range(0, 1000, 100):
        for i, pub in enumerate(pubs):
            pub.send(*(publish('t', '%d %d' % (i, n))
                       for n in range(start, start + 100)))
    following = [0, 0]
    for _ in range(2000):
        i, n = map(int, sub.expect_publish('t').payload.split())
        equal(n, following[i])
        following[i] += 1
    sub.expect_silence()


run(test)
