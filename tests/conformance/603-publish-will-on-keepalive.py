#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8 MQTT-3.1.2-24
"""Expiry of the keep alive publishes the will."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe(('will', 2))
    client = b.client(keepalive=1, will=('will', 'late', 2, False))
    watcher.expect_publish('will', 'late', 2)
    client.expect_close()


run(test)
