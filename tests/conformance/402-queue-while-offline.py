#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-5 MQTT-4.5.0-1
"""QoS 1 and 2 messages wait for a session, in order, QoS respected."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('q/one', 1), ('q/two', 2), ('q/zero', 0))
    sub.disconnect()
    for n in range(15):
        pub.publish('q/one', 'n%d' % n, 2)
        pub.publish('q/two', 'n%d' % n, 2)
        pub.publish('q/none', 'n%d' % n, 2)
    sub = b.client('s', clean=False, session_present=1)
    got = [sub.expect_publish(None, None, None) for _ in range(30)]
    for topic, qos in (('q/one', 1), ('q/two', 2)):
        mine = [m for m in got if m.topic == topic]
        equal([m.payload for m in mine], [b'n%d' % n for n in range(15)])
        equal({m.qos for m in mine}, {qos})
    sub.expect_nothing_from(pub, 2)


run(test)
