#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-9 MQTT-3.1.2-5
"""A retained publish queued for an offline subscriber has RETAIN 0."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('r', 1))
    sub.disconnect()
    pub.publish('r', 'x', 1, retain=True)
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_publish('r', 'x', 1, 0)
    sub.expect_silence()


run(test)
