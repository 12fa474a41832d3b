#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.4-1 MQTT-3.3.5-2
"""QoS 1 and 2 without any subscriber are acknowledged all the same."""

from lib.case import *


def test(b):
    pub = b.client()
    for n in range(10):
        pub.publish('nobody/%d' % n, 'x', 1 + n % 2)
    pub.expect_silence()


run(test)
