#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-3
"""DUP of an incoming message is not propagated."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    pub.send(publish('t', 'one', 1, 1, dup=True))
    pub.expect(PUBACK, 1)
    sub.expect_publish('t', 'one', 1, dup=0)
    pub.send(publish('t', 'two', 2, 2, dup=True))
    pub.expect(PUBREC, 2)
    pub.send(pubrel(2))
    pub.expect(PUBCOMP, 2)
    sub.expect_publish('t', 'two', 2, dup=0)


run(test)
