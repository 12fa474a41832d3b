#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-2 MQTT-3.1.2-4
"""Queues, subscriptions and identifiers of two sessions never mix."""

from lib.case import *


def test(b):
    pub = b.client()
    for name in ('a', 'b'):
        sub = b.client(name, clean=False)
        sub.subscribe((name + '/#', 1), ('both', 2))
        sub.disconnect()
    for n in range(5):
        pub.publish('a/x', 'a%d' % n, 1)
        pub.publish('b/x', 'b%d' % n, 1)
    pub.publish('both', 'both', 2)
    b.client('a', clean=True, session_present=0).disconnect()
    sub = b.client('b', clean=False, session_present=1)
    equal(payloads(sub, 5, 'b/x', 1), [b'b%d' % n for n in range(5)])
    sub.expect_publish('both', 'both', 2)
    sub.expect_nothing_from(pub, 2)


run(test)
