#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-10 MQTT-3.14.4-3
"""DISCONNECT discards the will."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for n in range(5):
        client = b.client(will=('will', 'bad'))
        if n % 2:
            client.publish('t', 'x')
        client.disconnect()
    # DISCONNECT and an immediate reset
    client = b.client(will=('will', 'bad'))
    client.send(disconnect())
    client.expect_close()
    client.reset()
    watcher.expect_nothing_from(b.client())


run(test)
