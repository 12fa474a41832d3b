#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-2 MQTT-4.7.3-2
"""U+0000 in a filter closes the connection."""

from lib.case import *


def test(b):
    refused(b, subscribe(1, 'a\0b'), subscribe(1, '\0'),
            unsubscribe(1, 'a\0b'), unsubscribe(1, 'a', '\0'))


run(test)
