#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.3.1-4 MQTT-4.3.2-1
"""Identifiers wrap past 65,535 without ever being 0."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for start in range(0, 70000, 10):
        pub.send(*(publish('t', b'x', 1, 1 + i) for i in range(10)))
        for i in range(10):
            pub.expect(PUBACK, 1 + i)
            sub.expect_publish('t', b'x', 1)


run(test, long_only=True)
