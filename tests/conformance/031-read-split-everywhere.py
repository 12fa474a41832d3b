#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""A PUBLISH cut in two at every position arrives whole."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client()
    sub.subscribe('split/topic')
    data = publish('split/topic', bytes(range(150)))
    for cut in range(1, len(data)):
        pub.send(data[:cut])
        # the round trip of another client lets the first part be read alone
        sub.ping()
        pub.send(data[cut:])
        sub.expect_publish('split/topic', bytes(range(150)))


run(test)
