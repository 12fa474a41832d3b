#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.1-2 MQTT-4.7.3-3
"""Thousands of levels are no problem."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    deep = '/'.join('a' * 5000)
    slashes = '/' * 20000
    sub.subscribe('a/#', slashes + '#', '+/' * 4999 + 'a')
    for topic in (deep, slashes):
        for _ in range(2):
            pub.publish(topic, 'x')
            sub.expect_publish(topic, 'x')
    sub.expect_nothing_from(pub)


run(test)
