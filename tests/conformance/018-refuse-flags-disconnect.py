#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.1-1 MQTT-2.2.2-2
"""DISCONNECT with reserved bits set is an error: the will is published."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for flags in (1, 2, 4, 8, 15):
        client = b.client(will=('will', 'gone'))
        client.send(packet(0xe0 | flags))
        client.expect_close()
        watcher.expect_publish('will', 'gone')


run(test)
