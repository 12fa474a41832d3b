#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-2 MQTT-3.1.3-4 MQTT-3.1.3-10 MQTT-3.1.3-11
"""U+0000 in client id, will topic or user name closes."""

from lib.case import *


def test(b):
    refused_connect(b, connect('a\0b'), connect('a', username='u\0'),
                    connect('a', will=('w\0x', 'm')))


run(test)
