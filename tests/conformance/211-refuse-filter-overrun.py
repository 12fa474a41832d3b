#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""A filter whose length passes the end of the packet is malformed."""

from lib.case import *


def test(b):
    for first in (0x82, 0xa2):
        refused(b, packet(first, u16(1) + b'\0\5abc'),
                packet(first, u16(1) + b'\xff\xffabc'),
                packet(first, u16(1) + field('a') + b'\0'[:first == 0x82] +
                       b'\0\x10b'))


run(test)
