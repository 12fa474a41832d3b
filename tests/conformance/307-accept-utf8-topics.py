#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-1 MQTT-4.7.3-4
"""Well-formed topics of every length of code point arrive unchanged."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('#')
    for topic in ('ASCII~', '\u0080\u009f'[:0] + 'é', '\u07ff', '\u0800',
                  '\ud7ff', '\ue000', '\u20ac/\u4e2d', '\U00010000',
                  '\U0002a6d4', '\U0010fffd', 'A\U0002a6d4', 'a b', ' '):
        for _ in range(3):
            pub.publish(topic, topic)
            sub.expect_publish(topic, topic)


run(test)
