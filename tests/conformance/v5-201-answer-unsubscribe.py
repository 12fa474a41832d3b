#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.10.4-1 MQTT-3.10.4-2 MQTT-3.10.4-4 MQTT-3.10.4-5 MQTT-3.10.4-6 MQTT-3.11.3-1 MQTT-3.11.3-2 MQTT-2.2.1-6
"""One UNSUBACK with 0 or 0x11 for each filter, in order."""

from lib.case5 import *


def test(b):
    client = b.client5()
    client.subscribe('a', ('b/+', 1), '#', '$share/g/a')
    client.send(unsubscribe(9, 'x', 'b/+', 'a', 'a', 'b/c', '$share/h/a',
                            '$share/g/a',
                            props=[(USER_PROPERTY, ('k', 'v'))] * 2))
    equal(client.expect(UNSUBACK, 9).codes, [0x11, 0, 0, 0x11, 0x11, 0x11, 0])
    client.publish('b/c', 'one', 1)
    client.expect_publish('b/c', 'one')
    client.unsubscribe('#', want=[0])
    client.publish('a', 'x', 1)
    client.expect_silence()


run(test)
