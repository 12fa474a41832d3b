#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8
"""The broker's own close for an oversize packet publishes the will."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for _ in range(3):
        client = b.client(will=('will', 'too big'))
        client.send_or_closed(publish('t', bytes(2000)))
        client.expect_close()
        watcher.expect_publish('will', 'too big')


run(test, max_packet_size=1000)
