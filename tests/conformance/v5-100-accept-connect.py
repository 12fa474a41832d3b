#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.4-5 MQTT-3.2.0-1 MQTT-3.2.2-1 MQTT-3.2.2-2 MQTT-3.2.2-9 MQTT-3.2.2-10 MQTT-3.1.2-28 MQTT-2.2.2-1 MQTT-4.12.0-6 MQTT-4.2-1
"""CONNACK 0, and what it says the broker can do."""

from lib.case5 import *


def test(b):
    every = [(SESSION_EXPIRY, 0), (RECEIVE_MAXIMUM, 10),
             (MAXIMUM_PACKET_SIZE, 10000), (TOPIC_ALIAS_MAXIMUM, 5),
             (REQUEST_RESPONSE_INFO, 0), (REQUEST_PROBLEM_INFO, 1),
             (USER_PROPERTY, ('a', 'b')), (USER_PROPERTY, ('a', 'b')),
             (USER_PROPERTY, ('', ''))]
    for props in ([], every, every[::-1]):
        client = b.client5(session_present=0, props=props)
        got = client.connack.props
        check(got.get(TOPIC_ALIAS_MAXIMUM, 0) >= 10, 'few aliases: %r' % got)
        for name in (MAXIMUM_QOS, RETAIN_AVAILABLE, WILDCARD_AVAILABLE,
                     SUBSCRIPTION_ID_AVAILABLE, SHARED_AVAILABLE):
            equal(got.get(name, 1), 1, 'property 0x%02x' % name)
        for name in (AUTH_METHOD, AUTH_DATA, RESPONSE_INFO,
                     ASSIGNED_CLIENT_ID):
            check(name not in got, 'property 0x%02x' % name)
        client.ping()
        client.disconnect()


run(test)
