#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""An expiry is counted once, and the will is published."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    with Counted(keepalive_expired=1):
        client = b.client(keepalive=1, will=('will', 'late'))
        client.expect_close(timeout=TIMEOUT)
        watcher.expect_publish('will', 'late')


run(test, kernel_only=True)
