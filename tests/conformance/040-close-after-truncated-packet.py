#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""A connection that ends inside a packet is just closed."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('#')
    data = publish('trunc', 'payload', 1, 5)
    for cut in range(1, len(data)):
        client = b.client()
        client.send(data[:cut])
        client.half_close()
        client.expect_close()
        client.close()
    sub.expect_nothing_from(b.client(), 1)


run(test)
