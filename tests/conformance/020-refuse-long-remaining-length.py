#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""A Remaining Length of five bytes is malformed in every packet type."""

from lib.case import *


def test(b):
    for first in (0x30, 0x32, 0x34, 0x40, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xc0,
                  0xe0):
        refused(b, bytes((first,)) + b'\xff\xff\xff\xff\x7f')
        refused(b, bytes((first,)) + b'\x80\x80\x80\x80\x00')
    refused_connect(b, b'\x10\xff\xff\xff\xff\x01')


run(test)
