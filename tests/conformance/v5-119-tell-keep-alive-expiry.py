#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.2-22
"""DISCONNECT 0x8D, whoever watches the keep alive; what was sent before is there."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('w')
    for text in (), [(REQUEST_PROBLEM_INFO, 0)]:
        client = b.client5(keepalive=KEEP_ALIVE, will=('w', 'expired'), props=list(text))
        began = time.monotonic()
        client.subscribe('t')
        for n in range(5):
            watcher.publish('t', str(n))
        for n in range(5):
            client.expect_publish('t', str(n))
        got = client.expect_disconnect(0x8d)
        check(time.monotonic() - began > KEEP_ALIVE, 'after less than the keep alive')
        equal(REASON_STRING in got.props, not text)
        watcher.expect_publish('w', 'expired')


run(test)
