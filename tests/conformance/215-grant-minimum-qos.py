#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-6 MQTT-3.3.1-3
"""Delivery QoS is the smaller of published and granted."""

from lib.case import *


def test(b):
    pub = b.client()
    subs = []
    for qos in (0, 1, 2):
        sub = b.client()
        sub.subscribe(('t/#', qos))
        subs.append((sub, qos))
    for sent in (0, 1, 2, 0, 2, 1):
        pub.publish('t/x', 'm', sent)
        for sub, qos in subs:
            sub.expect_publish('t/x', 'm', min(sent, qos))
    for sub, _ in subs:
        sub.expect_silence()


run(test)
