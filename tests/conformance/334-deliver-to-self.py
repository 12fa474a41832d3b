#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.5-1
"""A publisher receives its own messages, once for each."""

from lib.case import *


def test(b):
    client = b.client()
    client.subscribe(('self/#', 1))
    for n in range(20):
        client.publish('self/a', 'n%d' % n, n % 2)
        client.expect_publish('self/a', 'n%d' % n, n % 2)
    client.expect_silence()


run(test)
