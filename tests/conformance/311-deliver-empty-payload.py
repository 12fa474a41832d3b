#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.4-1
"""A zero length payload is an ordinary message."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    for qos in (0, 0, 0, 1, 2):
        pub.publish('t', b'', qos)
        sub.expect_publish('t', b'', qos)


run(test)
