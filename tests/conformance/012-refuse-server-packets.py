#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Packets only a server sends close the connection."""

from lib.case import *


def test(b):
    refused(b, packet(0x20, b'\0\0'), packet(0x90, b'\0\1\0'),
            packet(0xb0, b'\0\1'), packet(0xd0))


run(test)
