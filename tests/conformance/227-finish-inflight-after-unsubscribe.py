#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-3
"""QoS 1 and 2 exchanges that were begun are completed."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    pub.publish('t', 'two', 2)
    pub.publish('t', 'one', 1)
    two = sub.expect_publish('t', 'two', 2, ack=False)
    one = sub.expect_publish('t', 'one', 1, ack=False)
    sub.unsubscribe('t')
    sub.send(puback(one.pid), pubrec(two.pid))
    sub.expect(PUBREL, two.pid)
    sub.send(pubcomp(two.pid))
    sub.expect_silence()


run(test)
