#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""A stopped QoS 0 subscriber does not grow the broker without bound."""

from lib.case import *


def test(b):
    pub, slow, fast = b.client(), b.client(rcvbuf=4096), b.client()
    slow.subscribe('t')
    fast.subscribe('t')
    before = b.rss_kib()
    body = bytes(50000)
    # within what a subscriber that does read may have queued
    for _ in range(500):
        pub.send(*[publish('t', body)] * 4)
        for _ in range(4):
            fast.expect_publish('t', body)
    # 100 MB went through
    check(b.rss_kib() - before < 48 * 1024, 'grew by %d KiB' %
          (b.rss_kib() - before))
    slow.reset()
    fast.expect_silence()


run(test)
