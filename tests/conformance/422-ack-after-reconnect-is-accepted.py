#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1
"""A PUBACK for the original arrives on the new connection: it counts."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 1))
    pub.publish('t', 'x', 1)
    first = sub.expect_publish('t', 'x', 1, ack=False)
    sub.close()
    sub = b.raw('s')
    sub.send(connect('s', clean=False), puback(first.pid))
    sub.expect_connack(0, 1)
    again = sub.expect_publish('t', 'x', 1, dup=1, ack=False)
    equal(again.pid, first.pid)
    sub.sync()
    sub.close()
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_nothing_from(pub, 1)


run(test)
