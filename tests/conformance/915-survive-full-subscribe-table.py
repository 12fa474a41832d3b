#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""Ten thousand subscriptions of one client work and go with it."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    for start in range(0, 10000, 1000):
        sub.subscribe(*('s/%d' % n for n in range(start, start + 1000)))
    for n in (0, 1, 4999, 9999):
        for _ in range(2):
            pub.publish('s/%d' % n, 'x')
            sub.expect_publish('s/%d' % n, 'x')
    sub.close()
    sub = b.client()
    sub.expect_nothing_from(pub)


run(test)
