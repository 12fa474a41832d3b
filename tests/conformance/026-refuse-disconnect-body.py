#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1 MQTT-3.14.4-3
"""DISCONNECT with a body is malformed: the will is published."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for body in (b'\0', b'\0\0'):
        client = b.client(will=('will', 'gone'))
        client.send(packet(0xe0, body))
        client.expect_close()
        watcher.expect_publish('will', 'gone')


run(test)
