#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.2.2-5
"""More than max_keepalive is refused with CONNACK 2; up to it is fine."""

from lib.case import *


def test(b):
    client = b.client(keepalive=100)
    client.disconnect()
    client = b.raw()
    client.connect(2, 0, keepalive=101)
    client.expect_close()


run(test, max_keepalive=100)
