#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.3-1
"""A filter of length zero closes the connection."""

from lib.case import *


def test(b):
    refused(b, subscribe(1, ''), subscribe(1, 'a', ''), unsubscribe(1, ''),
            unsubscribe(1, 'a', ''))


run(test)
