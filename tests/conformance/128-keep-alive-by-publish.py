#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""QoS 0 messages alone, which only the data path sees, count as activity."""

from lib.case import *


def test(b):
    client, sub = b.client(keepalive=KEEP_ALIVE), b.client(keepalive=0)
    sub.subscribe('t')
    for n in range(5):
        client.publish('t', 'n%d' % n)
        sub.expect_publish('t', 'n%d' % n)
        time.sleep(0.5 * KEEP_ALIVE)
    client.expect_silence()


run(test)
