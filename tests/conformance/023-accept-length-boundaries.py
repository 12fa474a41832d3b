#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.2-1
"""Payloads around every change of the length of Remaining Length arrive."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    for size in (0, 1, 123, 124, 125, 16379, 16380, 16381, 16384,
                 2097147, 2097148, 2097149):
        body = bytes((size + i) & 0xff for i in range(256)) * (size // 256 + 1)
        body = body[:size]
        for _ in range(3):
            pub.publish('t', body)
        for _ in range(3):
            sub.expect_publish('t', body)


run(test)
