#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-5
"""Nothing sent after a rejected CONNECT is processed."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe('#')
    for n in range(5):
        client = b.raw()
        client.send(connect('x', level=3), publish('a', 'no', retain=True),
                    publish('a', 'no', 1, 1), subscribe(1, 'a'))
        client.expect_connack(1, 0)
        client.expect_close()
    pub = b.client()
    watcher.expect_nothing_from(pub, 0)
    watcher.expect_nothing_from(pub, 1)
    late = b.client()
    late.subscribe('a')
    late.expect_silence()


run(test)
