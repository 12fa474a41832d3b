#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.2.0-1
"""A PUBLISH that starts in the segment of CONNECT and ends later arrives."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('t')
    data = publish('t', 'x' * 300)
    for cut in (1, 2, 3, 4, 6, 7, 100, len(data) - 1):
        client = b.raw()
        client.send(connect(client.client_id), data[:cut])
        client.expect_connack(0)
        client.send(data[cut:])
        sub.expect_publish('t', 'x' * 300)
        client.disconnect()


run(test)
