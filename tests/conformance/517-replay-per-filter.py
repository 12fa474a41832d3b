#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-4 MQTT-3.3.1-6
"""Two filters in one SUBSCRIBE each replay what they match."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    pub.publish('r/a', 'a', 1, retain=True)
    pub.publish('r/b', 'b', 1, retain=True)
    sub.subscribe(('r/a', 0), ('r/+', 1))
    sub.sync()
    got = {(m.topic, m.qos, m.retain) for m in sub.pending}
    for message in sub.pending:
        sub.ack(message)
    check({('r/a', 0, 1), ('r/b', 1, 1)} <= got, 'replayed %r' % got)


run(test)
