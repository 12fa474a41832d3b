#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.5.0-1
"""Five thousand topics from one publisher are all routed right."""

from lib.case import *


def test(b):
    pub, sub, half = b.client(), b.client(), b.client()
    sub.subscribe('many/#')
    half.subscribe('many/even/+')
    count = 5000
    for turn in range(2):
        for start in range(0, count, 500):
            pub.send(*(publish('many/%s/%d' % (('even', 'odd')[n % 2], n),
                               str(n)) for n in range(start, start + 500)))
            for n in range(start, start + 500):
                sub.expect_publish(None, str(n))
                if n % 2 == 0:
                    half.expect_publish('many/even/%d' % n, str(n))
    half.expect_nothing_from(pub)


run(test)
