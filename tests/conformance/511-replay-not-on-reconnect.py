#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-6 MQTT-3.1.2-4
"""Resuming a session is no new subscription: no replay."""

from lib.case import *


def test(b):
    pub = b.client()
    pub.publish('r', 'kept', 1, retain=True)
    sub = b.client('s', clean=False)
    sub.subscribe(('r', 1))
    sub.expect_publish('r', 'kept', 1, 1)
    sub.disconnect()
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_nothing_from(pub, 1)


run(test)
