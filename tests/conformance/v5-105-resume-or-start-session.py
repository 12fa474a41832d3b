#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-4 MQTT-3.1.2-5 MQTT-3.1.2-6 MQTT-3.1.2-23 MQTT-3.2.2-2 MQTT-3.2.2-3 MQTT-3.2.2-6 MQTT-4.5.0-1
"""Clean Start and the Session Expiry Interval: what is there afterwards."""

from lib.case5 import *

FOR_EVER = [(SESSION_EXPIRY, 0xffffffff)]


def test(b):
    pub = b.client5()
    # a session without Clean Start, but without an interval: gone at the end
    client = b.client5('a', 0, clean=False)
    client.subscribe(('t', 1))
    client.disconnect()
    client = b.client5('a', 0, clean=False, props=FOR_EVER)
    client.subscribe(('t', 1))
    client.drop()
    pub.publish('t', '1', 1)
    # Clean Start 1 and an interval: kept
    client = b.client5('b', 0, props=FOR_EVER)
    client.subscribe(('t', 2))
    client.disconnect()
    pub.publish('t', '2', 2)
    client = b.client5('a', 1, clean=False, props=FOR_EVER)
    equal(sorted(payloads(client, 1, 't', 1)), [b'1'])
    client.expect_publish('t', '2', 1)
    client.disconnect()
    client = b.client5('b', 1, clean=False)
    client.expect_publish('t', '2', 2)
    client.disconnect()
    b.client5('b', 0, clean=False).disconnect()
    # Clean Start 1 discards
    client = b.client5('a', 0, clean=True, props=FOR_EVER)
    client.publish('t', 'x')
    client.expect_silence()
    client.disconnect()
    # 3.1.1 and 5.0 share sessions
    client = b.client('a', 1, clean=False)
    client.subscribe(('t', 1))
    client.disconnect()
    client = b.client5('a', 1, clean=False)
    client.publish('t', 'x', 1)
    client.expect_publish('t', 'x', 1)


run(test)
