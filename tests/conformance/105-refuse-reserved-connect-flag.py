#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-3 MQTT-3.1.4-1 MQTT-3.2.2-6
"""The reserved connect flag must be 0."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', flags=0x03), connect('x', flags=0x01))


run(test)
