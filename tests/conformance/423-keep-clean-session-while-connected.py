#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.1.0-2 MQTT-4.1.0-1
"""A clean session keeps its state as long as its connection lasts."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client('s')
    sub.subscribe(('t', 2))
    got = []
    for n in range(5):
        pub.publish('t', str(n), 2)
        got.append(sub.expect_publish('t', str(n), 2, ack=False))
        # other connections come and go meanwhile
        b.client('other').disconnect()
        b.client('t', clean=False).disconnect()
    for message in got:
        sub.ack(message)
    pub.publish('t', 'still', 1)
    sub.expect_publish('t', 'still', 1)
    sub.expect_silence()


run(test)
