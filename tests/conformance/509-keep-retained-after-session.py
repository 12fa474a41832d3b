#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2.7
"""Retained messages outlive the session that published them."""

from lib.case import *


def test(b):
    for clean in (True, False):
        pub = b.client('p', clean=clean)
        pub.publish('r', 'kept', 1, retain=True)
        pub.disconnect()
        b.client('p', clean=True).disconnect()
        sub = b.client()
        sub.subscribe(('r', 0))
        sub.expect_publish('r', 'kept', 0, 1)
        sub.disconnect()


run(test)
