#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-1 MQTT-3.8.3-1 MQTT-3.10.3-1
"""Filters must be well-formed UTF-8."""

from lib.case import *


def test(b):
    for bad in (b'\xff', b'a/\xc3', b'\xed\xa0\x80', b'\xed\xbf\xbf/x',
                b'\xc0\xaf', b'\xe0\x9f\xbf', b'\xf0\x8f\xbf\xbf',
                b'\xf4\x90\x80\x80', b'\xf5\x80\x80\x80', b'\x80'):
        refused(b, subscribe(1, bad), unsubscribe(1, bad))


run(test)
