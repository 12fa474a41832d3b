#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-2.3.1-4
"""The two directions use identifiers independently."""

from lib.case import *


def test(b):
    client = b.client()
    client.subscribe(('t', 2))
    for pid in range(1, 30):
        client.send(publish('t', 'n%d' % pid, 1, pid))
        client.wait(PUBACK, pid)
        client.expect_publish('t', 'n%d' % pid, 1)


run(test)
