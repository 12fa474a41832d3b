#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-13 MQTT-3.1.2-11 MQTT-3.1.4-1
"""Will QoS must be 0 when there is no will."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', flags=0x0a), connect('x', flags=0x12),
                    connect('x', flags=0x1a))


run(test)
