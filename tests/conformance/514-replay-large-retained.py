#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-6
"""A retained message of several MiB is replayed intact."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    body = random.Random(5).randbytes(3 << 20)
    pub.publish('r', body, 1, retain=True)
    sub.subscribe(('r', 1))
    sub.expect_publish('r', body, 1, 1)
    sub.expect_silence()


run(test)
