#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.2-2 MQTT-2.3.1-6 MQTT-3.3.4-1
"""PUBACK carries the identifier; the same one later is a new message."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for n, pid in enumerate((1, 1, 0x1234, 65535, 1)):
        pub.send(publish('t', 'n%d' % n, 1, pid))
        pub.expect(PUBACK, pid)
        sub.expect_publish('t', 'n%d' % n, 1)
    # DUP does not matter after PUBACK
    pub.send(publish('t', 'dup', 1, 1, dup=True))
    pub.expect(PUBACK, 1)
    sub.expect_publish('t', 'dup', 1, dup=0)


run(test)
