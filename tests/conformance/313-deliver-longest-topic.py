#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.3-3
"""Topic names and filters of 65,535 bytes work."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    name = ('level/' * 11000)[:65535]
    sub.subscribe(name, 'z' * 65535)
    for _ in range(3):
        pub.publish(name, 'x')
        sub.expect_publish(name, 'x')
    pub.publish('z' * 65535, 'y', 1)
    sub.expect_publish('z' * 65535, 'y')
    pub.publish('z' * 65534, 'no')
    sub.expect_nothing_from(pub)


run(test)
