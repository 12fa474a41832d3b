#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.2.2-15 MQTT-4.13.1-1
"""CONNACK says how large a packet may be; a larger one ends in 0x95."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    equal(watcher.connack.props.get(MAXIMUM_PACKET_SIZE), 2000)
    watcher.subscribe(('t', 2))
    pub = b.client5()
    # fixed header 3, topic 3, properties 1
    for qos in (0, 1, 2):
        data = 'x' * (2000 - 7 - (2 if qos else 0))
        pub.publish('t', data, qos)
        watcher.expect_publish('t', data, qos)
    refused(b, 0x95, publish('t', 'x' * 1994), publish('t', 'x' * 5000, 1, 1),
            publish('t', 'x' * 1000000, 2, 1),
            packet(0x82, b'', length=2001), packet(0x30, b'', length=268435455))


run(test, max_packet_size=2000)
