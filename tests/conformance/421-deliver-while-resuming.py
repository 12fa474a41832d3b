#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6 MQTT-3.1.2-5
"""Messages published during resumption come after the queued ones."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 1))
    sub.disconnect()
    for n in range(100):
        pub.publish('t', 'n%d' % n, 1)
    sub = b.raw('s')
    sub.send(connect('s', clean=False))
    for n in range(100, 200):
        pub.publish('t', 'n%d' % n, 1)
    sub.expect_connack(0, 1)
    equal(payloads(sub, 200, 't', 1), [b'n%d' % n for n in range(200)])
    sub.expect_silence()


run(test)
