#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.13.1-1 MQTT-4.13.2-1
"""Packets that only a server sends end the connection."""

from lib.case5 import *


def test(b):
    refused(b, (0x81, 0x82), packet(0x20, b'\0\0\0'),
            packet(0x90, u16(1) + b'\0\0'), packet(0xb0, u16(1) + b'\0\0'),
            packet(0xd0))


run(test)
