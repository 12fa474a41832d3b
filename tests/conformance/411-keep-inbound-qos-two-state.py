#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-2 MQTT-4.4.0-1 MQTT-4.1.0-1
"""A QoS 2 message repeated on a new connection is delivered once."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe(('t', 2))
    pub = b.client('p', clean=False)
    pub.send(publish('t', 'once', 2, 10))
    pub.expect(PUBREC, 10)
    pub.close()
    pub = b.client('p', clean=False, session_present=1)
    pub.send(publish('t', 'once', 2, 10, dup=True))
    pub.expect(PUBREC, 10)
    pub.send(pubrel(10))
    pub.expect(PUBCOMP, 10)
    sub.expect_publish('t', 'once', 2)
    sub.expect_nothing_from(pub, 2)


run(test)
