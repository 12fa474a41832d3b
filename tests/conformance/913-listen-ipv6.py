#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-7.1.1-1
"""The same over IPv6."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t/#', 2))
    for qos in (0, 0, 0, 1, 2):
        pub.publish('t/x', 'six', qos)
        sub.expect_publish('t/x', 'six', qos)
    sub.expect_silence()


run(test, listen='::1')
