#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.4-1
"""Messages of several MiB arrive intact at every QoS."""

import hashlib

from lib.case import *


def test(b):
    pub, sub, other = b.client(), b.client(), b.client()
    sub.subscribe(('big', 2))
    other.subscribe('big')
    block = bytes(range(251)) * 4180
    for qos in (0, 0, 1, 2):
        body = hashlib.sha256(b'%d' % qos).digest() + block * 5
        pub.publish('big', body, qos)
        sub.expect_publish('big', body, qos)
        other.expect_publish('big', body, 0)


run(test)
