#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-6 MQTT-4.3.2-1
"""More retained QoS 1 messages than the window are all replayed."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    for n in range(100):
        pub.publish('r/%d' % n, str(n), 1, retain=True)
    sub.subscribe(('r/+', 1))
    got = {int(sub.expect_publish(None, None, 1, 1).payload)
           for _ in range(100)}
    equal(got, set(range(100)))
    sub.expect_silence()


run(test, max_inflight_messages=5, max_queued_messages=10)
