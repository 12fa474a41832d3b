#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.6.1-1 MQTT-2.2.2-2
"""Flag bits of PUBREL must be 0010."""

from lib.case import *


def test(b):
    for flags in (0, 1, 3, 6, 10, 15):
        refused(b, packet(0x60 | flags, u16(1)))


run(test)
