#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.14.4-1
"""The broker closes after DISCONNECT even if the client does not."""

from lib.case import *


def test(b):
    for _ in range(10):
        client = b.client()
        client.send(disconnect())
        client.expect_close()


run(test)
