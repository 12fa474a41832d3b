#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.4-1
"""The largest packet of all (Remaining Length 268,435,455) is forwarded."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('big')
    body = random.Random(1).randbytes(1 << 20) * 256
    body = body[:268435455 - 5]
    data = publish('big', body)
    equal(data[1:5], b'\xff\xff\xff\x7f')
    pub.send(data)
    sub.expect_publish('big', body, timeout=60 * TIMEOUT)
    sub.expect_silence()


run(test, long_only=True)
