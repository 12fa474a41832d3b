#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6 MQTT-4.6.0-5
"""New topics in a pipelined stream: the first message is never overtaken."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('o/#')
    for turn in range(40):
        topic = 'o/%d' % turn
        pub.send(*(publish(topic, 'n%d' % n) for n in range(100)))
        for n in range(100):
            sub.expect_publish(topic, 'n%d' % n)
    sub.expect_silence()


run(test)
