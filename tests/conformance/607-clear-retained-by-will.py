#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-17 MQTT-3.3.1-10
"""An empty retained will clears the stored message of its topic."""

from lib.case import *


def test(b):
    pub = b.client()
    pub.publish('will', 'kept', 1, retain=True)
    watcher = b.client()
    watcher.subscribe('will')
    watcher.expect_publish('will', 'kept', 0, 1)
    client = b.client(will=('will', b'', 1, True))
    client.close()
    watcher.expect_publish('will', b'', 0, 0)
    late = b.client()
    late.subscribe('will')
    late.expect_silence()


run(test)
