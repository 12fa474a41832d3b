#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.2-3 MQTT-3.3.2-4 MQTT-3.3.2-15 MQTT-3.3.2-16 MQTT-3.3.2-17 MQTT-3.3.2-18 MQTT-3.3.2-20 MQTT-1.5.4-3 MQTT-4.3.1-1 MQTT-3.3.1-3
"""All properties of a message arrive as they were sent, first and later ones."""

from lib.case5 import *

USERS = [('z', '1'), ('a', '\ufeff\u00e9'), ('z', '1'), ('', ''), ('k' * 300, 'v')]
SENT = [(USER_PROPERTY, USERS[0]), (CORRELATION_DATA, b'\0\xff\0'),
        (USER_PROPERTY, USERS[1]), (PAYLOAD_FORMAT, 0),
        (USER_PROPERTY, USERS[2]), (CONTENT_TYPE, 'text/\ufeff'),
        (USER_PROPERTY, USERS[3]), (RESPONSE_TOPIC, 'answer/\u4e2d'),
        (USER_PROPERTY, USERS[4])]
WANT = {USER_PROPERTY: USERS, CORRELATION_DATA: b'\0\xff\0',
        PAYLOAD_FORMAT: 0, CONTENT_TYPE: 'text/\ufeff',
        RESPONSE_TOPIC: 'answer/\u4e2d'}


def test(b):
    pub, low, high, old = b.client5(), b.client5(), b.client5(), b.client()
    low.subscribe('t')
    high.subscribe(('t', 2))
    old.subscribe(('t', 2))
    for turn in range(3):
        for qos in (0, 1, 2):
            payload = b'\xff%d' % turn
            pub.publish('t', payload, qos, props=SENT)
            low.expect_publish('t', payload, 0, props=WANT)
            high.expect_publish('t', payload, qos, props=WANT)
            old.expect_publish('t', payload, qos)
        for one in SENT:
            pub.publish('t', 'x', props=[one])
            value = [one[1]] if one[0] == USER_PROPERTY else one[1]
            for client in low, high:
                client.expect_publish('t', 'x', 0, props={one[0]: value})
            old.expect_publish('t', 'x')
        pub.publish('t', '')
        low.expect_publish('t', '', 0, props={})
        high.expect_publish('t', '', 0, props={})
        old.expect_publish('t', '')
    pub.publish('t', 'kept', 1, True, props=SENT)
    late = b.client5()
    late.subscribe('t')
    late.expect_publish('t', 'kept', 0, 1, props=WANT)
    sender = b.client()
    sender.publish('t', 'plain', 0)
    late.expect_publish('t', 'plain', 0, props={})


run(test)
