#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""The fourth length byte with a continuation bit is enough to close."""

from lib.case import *


def test(b):
    refused(b, b'\x30\xff\xff\xff\xff', b'\xc0\x80\x80\x80\x80')
    refused_connect(b, b'\x10\x80\x80\x80\x80')


run(test)
