#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""Fifty publishers to one subscriber: all arrive, each in order."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('in/+')
    pubs = [b.client() for _ in range(50)]
    for n in range(40):
        for i, pub in enumerate(pubs):
            pub.publish('in/%d' % i, str(n))
    seen = {}
    for _ in range(50 * 40):
        message = sub.expect_publish()
        equal(int(message.payload), seen.get(message.topic, 0), message.topic)
        seen[message.topic] = seen.get(message.topic, 0) + 1
    sub.expect_silence()


run(test)
