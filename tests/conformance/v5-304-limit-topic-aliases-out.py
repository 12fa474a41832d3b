#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-26 MQTT-3.1.2-27 MQTT-3.3.2-10 MQTT-3.3.2-11 MQTT-3.3.2-7
"""Aliases towards a client stay within its maximum and mean what they say."""

from lib.case5 import *


def test(b):
    pub = b.client5()
    for most in (0, 1, 3, 65535):
        props = [(TOPIC_ALIAS_MAXIMUM, most)] if most else []
        client = b.client5('alias%d' % most, props=props)
        client.subscribe(('x/#', 1))
        names = {}
        for i in range(30):
            topic = 'x/%d' % (i * i % 7)
            pub.publish(topic, str(i), i % 2)
            got = client.expect_publish(None, str(i), i % 2)
            number = got.props.get(TOPIC_ALIAS)
            check(number is None or number <= most, 'alias %r' % number)
            if got.topic and number:
                names[number] = got.topic
            equal(got.topic or names.get(number), topic)
        client.disconnect()


run(test)
