#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-5
"""QoS and retain diverts are counted apart."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe(('k', 1))
    with Counted(divert_qos=5, divert_retain=4, publish_fast=0):
        for _ in range(5):
            pub.publish('k', 'x', 1)
            sub.expect_publish('k', 'x', 1)
        for _ in range(4):
            pub.publish('k', 'x', 0, retain=True)
            sub.expect_publish('k', 'x', 0)


run(test, kernel_only=True)
