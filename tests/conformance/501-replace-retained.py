#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-5 MQTT-3.3.1-7
"""Only the last retained message of a topic is kept."""

from lib.case import *


def test(b):
    pub = b.client()
    for n, qos in enumerate((0, 1, 2, 0, 1, 0)):
        pub.publish('r', 'n%d' % n, qos, retain=True)
        pub.sync()
        sub = b.client()
        sub.subscribe(('r', 2))
        sub.expect_publish('r', 'n%d' % n, qos, 1)
        sub.expect_silence()
        sub.disconnect()


run(test)
