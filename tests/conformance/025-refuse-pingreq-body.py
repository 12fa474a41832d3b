#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""PINGREQ has no body."""

from lib.case import *


def test(b):
    refused(b, packet(0xc0, b'\0'), packet(0xc0, b'\0\1'))


run(test)
