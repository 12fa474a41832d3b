#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-2 MQTT-4.6.0-3
"""PUBACK and PUBREC come in the order of the PUBLISH packets."""

from lib.case import *


def test(b):
    pub = b.client()
    pub.send(*(publish('t', 'x', 1, pid) for pid in range(1, 200)))
    for pid in range(1, 200):
        pub.expect(PUBACK, pid)
    pub.send(*(publish('t', 'x', 2, pid) for pid in range(1, 20)))
    for pid in range(1, 20):
        pub.expect(PUBREC, pid)
    pub.send(*(pubrel(pid) for pid in range(1, 20)))
    for pid in range(1, 20):
        pub.expect(PUBCOMP, pid)


run(test)
