#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24 MQTT-3.1.2-5
"""Expiry ends the connection, not the session; messages queue."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False, keepalive=KEEP_ALIVE)
    sub.subscribe(('t', 1))
    sub.expect_close()
    pub.publish('t', 'later', 1)
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_publish('t', 'later', 1)


run(test)
