#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""After the first message of a topic every QoS 0 message is a hit."""

from lib.case import *


def test(b):
    pub = b.client()
    subs = [b.client() for _ in range(7)]
    for sub in subs:
        sub.subscribe('k/#')
    pub.publish('k/t', 'first')
    for sub in subs:
        sub.expect_publish('k/t', 'first')
    pub.sync()
    with Counted(publish_fast=500, deliver_fast=3500, divert_miss=0,
                 publish_fast_bytes=500 * len(publish('k/t', '%04d' % 0))):
        for n in range(500):
            pub.publish('k/t', '%04d' % n)
        for sub in subs:
            equal(payloads(sub, 500, 'k/t'), [b'%04d' % n for n in range(500)])


run(test, kernel_only=True)
