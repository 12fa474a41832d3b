#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.5-1
"""An overlapping subscriber counts as one delivery on the fast path."""

from lib.case import *


def test(b):
    pub, sub, other = b.client(), b.client(), b.client()
    sub.subscribe('k/#', 'k/+', 'k/t')
    other.subscribe('k/#')
    pub.publish('k/t', 'x')
    sub.expect_publish('k/t', 'x')
    other.expect_publish('k/t', 'x')
    pub.sync()
    with Counted(publish_fast=20, deliver_fast=40):
        for _ in range(20):
            pub.publish('k/t', 'x')
            sub.expect_publish('k/t', 'x')
            other.expect_publish('k/t', 'x')
    sub.expect_nothing_from(pub)


run(test, kernel_only=True)
