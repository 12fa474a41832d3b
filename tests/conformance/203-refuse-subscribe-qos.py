#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3-8.3-4
"""Requested QoS 3 or reserved bits close the connection."""

from lib.case import *


def test(b):
    refused(b, *(subscribe(1, ('a', qos))
                 for qos in (3, 4, 0x08, 0x10, 0x40, 0x80, 0xff)))
    refused(b, subscribe(1, ('a', 1), ('b', 3)))


run(test)
