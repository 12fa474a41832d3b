#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.5.0-1
"""Messages nobody wants are dropped in the kernel, counted, not diverted."""

from lib.case import *


def test(b):
    pub = b.client()
    pub.publish('nobody', 'x')
    pub.sync()
    with Counted(divert_miss=0, drop_no_subscriber=100, deliver_fast=0):
        for _ in range(100):
            pub.publish('nobody', 'x')
        pub.sync()


run(test, kernel_only=True)
