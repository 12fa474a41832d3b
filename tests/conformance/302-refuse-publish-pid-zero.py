#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.3.1-1
"""QoS 1 and 2 PUBLISH need a non-zero identifier."""

from lib.case import *


def test(b):
    refused(b, publish('t', 'x', 1, 0), publish('t', 'x', 2, 0))


run(test)
