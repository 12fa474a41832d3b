#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-6 MQTT-4.3.3-2
"""With a clean session the same identifier is a new message."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe(('t', 2))
    pub = b.client('p')
    pub.send(publish('t', 'first', 2, 10))
    pub.expect(PUBREC, 10)
    pub.close()
    pub = b.client('p')
    pub.send(publish('t', 'second', 2, 10))
    pub.expect(PUBREC, 10)
    pub.send(pubrel(10))
    pub.expect(PUBCOMP, 10)
    # the first may or may not have been passed on before PUBREL
    got = sub.expect_publish('t', None, 2).payload
    if got == b'first':
        got = sub.expect_publish('t', None, 2).payload
    equal(got, b'second')
    sub.expect_nothing_from(pub, 2)


run(test)
