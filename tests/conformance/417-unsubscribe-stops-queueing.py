#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-2 MQTT-3.1.2-5
"""What a session unsubscribed is not queued while it is offline."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('a', 1), ('b', 1))
    sub.unsubscribe('a')
    sub.disconnect()
    pub.publish('a', 'no', 1)
    pub.publish('b', 'yes', 1)
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_publish('b', 'yes', 1)
    sub.expect_nothing_from(pub, 1)


run(test)
