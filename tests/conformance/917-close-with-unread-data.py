#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-1
"""A client may leave with megabytes unread and unsent; nobody notices."""

from lib.case import *


def test(b):
    pub, other = b.client(), b.client()
    other.subscribe('t')
    body = bytes(10000)
    for turn in range(6):
        lazy = b.client(rcvbuf=4096)
        lazy.subscribe('t')
        for n in range(30):
            pub.publish('t', body)
            other.expect_publish('t', body)
        (Client.close, Client.reset)[turn % 2](lazy)
    other.expect_silence()


run(test)
