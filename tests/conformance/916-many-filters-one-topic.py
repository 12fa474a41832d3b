#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.5-1
"""Two thousand overlapping filters of one client: still one copy."""

import itertools

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    topic = '/'.join('abcdefghijk')
    names = ['/'.join(p) for p in
             itertools.product(*(('+', c) for c in 'abcdefghijk'))]
    for start in range(0, len(names), 256):
        sub.subscribe(*names[start:start + 256])
    for n in range(10):
        pub.publish(topic, str(n))
        sub.expect_publish(topic, str(n))
    sub.expect_nothing_from(pub)


run(test)
