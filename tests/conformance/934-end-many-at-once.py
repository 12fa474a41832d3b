#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-3 MQTT-3.1.2-8
"""Connections that all end at once do so in several turns of the loop, and each as it should."""

import os

from lib.case import *

MANY = 120


def test(b):
    watcher = b.client()
    watcher.subscribe('gone/#')
    many = [b.client(will=('gone/%d' % i, b'')) for i in range(MANY)]
    for client in many[::2]:
        client.send(publish('gone/last', b''), disconnect())
    for client in many[1::2]:
        client.half_close()
    for client in many:
        client.expect_eof()
        client.sock.close()
    got = sorted(watcher.wait(PUBLISH).topic for _ in range(MANY))
    equal(got, sorted(['gone/last'] * (MANY // 2) + ['gone/%d' % i for i in range(1, MANY, 2)]))
    watcher.expect_silence()


# All on one CPU: the daemon finds what these have sent when they are all done.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
run(test)
