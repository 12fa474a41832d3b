#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.10.4-4 MQTT-3.10.4-5 MQTT-2.3.1-7
"""UNSUBACK carries the identifier, also when nothing was subscribed."""

from lib.case import *


def test(b):
    client = b.client()
    for pid in (1, 256, 65535, 1):
        client.send(unsubscribe(pid, 'never'))
        client.expect(UNSUBACK, pid)


run(test)
