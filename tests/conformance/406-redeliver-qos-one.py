#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1 MQTT-3.3.1.-1 MQTT-4.6.0-1
"""Unacknowledged PUBLISH packets come again: same identifier, order, DUP 1."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 1))
    for n in range(6):
        pub.publish('t', 'n%d' % n, 1)
    first = [sub.expect_publish('t', 'n%d' % n, 1, ack=False)
             for n in range(6)]
    sub.send(puback(first[0].pid), puback(first[3].pid))
    sub.sync()
    sub.close()
    sub = b.client('s', clean=False, session_present=1)
    for n in (1, 2, 4, 5):
        again = sub.expect_publish('t', 'n%d' % n, 1, dup=1)
        equal(again.pid, first[n].pid, 'identifier')
    sub.expect_nothing_from(pub, 1)


run(test)
