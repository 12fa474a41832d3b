#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Acknowledgements have exactly two bytes after the fixed header."""

from lib.case import *


def test(b):
    for first in (0x40, 0x50, 0x62, 0x70):
        refused(b, packet(first), packet(first, b'\0'),
                packet(first, b'\0\1\0'), packet(first, b'\0\1\0\0'))


run(test)
