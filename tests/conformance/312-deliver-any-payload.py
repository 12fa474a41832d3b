#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.4-1
"""Payloads are opaque: all bytes, also what looks like packets."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    bodies = [bytes(range(256)), b'\0' * 10, b'\xff' * 10, pingreq() * 5,
              publish('t', 'inner'), disconnect(), b'#+$\0\xed\xa0\x80']
    for qos in (0, 1):
        for body in bodies:
            pub.publish('t', body, qos)
            sub.expect_publish('t', body, qos)
    sub.expect_silence()


run(test)
