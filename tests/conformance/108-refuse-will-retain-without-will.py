#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-15 MQTT-3.1.2-11 MQTT-3.1.4-1
"""Will Retain must be 0 when there is no will."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', flags=0x22))


run(test)
