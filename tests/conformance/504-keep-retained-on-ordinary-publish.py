#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-12
"""RETAIN 0 neither stores, replaces nor clears."""

from lib.case import *


def test(b):
    pub = b.client()
    pub.publish('r', 'kept', 1, retain=True)
    for qos in (0, 1, 2):
        pub.publish('r', 'ordinary', qos)
        pub.publish('r', b'', qos)
        pub.publish('other', 'ordinary', qos)
    pub.sync()
    sub = b.client()
    sub.subscribe(('r', 1), ('other', 1))
    sub.expect_publish('r', 'kept', 1, 1)
    sub.expect_silence()


run(test)
