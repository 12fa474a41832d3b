#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.2.2-1 MQTT-2.2.2-2
"""Reserved flag bits of CONNECT must be 0."""

from lib.case import *


def test(b):
    for flags in (1, 2, 4, 8, 15):
        refused_connect(b, connect('x', first=0x10 | flags))


run(test)
