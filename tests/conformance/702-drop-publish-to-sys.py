#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.2-1
"""A client cannot publish to $SYS: dropped, yet acknowledged."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('$SYS/broker/version', 2), ('$SYS/forged/#', 2),
                  ('$SYS/forged', 2))
    sub.sync()
    sub.pending.clear()
    for qos in (0, 1, 2, 0, 0):
        pub.publish('$SYS/forged/a', 'bad', qos)
        pub.publish('$SYS/forged', 'bad', qos, retain=True)
        pub.publish('$SYS/broker/version', 'bad', qos, retain=True)
    sub.expect_nothing_from(pub, 0)
    sub.expect_nothing_from(pub, 2)
    late = b.client()
    late.subscribe('$SYS/forged/#', '$SYS/broker/version')
    late.sync()
    check(all(m.payload != b'bad' for m in late.pending), 'forged $SYS kept')


run(test)
