#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""One divert per new topic, none for topics seen before."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('k/#')
    topics = ['k/%d' % n for n in range(50)]
    with Counted(divert_miss=50, publish_fast=0):
        for topic in topics:
            pub.publish(topic, 'first')
            sub.expect_publish(topic, 'first')
        pub.sync()
    with Counted(divert_miss=0, publish_fast=50, deliver_fast=50):
        for topic in topics:
            pub.publish(topic, 'second')
            sub.expect_publish(topic, 'second')


run(test, kernel_only=True)
