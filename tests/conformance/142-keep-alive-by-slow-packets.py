#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""QoS 1 exchanges count as activity too."""

from lib.case import *


def test(b):
    client = b.client(keepalive=KEEP_ALIVE)
    for n in range(4):
        client.publish('t', 'x', 1)
        time.sleep(0.6 * KEEP_ALIVE)
    client.expect_silence()


run(test)
