#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.3-1 MQTT-3.3.2-1
"""A topic name of length zero closes the connection."""

from lib.case import *


def test(b):
    refused(b, publish('', 'x'), publish('', 'x', 1, 1), publish('', b''))


run(test)
