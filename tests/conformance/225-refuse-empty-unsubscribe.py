#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.3-2
"""UNSUBSCRIBE without a filter is a protocol violation."""

from lib.case import *


def test(b):
    refused(b, packet(0xa2, u16(1)), packet(0xa2), packet(0xa2, b'\0'))


run(test)
