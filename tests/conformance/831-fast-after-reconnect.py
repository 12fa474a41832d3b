#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-4
"""A resumed session is back on the fast path without SUBSCRIBE."""

from lib.case import *


def test(b):
    pub = b.client()
    sub = b.client('s', clean=False)
    sub.subscribe(('k', 1))
    for _ in range(3):
        sub.close()
        sub = b.client('s', clean=False, session_present=1)
        pub.publish('k', 'first')
        sub.expect_publish('k', 'first')
        pub.sync()
        with Counted(publish_fast=10, deliver_fast=10, divert_miss=0):
            for n in range(10):
                pub.publish('k', str(n))
                sub.expect_publish('k', str(n))


run(test, kernel_only=True)
