#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-1 MQTT-3.8.4-2 MQTT-2.3.1-7
"""SUBACK carries the identifier of its SUBSCRIBE."""

from lib.case import *


def test(b):
    client = b.client()
    for pid in (1, 2, 255, 256, 0x1234, 65535, 1):
        client.send(subscribe(pid, 'a'))
        got = client.expect(SUBACK, pid)
        equal(got.codes, [0])


run(test)
