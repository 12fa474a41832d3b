#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1 MQTT-3.10.3-1
"""An UNSUBSCRIBE whose body is cut inside a filter closes."""

from lib.case import *


def test(b):
    whole = unsubscribe(1, 'first', 'second')[2:]
    for cut in range(len(whole)):
        if cut != 2 + 7:
            refused(b, packet(0xa2, whole[:cut]))


run(test)
