#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-7.1.1-1
"""SIGTERM in the middle of traffic closes every client between packets."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    pub.send(*[publish('t', bytes(100))] * 500)
    for _ in range(100):
        sub.expect_publish('t', bytes(100))
    b.terminate()
    sub.expect_eof()


run(test)
