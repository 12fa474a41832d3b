#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-1.5.5-1 MQTT-4.13.1-1
"""A Remaining Length of five bytes, or longer than it has to be."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('#')
    refused(b, 0x81, b'\x30\x80\x80\x80\x80\x01', b'\x30\xff\xff\xff\xff\x7f',
            b'\xc0\x80\x80\x80\x80\x00')
    body = field('t') + b'\0x'
    for width in (2, 3, 4):
        refused(b, 0x81, packet(0x30, body, width=width),
                packet(0xc0, width=width),
                packet(0x82, u16(1) + b'\0' + field('t') + b'\0', width=width))
    watcher.expect_nothing_from(b.client5())


run(test)
