#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-2
"""Repeats before PUBREL are answered by PUBREC and not delivered again."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    pub.send(publish('t', 'once', 2, 5))
    pub.expect(PUBREC, 5)
    for dup in (True, True, False):
        pub.send(publish('t', 'once', 2, 5, dup=dup))
        pub.expect(PUBREC, 5)
    pub.send(pubrel(5))
    pub.expect(PUBCOMP, 5)
    sub.expect_publish('t', 'once', 2)
    # after PUBCOMP it is new again
    pub.send(publish('t', 'twice', 2, 5, dup=True))
    pub.expect(PUBREC, 5)
    pub.send(pubrel(5))
    pub.expect(PUBCOMP, 5)
    sub.expect_publish('t', 'twice', 2)
    sub.expect_nothing_from(pub, 2)


run(test)
