#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Packet types 0 and 15 close the connection."""

from lib.case import *


def test(b):
    for first in (0x00, 0xf0):
        refused_connect(b, packet(first))
        refused(b, packet(first), packet(first, b'\0\1'))


run(test)
