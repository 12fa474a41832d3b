#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-1
"""A member more in a known group costs no flow."""

from lib.case import *


def test(b):
    pub, first = b.client(), b.client()
    first.subscribe('k/#')
    topics = ['k/%d' % n for n in range(30)]
    for topic in topics:
        pub.publish(topic, 'x')
        first.expect_publish(topic, 'x')
    pub.sync()
    second = b.client()
    with Counted(divert_miss=0, publish_fast=30, deliver_fast=60):
        second.subscribe('k/#')
        for topic in topics:
            pub.publish(topic, 'y')
            first.expect_publish(topic, 'y')
            second.expect_publish(topic, 'y')


run(test, kernel_only=True)
