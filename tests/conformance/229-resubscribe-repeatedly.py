#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-1 MQTT-3.10.4-2
"""Hundreds of subscribe and unsubscribe rounds leave no trace."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    for n in range(200):
        pid = n + 1
        sub.send(subscribe(pid, 'x/%d' % (n % 7)),
                 unsubscribe(pid, 'x/%d' % (n % 7)))
        sub.expect(SUBACK, pid)
        sub.expect(UNSUBACK, pid)
    for n in range(7):
        pub.publish('x/%d' % n, 'no')
    sub.expect_nothing_from(pub)


run(test)
