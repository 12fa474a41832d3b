#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-2
"""Also when the topic has a flow: nothing overtakes DISCONNECT."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('t', 'will')
    for turn in range(20):
        client = b.client(will=('will', 'bad'))
        for _ in range(3):
            client.publish('t', 'warm')
            watcher.expect_publish('t', 'warm')
        client.send(disconnect(), *[publish('t', 'after')] * 20)
        client.expect_close()
    watcher.expect_nothing_from(b.client())


run(test)
