#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.1-1 MQTT-2.2.2-2
"""Flag bits of SUBSCRIBE must be 0010."""

from lib.case import *


def test(b):
    for flags in (0, 1, 3, 6, 10, 15):
        refused(b, packet(0x80 | flags, u16(1) + field('a') + b'\0'))


run(test)
