#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-4 MQTT-4.1.0-1
"""Subscriptions of a session work again without SUBSCRIBE."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('a/+', 0), ('b/#', 1), ('c', 2))
    sub.disconnect()
    sub = b.client('s', clean=False, session_present=1)
    for topic, qos in (('a/x', 0), ('b/x/y', 1), ('c', 2)):
        for _ in range(3):
            pub.publish(topic, 'm', 2)
            sub.expect_publish(topic, 'm', qos)
            pub.publish(topic, 'm', 0)
            sub.expect_publish(topic, 'm', 0)
    sub.expect_silence()


run(test)
