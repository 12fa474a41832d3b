#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1
"""Within one connection nothing is sent twice, however long it waits."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    pub.publish('t', 'one', 1)
    pub.publish('t', 'two', 2)
    sub.expect_publish('t', 'one', 1, ack=False)
    sub.expect_publish('t', 'two', 2, ack=False)
    for n in range(30):
        pub.publish('u', 'x', 1)
        sub.expect_silence()


run(test)
