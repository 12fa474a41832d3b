#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-10 MQTT-3.3.1-11
"""A retained message without payload removes the stored one."""

from lib.case import *


def test(b):
    pub, live = b.client(), b.client()
    live.subscribe(('r', 2))
    for qos in (0, 1, 2):
        pub.publish('r', 'kept', qos, retain=True)
        live.expect_publish('r', 'kept', qos, 0)
        pub.publish('r', b'', qos, retain=True)
        # sent to existing subscribers as an ordinary empty message
        live.expect_publish('r', b'', qos, 0)
        pub.sync()
        sub = b.client()
        sub.subscribe(('r', 2))
        sub.expect_silence()
        sub.disconnect()


run(test)
