#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.1-12 MQTT-3.3.1-13 MQTT-3.3.1-5 MQTT-3.3.1-8
"""Retain As Published keeps the flag, else it is cleared; stored ones have it."""

from lib.case5 import *


def test(b):
    pub, keep, clear = b.client5(), b.client5(), b.client5()
    keep.subscribe(('t', options(2, rap=True)))
    clear.subscribe(('t', options(2)))
    for qos in (0, 1, 2):
        for flag in (False, True, False):
            pub.publish('t', 'q%d' % qos, qos, flag)
            keep.expect_publish('t', 'q%d' % qos, qos, int(flag))
            clear.expect_publish('t', 'q%d' % qos, qos, 0)
    for rap in (False, True):
        late = b.client5()
        late.subscribe(('t', options(2, rap=rap)))
        late.expect_publish('t', 'q2', 2, 1)


run(test)
