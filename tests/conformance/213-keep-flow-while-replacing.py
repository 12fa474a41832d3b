#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-3
"""Replacing a subscription loses and doubles no message."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('t')
    total = 600
    for n in range(total):
        pub.publish('t', 'n%d' % n)
        if n % 20 == 0:
            sub.send(subscribe(100 + n, ('t', 0)))
    got, acks = [], 0
    while len(got) < total or acks < total // 20:
        message = sub.read()
        if message.type == SUBACK:
            acks += 1
        else:
            got.append(message.payload)
    equal(got, [b'n%d' % n for n in range(total)])
    sub.expect_silence()


run(test)
