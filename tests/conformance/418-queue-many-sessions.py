#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-5 MQTT-4.5.0-1
"""Each of many offline sessions gets its own copy of everything."""

from lib.case import *


def test(b):
    pub = b.client()
    names = ['s%d' % i for i in range(30)]
    for name in names:
        sub = b.client(name, clean=False)
        sub.subscribe(('all/#', 1), (name, 2))
        sub.disconnect()
    for n in range(10):
        pub.publish('all/x', 'n%d' % n, 2)
    for name in names:
        pub.publish(name, name, 2)
    for name in names:
        sub = b.client(name, clean=False, session_present=1)
        equal(payloads(sub, 10, 'all/x', 1), [b'n%d' % n for n in range(10)])
        sub.expect_publish(name, name, 2)
        sub.disconnect()


run(test)
