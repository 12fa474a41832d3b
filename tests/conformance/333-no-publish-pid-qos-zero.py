#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.3.1-5 MQTT-4.3.1-1
"""QoS 0 deliveries carry no identifier, whatever was published."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    for qos in (0, 1, 2, 0, 1, 2):
        pub.publish('t', b'\0\1body', qos)
        sub.expect_publish('t', b'\0\1body', 0)


run(test)
