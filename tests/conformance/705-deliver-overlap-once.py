#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.5-1
"""Overlapping filters: one copy with the largest QoS granted."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('o/#', 0), ('o/+', 2), ('o/x', 1), ('+/x', 0), ('#', 1))
    for sent in (0, 1, 2, 0, 0):
        pub.publish('o/x', 'm', sent)
        sub.expect_publish('o/x', 'm', sent)
        pub.publish('p/x', 'm', sent)
        sub.expect_publish('p/x', 'm', min(sent, 1))
        pub.publish('o/x/y', 'm', sent)
        sub.expect_publish('o/x/y', 'm', min(sent, 1))
    sub.expect_nothing_from(pub)
    sub.expect_nothing_from(pub, 2)


run(test)
