#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.2-1 MQTT-2.3.1-4 MQTT-2.3.1-1
"""Identifiers are non-zero and unused until PUBACK."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for n in range(10):
        pub.publish('t', 'n%d' % n, 1)
    got = [sub.expect_publish('t', 'n%d' % n, 1, ack=False)
           for n in range(10)]
    equal(len({m.pid for m in got}), 10, 'distinct identifiers')
    # acknowledged in any order
    for message in reversed(got):
        sub.send(puback(message.pid))
    sub.expect_silence()


run(test)
