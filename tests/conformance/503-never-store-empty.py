#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-11
"""An empty retained message for a topic without one stores nothing."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    pub.publish('r', b'', 1, retain=True)
    sub.subscribe(('r', 1))
    sub.expect_silence()
    sub.subscribe(('#', 1))
    sub.expect_silence()


run(test)
