#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-2 MQTT-3.14.4-1
"""Packets after DISCONNECT are not processed; the broker closes."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('#')
    for _ in range(5):
        client = b.client()
        client.send(publish('t', 'before'), disconnect(),
                    publish('t', 'after'), publish('t', 'after', 1, 1),
                    subscribe(1, 't'))
        client.expect_close()
        watcher.expect_publish('t', 'before')
    pub = b.client()
    watcher.expect_nothing_from(pub, 0)
    watcher.expect_nothing_from(pub, 1)


run(test)
