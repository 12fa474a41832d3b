#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-6 MQTT-4.7.1-2 MQTT-4.7.1-3
"""Every matching topic is replayed once, others are not."""

from lib.case import *


def test(b):
    pub = b.client()
    topics = ['a', 'a/b', 'a/c', 'a/b/c', 'a/', '/a', 'b', 'b/a', '/', 'a//c']
    for topic in topics:
        pub.publish(topic, topic, 1, retain=True)
    for name, want in (
            ('#', topics), ('a/#', ['a', 'a/b', 'a/c', 'a/b/c', 'a/', 'a//c']),
            ('a/+', ['a/b', 'a/c', 'a/']), ('+', ['a', 'b']),
            ('+/+', ['a/b', 'a/c', 'a/', '/a', 'b/a', '/']),
            ('a/+/c', ['a/b/c', 'a//c']), ('/+', ['/a', '/']),
            ('+/a', ['/a', 'b/a']), ('/#', ['/a', '/']), ('c/#', [])):
        sub = b.client()
        sub.subscribe((name, 1))
        got = []
        for _ in want:
            message = sub.expect_publish(None, None, 1, 1)
            equal(message.payload, message.topic.encode())
            got.append(message.topic)
        equal(sorted(got), sorted(want), name)
        sub.expect_silence()
        sub.disconnect()


run(test)
