#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.3.3-1 MQTT-2.3.1-4 MQTT-4.6.0-4
"""PUBREL follows PUBREC with its identifier, in the order of the PUBRECs."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 2))
    for n in range(6):
        pub.publish('t', 'n%d' % n, 2)
    got = [sub.expect_publish('t', 'n%d' % n, 2, ack=False)
           for n in range(6)]
    equal(len({m.pid for m in got}), 6, 'distinct identifiers')
    for message in got:
        sub.send(pubrec(message.pid))
    for message in got:
        sub.expect(PUBREL, message.pid)
    for message in got:
        sub.send(pubcomp(message.pid))
    sub.expect_silence()


run(test)
