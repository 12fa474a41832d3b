#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.2.2-1 MQTT-2.2.2-2
"""Reserved flag bits of PUBACK, PUBREC and PUBCOMP must be 0."""

from lib.case import *


def test(b):
    for kind in (PUBACK, PUBREC, PUBCOMP):
        for flags in (1, 2, 4, 8, 15):
            refused(b, packet(kind << 4 | flags, u16(1)))


run(test)
