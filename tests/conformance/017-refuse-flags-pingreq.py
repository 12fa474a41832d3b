#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.2.2-1 MQTT-2.2.2-2
"""Reserved flag bits of PINGREQ must be 0."""

from lib.case import *


def test(b):
    refused(b, *(packet(0xc0 | flags) for flags in (1, 2, 4, 8, 15)))


run(test)
