#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-1
"""Removing one of two overlapping filters leaves the other working."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('o/+', 0), ('o/#', 1), ('o/x', 2))
    for gone, qos in (('o/x', 1), ('o/+', 1), ('o/#', None)):
        sub.unsubscribe(gone)
        pub.publish('o/x', 'm', 1)
        if qos is not None:
            sub.expect_publish('o/x', 'm', qos)
    sub.expect_nothing_from(pub, 1)


run(test)
