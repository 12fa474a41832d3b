#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-6 MQTT-3.1.4-3
"""Nothing of a clean session is left for the next one."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s')
    sub.subscribe(('t', 1))
    pub.publish('t', 'unacked', 1)
    sub.expect_publish('t', 'unacked', 1, ack=False)
    sub.disconnect()
    pub.publish('t', 'offline', 1)
    sub = b.client('s', session_present=0)
    sub.expect_nothing_from(pub, 1)
    sub.disconnect()
    sub = b.client('s', clean=False, session_present=0)
    sub.expect_nothing_from(pub, 1)


run(test)
