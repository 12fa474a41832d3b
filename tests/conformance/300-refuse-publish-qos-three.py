#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-4
"""PUBLISH with both QoS bits set closes the connection."""

from lib.case import *


def test(b):
    refused(b, *(packet(first, field('t') + u16(1) + b'x')
                 for first in (0x36, 0x37, 0x3e, 0x3f)))


run(test)
