#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-5
"""Connections that never send CONNECT do not stop others."""

from lib.case import *


def test(b):
    idle = [b.raw() for _ in range(50)]
    half = [b.raw() for _ in range(50)]
    for client in half:
        client.send(connect('x' * 20)[:9])
    client = b.client()
    client.subscribe('t')
    client.publish('t', 'x')
    client.expect_publish('t', 'x')
    for other in idle + half:
        other.close()


run(test)
