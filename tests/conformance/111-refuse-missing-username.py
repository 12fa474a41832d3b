#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-19 MQTT-3.1.4-1
"""With the user name flag, a user name must be there."""

from lib.case import *


def test(b):
    refused_connect(b, connect('x', flags=0x82),
                    connect('x', flags=0x82, extra=b'\0'),
                    connect('x', flags=0x82, extra=b'\0\4abc'))


run(test)
