#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-1 MQTT-3.1.3-4 MQTT-3.1.4-1
"""The client identifier must be well-formed UTF-8."""

from lib.case import *


def test(b):
    refused_connect(b, *(connect(bad) for bad in (
        b'\xff', b'\x80', b'\xc3', b'\xc0\x80', b'\xe2\x82', b'a\xed\xa0\x80',
        b'\xf4\x90\x80\x80', b'\xf8\x88\x80\x80\x80')))


run(test)
