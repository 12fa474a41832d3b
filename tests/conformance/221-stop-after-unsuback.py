#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-2 MQTT-3.10.4-1
"""After UNSUBACK no message published later arrives."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    for n in range(20):
        sub.subscribe('t')
        pub.publish('t', 'in')
        pub.publish('t', 'in')
        sub.expect_publish('t', 'in')
        sub.expect_publish('t', 'in')
        sub.unsubscribe('t')
        pub.publish('t', 'out')
        pub.publish('t', 'out')
        sub.expect_nothing_from(pub)


run(test)
