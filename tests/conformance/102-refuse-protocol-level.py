#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-2 MQTT-3.2.2-4 MQTT-3.2.2-5
"""Unsupported levels get CONNACK 1 with session present 0, then close."""

from lib.case import *


def test(b):
    for level in (0, 1, 2, 3, 6, 7, 127, 0x84, 255):
        client = b.raw()
        client.connect(1, 0, level=level)
        client.expect_close()


run(test)
