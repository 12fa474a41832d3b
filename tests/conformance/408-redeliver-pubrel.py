#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1 MQTT-4.3.3-1
"""After PUBREC the PUBREL is repeated, never the PUBLISH."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 2))
    pub.publish('t', 'x', 2)
    got = sub.expect_publish('t', 'x', 2, ack=False)
    sub.send(pubrec(got.pid))
    sub.expect(PUBREL, got.pid)
    for _ in range(3):
        sub.close()
        sub = b.client('s', clean=False, session_present=1)
        sub.expect(PUBREL, got.pid)
    sub.send(pubcomp(got.pid))
    sub.sync()
    sub.close()
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_nothing_from(pub, 2)


run(test)
