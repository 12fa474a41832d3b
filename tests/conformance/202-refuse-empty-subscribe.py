#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.3-3
"""SUBSCRIBE without a filter is a protocol violation."""

from lib.case import *


def test(b):
    refused(b, packet(0x82, u16(1)), packet(0x82), packet(0x82, b'\0'))


run(test)
