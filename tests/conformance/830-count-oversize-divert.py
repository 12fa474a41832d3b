#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.4-1
"""More than fast_max goes through the daemon, at most that through the kernel."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('k')
    pub.publish('k', 'x')
    sub.expect_publish('k', 'x')
    pub.sync()
    with Counted(publish_fast=3, deliver_fast=3):
        for _ in range(3):
            pub.publish('k', bytes(60000))
            sub.expect_publish('k', bytes(60000))
    with Counted(publish_fast=0, divert_other=3):
        for _ in range(3):
            pub.publish('k', bytes(70000))
            sub.expect_publish('k', bytes(70000))


run(test, kernel_only=True)
