#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-1.5.3-1
"""Discouraged code points close the publisher or arrive unchanged."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('#')
    for topic in ('a\x01', 'a\x1f', 'a\x7f', 'a\x80', 'a\x9f', 'a\uffff',
                  'a\ufdd0', 'a\U0010ffff'):
        pub = b.client()
        for _ in range(2):
            pub.send_or_closed(publish(topic, 'x'))
        pub.send_or_closed(unsubscribe(9, 'none'))
        got = pub._next(time.monotonic() + TIMEOUT)
        if got is None:
            sub.expect_silence()
            continue
        equal((got.type, got.pid), (UNSUBACK, 9))
        for _ in range(2):
            sub.expect_publish(topic, 'x')


run(test)
