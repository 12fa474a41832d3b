#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-1
"""A subscriber that sent DISCONNECT gets no more messages."""

from lib.case import *


def test(b):
    pub = b.client()
    for turn in range(10):
        sub = b.client()
        sub.subscribe('t')
        pub.publish('t', 'x')
        sub.expect_publish('t', 'x')
        sub.send(disconnect())
        sub.expect_close()
        pub.publish('t', 'late')
        pub.sync()
    # a DISCONNECT in the middle of a stream: whole packets, then the end
    sub = b.client()
    sub.subscribe('t')
    pub.send(*[publish('t', bytes(500))] * 200)
    sub.send(disconnect())
    sub.expect_close(skip=(PUBLISH,))


run(test)
