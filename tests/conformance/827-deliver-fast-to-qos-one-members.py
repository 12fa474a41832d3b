#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-6
"""QoS 0 to subscribers granted QoS 1 and 2 is fast too."""

from lib.case import *


def test(b):
    pub = b.client()
    subs = [b.client() for _ in range(3)]
    for qos, sub in enumerate(subs):
        sub.subscribe(('k', qos))
    pub.publish('k', 'x')
    for sub in subs:
        sub.expect_publish('k', 'x')
    pub.sync()
    with Counted(publish_fast=10, deliver_fast=30):
        for _ in range(10):
            pub.publish('k', 'x')
            for sub in subs:
                sub.expect_publish('k', 'x')


run(test, kernel_only=True)
