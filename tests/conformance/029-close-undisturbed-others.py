#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1 MQTT-4.8.0-2
"""A protocol error of one client leaves all others connected."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for i, bad in enumerate((b'\0\0', b'\x36\x05\0\1a\0\1', packet(0x82),
                             b'\x30\0', b'\xc1\0')):
        refused(b, bad)
        pub.publish('t', 'n%d' % i, i % 2)
        sub.expect_publish('t', 'n%d' % i, i % 2)
    sub.expect_silence()
    pub.expect_silence()


run(test)
