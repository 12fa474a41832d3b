#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-6 MQTT-3.2.2-1 MQTT-3.1.4-2
"""Takeover with clean session discards the old session."""

from lib.case import *


def test(b):
    pub = b.client()
    old = b.client('same', clean=False)
    old.subscribe(('t', 1))
    new = b.client('same', session_present=0)
    old.expect_close()
    pub.publish('t', 'x', 1)
    new.expect_nothing_from(pub, 1)


run(test)
