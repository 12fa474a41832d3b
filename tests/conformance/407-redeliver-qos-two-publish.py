#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.4.0-1 MQTT-3.3.1.-1 MQTT-4.6.0-1
"""QoS 2 without PUBREC is sent again with DUP 1."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('t', 2))
    for n in range(4):
        pub.publish('t', 'n%d' % n, 2)
    first = [sub.expect_publish('t', 'n%d' % n, 2, ack=False)
             for n in range(4)]
    sub.close()
    sub = b.client('s', clean=False, session_present=1)
    for n in range(4):
        again = sub.expect_publish('t', 'n%d' % n, 2, dup=1)
        equal(again.pid, first[n].pid, 'identifier')
    sub.expect_nothing_from(pub, 2)


run(test)
