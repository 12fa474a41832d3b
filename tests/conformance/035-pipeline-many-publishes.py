#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Thousands of messages in one stream of large writes all arrive in order."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    total = 4000
    for start in range(0, total, 1000):
        pub.send(*(publish('t', 'n%d' % i)
                   for i in range(start, start + 1000)))
        for i in range(start, start + 1000):
            sub.expect_publish('t', 'n%d' % i)


run(test)
