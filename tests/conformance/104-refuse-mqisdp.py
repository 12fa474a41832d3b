#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-1 MQTT-3.1.2-2
"""MQTT 3.1 (MQIsdp, level 3) is refused: CONNACK 1 or a plain close."""

from lib.case import *


def test(b):
    client = b.raw()
    client.send(connect('old', name='MQIsdp', level=3))
    got = client._next(time.monotonic() + TIMEOUT)
    if got:
        equal((got.type, got.code), (CONNACK, 1))
        client.expect_close()


run(test)
