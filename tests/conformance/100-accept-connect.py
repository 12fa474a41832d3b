#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-4 MQTT-3.2.0-1 MQTT-7.0.0-2
"""A valid CONNECT gets CONNACK 0 as the first packet."""

from lib.case import *


def test(b):
    client = b.raw('first')
    client.send(connect('first'))
    got = client.expect(CONNACK)
    equal((got.flags, got.body), (0, b'\0\0'))
    client.expect_silence()


run(test)
