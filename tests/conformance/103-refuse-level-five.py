#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-2 MQTT-3.2.2-5
"""A version 5.0 CONNECT is answered with the 3.1.1 CONNACK 1."""

from lib.case import *


def test(b):
    client = b.raw()
    # property length 0 after the keep alive
    body = field('MQTT') + b'\5\2' + u16(60) + b'\0' + field('five')
    client.send(packet(0x10, body))
    client.expect_connack(1, 0)
    client.expect_close()


run(test)
