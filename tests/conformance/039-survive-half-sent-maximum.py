#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-2
"""Announcing 256 MiB and sending little costs little memory."""

from lib.case import *


def test(b):
    before = b.rss_kib()
    clients = []
    for _ in range(20):
        client = b.client()
        client.send(b'\x30\xff\xff\xff\x7f\0\1t' + bytes(2000))
        clients.append(client)
    other = b.client()
    other.sync()
    # 20 x 256 MiB would not fit; what arrived is 40 kB
    check(b.rss_kib() - before < 200 * 1024, 'memory was allocated early')
    for client in clients:
        client.close()
    other.subscribe('t')
    other.publish('t', 'x')
    other.expect_publish('t', 'x')


run(test)
