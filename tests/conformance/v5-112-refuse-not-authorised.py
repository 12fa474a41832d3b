#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.4-2 MQTT-3.1.4-6 MQTT-3.2.2-6 MQTT-3.2.2-7 MQTT-4.13.2-1
"""Without allow_anonymous a client without a name is told so."""

from lib.case5 import *


def test(b):
    refused_connect(b, (0x86, 0x87), connect('a'), connect('a', clean=False),
                    connect('a') + publish('t', 'x') + subscribe(1, 't'))


run(test, allow_anonymous='false')
