#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8
"""A client's own subscription gets its will only in its next connection."""

from lib.case import *


def test(b):
    client = b.client('s', clean=False, will=('will', 'gone', 1, False))
    client.subscribe(('will', 1))
    watcher = b.client()
    watcher.subscribe('will')
    client.close()
    watcher.expect_publish('will', 'gone')
    client = b.client('s', clean=False, session_present=1)
    client.expect_publish('will', 'gone', 1)


run(test)
