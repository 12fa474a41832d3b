#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-9
"""QoS 1 for QoS 0 subscribers goes once to the port, then to each."""

from lib.case import *


def test(b):
    pub = b.client()
    subs = [b.client() for _ in range(4)]
    for sub in subs:
        sub.subscribe('k')
    with Counted(deliver_packet_out=12, deliver_fast=0):
        for n in range(3):
            pub.publish('k', str(n), 1)
            for sub in subs:
                sub.expect_publish('k', str(n), 0)


run(test, kernel_only=True)
