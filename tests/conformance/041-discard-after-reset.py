#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""Connections reset in the middle of anything disturb nobody."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('t', 1))
    for data in (b'', connect('r')[:5], connect('r'),
                 connect('r') + publish('q', bytes(5000))[:3000],
                 connect('r') + subscribe(1, '#'),
                 connect('r') + publish('q', 'x', 2, 1)):
        client = b.raw('r')
        client.send(data)
        client.reset()
        pub.publish('t', 'x', 1)
        sub.expect_publish('t', 'x', 1)
    sub.expect_silence()


run(test)
