#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.5.0-1
"""A topic first published to nobody is delivered once somebody subscribes."""

from lib.case import *


def test(b):
    pub = b.client()
    for n in range(20):
        topic = 'lone/%d' % n
        for _ in range(3):
            pub.publish(topic, 'nobody')
        pub.sync()
        sub = b.client()
        sub.subscribe(topic if n % 2 else 'lone/+')
        pub.publish(topic, 'somebody')
        sub.expect_publish(topic, 'somebody', timeout=TIMEOUT)
        sub.disconnect()


run(test)
