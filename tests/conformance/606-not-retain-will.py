#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-16
"""A will without Will Retain is not stored."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('will')
    client = b.client(will=('will', 'fleeting'))
    client.close()
    watcher.expect_publish('will', 'fleeting')
    late = b.client()
    late.subscribe('will')
    late.expect_silence()


run(test)
