#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.5-1
"""Adding and removing an overlapping filter on a hot topic keeps one copy."""

from lib.case import *


def test(b):
    pub, sub, other = b.client(), b.client(), b.client()
    sub.subscribe('h/t')
    other.subscribe('h/#')
    n = 0
    for turn in range(10):
        for step in (lambda: sub.subscribe('h/+'),
                     lambda: sub.subscribe('h/#'),
                     lambda: sub.unsubscribe('h/t'),
                     lambda: sub.unsubscribe('h/#'),
                     lambda: sub.subscribe('h/t'),
                     lambda: sub.unsubscribe('h/+')):
            step()
            for _ in range(3):
                pub.publish('h/t', 'n%d' % n)
                n += 1
            for i in range(n - 3, n):
                sub.expect_publish('h/t', 'n%d' % i)
                other.expect_publish('h/t', 'n%d' % i)
    sub.expect_nothing_from(pub)


run(test)
