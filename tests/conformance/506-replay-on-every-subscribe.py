#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-3 MQTT-3.3.1-6
"""Subscribing again to the same filter sends the retained messages again."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    pub.publish('r', 'kept', 1, retain=True)
    for qos in (0, 1, 1, 0):
        sub.subscribe(('r', qos))
        sub.expect_publish('r', 'kept', qos, 1)
    sub.expect_silence()


run(test)
