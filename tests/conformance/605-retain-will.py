#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-17 MQTT-3.3.1-5
"""A will with Will Retain is stored for later subscribers."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe(('will', 1))
    client = b.client(will=('will', 'kept', 1, True))
    client.close()
    watcher.expect_publish('will', 'kept', 1, 0)
    late = b.client()
    late.subscribe(('will', 1))
    late.expect_publish('will', 'kept', 1, 1)


run(test)
