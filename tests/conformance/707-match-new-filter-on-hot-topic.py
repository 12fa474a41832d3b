#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-1 MQTT-4.5.0-1
"""A subscription made after a topic became hot sees the next message."""

from lib.case import *


def test(b):
    pub, first = b.client(), b.client()
    first.subscribe('hot/a/b')
    for _ in range(3):
        pub.publish('hot/a/b', 'warm')
        first.expect_publish('hot/a/b', 'warm')
    subs = []
    for n, name in enumerate(('hot/#', 'hot/+/b', 'hot/a/b', '#', '+/a/b',
                              'hot/a/#', '+/+/+')):
        sub = b.client()
        sub.subscribe(name)
        subs.append(sub)
        for i in range(2):
            pub.publish('hot/a/b', 'n%d.%d' % (n, i))
            for each in subs + [first]:
                each.expect_publish('hot/a/b', 'n%d.%d' % (n, i))
    for n, sub in enumerate(subs):
        if n % 2:
            sub.disconnect()
        else:
            sub.close()
    pub.publish('hot/a/b', 'last')
    first.expect_publish('hot/a/b', 'last')
    first.expect_nothing_from(pub)


run(test)
