#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-8
"""Many clients vanish at once: every will is published once."""

from lib.case import *


def test(b):
    watcher = b.client()
    watcher.subscribe(('will/+', 1))
    clients = [b.client(will=('will/%d' % n, 'gone', n % 2, False))
               for n in range(100)]
    for client in clients:
        client.reset()
    got = sorted(watcher.expect_publish(None, 'gone', None).topic
                 for _ in range(100))
    equal(got, sorted('will/%d' % n for n in range(100)))
    watcher.expect_silence()


run(test)
