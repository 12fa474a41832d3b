#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-4.7.1-1 MQTT-4.7.1-2 MQTT-4.7.2-1 MQTT-4.7.3-3 MQTT-4.7.3-4 MQTT-3.3.2-3 MQTT-3.8.4-8
"""Matching is exact, byte by byte; $ topics are apart; QoS is the lower."""

from lib.case5 import *

TABLE = (('a/+', 'a/', 1), ('a/+', 'a', 0), ('+', '/a', 0), ('/+', '/a', 1),
         ('a/#', 'a', 1), ('#', '$x/a', 0), ('+/a', '$x/a', 0),
         ('$x/#', '$x/a', 1), ('A', 'a', 0), ('e\u0301', '\u00e9', 0),
         ('\ufeffa', 'a', 0), ('\ufeffa', '\ufeffa', 1), ('a//+', 'a//b', 1),
         ('$share/g/a/+', 'a/b', 1), ('$share/g/#', '$x/a', 0))


def test(b):
    pub = b.client5()
    for granted in (0, 1, 2):
        for name, topic, matches in TABLE:
            client = b.client5()
            client.subscribe((name, granted))
            for qos in (0, 1, 2):
                pub.publish(topic, 'x', qos)
                if matches:
                    client.expect_publish(topic, 'x', min(qos, granted))
            pub.sync()
            client.expect_silence()
            client.disconnect()
    longest = 'l' * 65535
    client = b.client5()
    client.subscribe((longest, 1))
    pub.publish(longest, 'x', 1)
    client.expect_publish(longest, 'x', 1)


run(test)
