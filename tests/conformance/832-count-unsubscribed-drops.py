#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-2
"""After the last UNSUBSCRIBE messages end in drop_no_subscriber."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('k')
    pub.publish('k', 'x')
    sub.expect_publish('k', 'x')
    sub.unsubscribe('k')
    pub.publish('k', 'y')
    pub.sync()
    with Counted(drop_no_subscriber=10, deliver_fast=0):
        for _ in range(10):
            pub.publish('k', 'z')
        pub.sync()
    sub.expect_silence()


run(test, kernel_only=True)
