#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-6 MQTT-3.2.2-1 MQTT-3.1.4-3
"""A clean connect wipes the stored session: queue and subscriptions."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 2))
    sub.disconnect()
    pub.publish('t', 'queued', 1)
    pub.publish('t', 'queued', 2)
    sub = b.client('s', clean=True, session_present=0)
    sub.expect_nothing_from(pub, 1)
    pub.publish('t', 'x', 2)
    sub.expect_nothing_from(pub, 2)


run(test)
