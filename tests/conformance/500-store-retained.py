#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-5 MQTT-3.3.1-6 MQTT-3.3.1-8
"""A retained message goes to later subscribers, RETAIN 1, QoS respected."""

from lib.case import *


def test(b):
    pub = b.client()
    for qos in (0, 1, 2):
        pub.publish('r/%d' % qos, 'kept', qos, retain=True)
    pub.sync()
    for granted in (0, 1, 2):
        sub = b.client()
        for qos in (0, 1, 2):
            sub.subscribe(('r/%d' % qos, granted))
            sub.expect_publish('r/%d' % qos, 'kept', min(qos, granted), 1)
        sub.expect_silence()
        sub.disconnect()


run(test)
