#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.2-1 MQTT-4.8.0-1
"""A body too short for topic and identifier closes."""

from lib.case import *


def test(b):
    refused(b, packet(0x30), packet(0x30, b'\0'), packet(0x30, b'\0\1'),
            packet(0x30, b'\0\5abcd'), packet(0x30, b'\xff\xffa'),
            packet(0x32, b'\0\1a'), packet(0x32, b'\0\1a\0'),
            packet(0x34, b'\0\1a'), packet(0x34, b'\0\1a\1'),
            packet(0x32, b'\0\3a\0\1'), packet(0x31), packet(0x33))


run(test)
