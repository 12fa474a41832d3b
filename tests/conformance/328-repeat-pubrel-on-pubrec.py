#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-1
"""A repeated PUBREC is answered by PUBREL, never by PUBLISH."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    pub.publish('t', 'x', 2)
    got = sub.expect_publish('t', 'x', 2, ack=False)
    for _ in range(3):
        sub.send(pubrec(got.pid))
        sub.expect(PUBREL, got.pid)
    sub.send(pubcomp(got.pid))
    sub.expect_silence()


run(test)
