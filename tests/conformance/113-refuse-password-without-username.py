#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-22 MQTT-3.1.4-1
"""The password flag needs the user name flag."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', password='p'),
                    connect('x', flags=0x42, extra=field('p')))


run(test)
