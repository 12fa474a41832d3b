#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.3.1-5 MQTT-3.3.1-6 MQTT-3.3.1-7 MQTT-3.3.1-8
"""Retained messages are replaced, kept by ordinary ones, cleared by empty."""

from lib.case5 import *


def kept(b):
    client = b.client5()
    client.subscribe(('r', 2))
    client.sync()
    found = [(m.payload, m.retain, m.props) for m in client.pending]
    client.close()
    return found


def test(b):
    pub = b.client5()
    for qos in (0, 1, 2):
        pub.publish('r', 'a', qos, True, props=[(CONTENT_TYPE, 'x')])
        pub.sync()
        equal(kept(b), [(b'a', 1, {CONTENT_TYPE: 'x'})])
        pub.publish('r', 'b', qos, True)
        pub.publish('r', 'not', qos)
        pub.publish('r', '', qos)
        pub.sync()
        equal(kept(b), [(b'b', 1, {})])
        watcher = b.client5()
        watcher.subscribe(('r', options(2, rap=True, handling=2)))
        pub.publish('r', '', qos, True, props=[(CONTENT_TYPE, 'x')])
        watcher.expect_publish('r', '', qos, 1)
        pub.sync()
        equal(kept(b), [])


run(test)
