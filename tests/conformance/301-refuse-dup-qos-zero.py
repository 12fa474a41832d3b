#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.3.1-2 MQTT-4.3.1-1
"""DUP on a QoS 0 PUBLISH is a protocol violation."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('t')
    # also on a topic whose flow is installed
    for _ in range(3):
        watcher.publish('t', 'ok')
        watcher.expect_publish('t', 'ok')
    refused(b, publish('t', 'bad', dup=True),
            publish('t', 'bad', dup=True, retain=True))
    watcher.expect_nothing_from(watcher)


run(test)
