#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8 MQTT-3.1.2-5
"""A will with QoS 1 waits for an offline session."""

from lib.case import *


def test(b):
    sub = b.client('s', clean=False)
    sub.subscribe(('will', 1))
    sub.disconnect()
    watcher = b.client()
    watcher.subscribe('will')
    client = b.client(will=('will', 'gone', 1, False))
    client.close()
    watcher.expect_publish('will', 'gone', 0)
    sub = b.client('s', clean=False, session_present=1)
    sub.expect_publish('will', 'gone', 1)


run(test)
