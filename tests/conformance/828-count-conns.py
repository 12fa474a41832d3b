#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-2
"""Attached connections are counted, and gone when they end."""

from lib.case import *


def test(b):
    base = counters()['conns']
    clients = [b.client() for _ in range(20)]
    for client in clients:
        client.sync()
    equal(counters()['conns'] - base, 20)
    for client in clients[:10]:
        client.disconnect()
    clients[-1].sync()
    equal(counters()['conns'] - base, 10)


run(test, kernel_only=True)
