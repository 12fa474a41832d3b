#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1 MQTT-4.6.0-1
"""Resent packets keep their order; queued ones follow."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 2))
    for n in range(5):
        pub.publish('t', 'n%d' % n, 1)
    for n in range(5):
        sub.expect_publish('t', 'n%d' % n, 1, ack=False)
    sub.close()
    for n in range(5, 10):
        pub.publish('t', 'n%d' % n, 1)
    sub = b.client('s', clean=False, session_present=1)
    for n in range(10):
        # whether the broker saw the close before n5 decides about DUP
        sub.expect_publish('t', 'n%d' % n, 1, dup=1 if n < 5 else None)
    sub.expect_nothing_from(pub, 1)


run(test)
