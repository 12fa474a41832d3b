#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.7.2-1
"""Filters that start with a wildcard match no topic that starts with $."""

from lib.case import *


def test(b):
    pub, wild, exact = b.client(), b.client(), b.client()
    wild.subscribe('#', '+', '+/#', '+/a', '+/+/b')
    exact.subscribe('$own/#')
    for topic in ('$own/a', '$own', '$own/a/b', '$', '$own/a'):
        pub.publish(topic, 'x')
    wild.expect_nothing_from(pub)


run(test)
