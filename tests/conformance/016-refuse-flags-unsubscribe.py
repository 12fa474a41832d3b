#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.1-1 MQTT-2.2.2-2
"""Flag bits of UNSUBSCRIBE must be 0010."""

from lib.case import *


def test(b):
    for flags in (0, 1, 3, 6, 10, 15):
        refused(b, packet(0xa0 | flags, u16(1) + field('a')))


run(test)
