#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.6.0-6
"""A flow serves every publisher, not only the one that missed."""

from lib.case import *


def test(b):
    pubs = [b.client() for _ in range(5)]
    sub = b.client()
    sub.subscribe('k')
    pubs[0].publish('k', 'x')
    sub.expect_publish('k', 'x')
    pubs[0].sync()
    with Counted(divert_miss=0, publish_fast=5, deliver_fast=5):
        for pub in pubs:
            pub.publish('k', 'x')
            sub.expect_publish('k', 'x')


run(test, kernel_only=True)
