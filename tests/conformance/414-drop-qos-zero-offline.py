#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-5
"""QoS 0 messages for an offline session are not kept by this broker."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 2))
    sub.disconnect()
    pub.publish('t', 'zero')
    pub.publish('t', 'one', 1)
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_publish('t', 'one', 1)
    sub.expect_nothing_from(pub, 1)


run(test)
