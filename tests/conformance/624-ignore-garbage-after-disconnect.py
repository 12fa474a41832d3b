#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-3
"""Garbage after DISCONNECT does not turn a clean end into an error."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    for bad in (b'\0\0', b'\xff' * 100, b'\x30\xff\xff\xff\xff\x7f'):
        client = b.client(will=('will', 'bad'))
        client.send(disconnect(), bad)
        client.expect_close()
    watcher.expect_nothing_from(b.client())


run(test)
