#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.2-1
"""PUBACK, PUBREC and PUBCOMP for nothing disturb no session."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    for stray in (puback(9), pubcomp(9)):
        client = b.client()
        client.send_or_closed(stray)
        client.send_or_closed(pingreq())
        got = client._next(time.monotonic() + TIMEOUT)
        check(got is None or got.type == PINGRESP, 'stray ack: %r' % got)
    pub.publish('t', 'x', 2)
    sub.expect_publish('t', 'x', 2)


run(test)
